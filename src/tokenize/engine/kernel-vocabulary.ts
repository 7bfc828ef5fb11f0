/**
 * Plans a BpeVocabulary for the kernel: byte-level pieces without holes, with the model's id of each, in the order of
 * their ranks if ranks decide.
 *
 * A vocabulary of characters becomes byte-level by merges that come before all others. They build each character from
 * its bytes, through pieces for the beginnings of characters, which have no id. The kernel cuts units that are not
 * pieces out of a pretoken before it merges (`unknown.ts`), so it always completes the characters that it merges, and
 * no piece without an id is left. SentencePiece's U+2581 is written as a space in the vocabulary and in the text, so
 * that ordinary text needs no change.
 */

import { type BpeVocabulary, type MergeList, noToken } from '../model.ts';
import { bytesKey } from '../plain/merge-table.ts';
import type { KernelModel } from './kernel/model.ts';

type KernelVocabulary = Pick<KernelModel, 'pieces' | 'ids' | 'merges' | 'unknown'>;

/** Bytes of U+2581, one character per byte. */
const metaspaceKey = '\u00e2\u0096\u0081';

/** @returns the vocabulary's part of the kernel's model, or why the kernel cannot run it */
export function planVocabulary(
  bpe: BpeVocabulary,
  isMetaspace: boolean,
): KernelVocabulary | { readonly unsupported: string } {
  const order = rankOrder(bpe);
  if (isMetaspace && bpe.unknown.bytes !== null && !hasMetaspace(bpe))
    return { unsupported: 'bytes in place of U+2581, which is no piece' };
  const built = bpe.units === 'bytes' ? ofBytes(bpe, order) : ofCharacters(bpe, order, isMetaspace);
  if (bpe.merges === 'ranks' || 'order' in bpe.merges) return { ...built.vocabulary, merges: 'ranks' };
  const merges = renumberMerges(bpe.merges, built);
  return 'unsupported' in merges ? merges : { ...built.vocabulary, merges };
}

/** Ids of the pieces in the order in which they merge; without ranks, any order is right. */
function rankOrder({ pieces, merges }: BpeVocabulary): number[] {
  const ids: number[] = [];
  // Of several pieces with the same bytes, only the first id is kept, as in `createPieceIndex`.
  pieces.forEach((piece, id) => {
    if (piece !== undefined && piece.length > 0) ids.push(id);
  });
  if (merges === 'ranks' || !('order' in merges)) return ids;
  const { order } = merges;
  return ids.sort((a, b) => order[a]! - order[b]!);
}

function hasMetaspace({ pieces }: BpeVocabulary): boolean {
  return pieces.some((piece) => piece?.length === 3 && bytesKey(piece) === metaspaceKey);
}

interface Built {
  readonly vocabulary: Pick<KernelVocabulary, 'pieces' | 'ids' | 'unknown'>;
  /** Merges from bytes to characters: left, right, merged. */
  readonly characterMerges: readonly (readonly [number, number, number])[];
}

function ofBytes({ pieces, unknown }: BpeVocabulary, order: readonly number[]): Built {
  const known = new Uint8Array(32);
  for (const id of order) if (pieces[id]!.length === 1) setBit(known, pieces[id]![0]!);
  // The bytes C0, C1 and above F4 never occur in UTF-8, and many vocabularies lack them.
  const isLacking = Array.from({ length: 256 }, (_, byte) => byte).some(
    (byte) => !hasBit(known, byte) && !(byte === 0xc0 || byte === 0xc1 || byte > 0xf4),
  );
  return {
    vocabulary: {
      pieces: order.map((id) => pieces[id]!),
      ids: Uint32Array.from(order),
      unknown: isLacking ? { ...unknown, units: 'bytes', known } : null,
    },
    characterMerges: [],
  };
}

/**
 * Orders the pieces: first the bytes, then characters and their beginnings by length, then all others in their order.
 */
function ofCharacters(bpe: BpeVocabulary, order: readonly number[], isMetaspace: boolean): Built {
  const known = new Uint8Array(0x110000 / 8);
  const pieces: Uint8Array[] = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  const ids: number[] = new Array(256).fill(noToken);
  const longer: Uint8Array[] = [];
  const longerIds: number[] = [];
  const characters = new Map<string, number>();
  for (const id of order) {
    const key = bytesKey(bpe.pieces[id]!);
    // All spaces of the text are replaced, so a piece with a space never matches.
    if (isMetaspace && key.includes(' ')) continue;
    const text = isMetaspace ? key.replaceAll(metaspaceKey, ' ') : key;
    const bytes = text === key ? bpe.pieces[id]! : Buffer.from(text, 'latin1');
    if (text.length !== characterLength(bytes[0]!)) {
      longer.push(bytes);
      longerIds.push(id);
      continue;
    }
    if (characters.has(text)) continue;
    characters.set(text, id);
    setBit(known, Buffer.from(bytes).toString().codePointAt(0)!);
    if (text.length === 1) ids[bytes[0]!] = id;
  }
  const numbers = new Map(pieces.map((_, byte) => [String.fromCharCode(byte), byte]));
  const characterMerges: [number, number, number][] = [];
  for (let length = 2; length <= 4; length += 1) {
    for (const character of characters.keys()) {
      const text = character.slice(0, length);
      if (character.length < length || numbers.has(text)) continue;
      numbers.set(text, pieces.length);
      characterMerges.push([numbers.get(text.slice(0, -1))!, text.charCodeAt(length - 1), pieces.length]);
      pieces.push(Buffer.from(text, 'latin1'));
      ids.push(characters.get(text) ?? noToken);
    }
  }
  return {
    vocabulary: {
      pieces: [...pieces, ...longer],
      ids: Uint32Array.from([...ids, ...longerIds]),
      unknown: { ...bpe.unknown, units: 'characters', known },
    },
    characterMerges,
  };
}

/** Renumbers merges to the kernel's numbers of pieces. Merges whose parts never occur are left out. */
function renumberMerges(
  { left, right, merged }: MergeList,
  { vocabulary, characterMerges }: Built,
): MergeList | { readonly unsupported: string } {
  const { pieces, ids } = vocabulary;
  const numbers = new Map<number, number>();
  ids.forEach((id, number) => {
    if (id !== noToken) numbers.set(id, number);
  });
  const all: (readonly [number, number, number])[] = [...characterMerges];
  for (let i = 0; i < merged.length; i += 1) {
    const merge = [left[i]!, right[i]!, merged[i]!].map((id) => numbers.get(id));
    if (merge.includes(undefined)) continue;
    const [a, b, product] = merge as [number, number, number];
    if (pieces[a]!.length + pieces[b]!.length !== pieces[product]!.length)
      return { unsupported: 'a merge whose product is not its parts end to end' };
    all.push([a, b, product]);
  }
  const texts = new Set(all.map(([, , product]) => product));
  const distinct = new Set(Array.from(texts, (product) => bytesKey(pieces[product]!)));
  if (distinct.size < texts.size)
    return { unsupported: 'two pieces of the same bytes that are made by merges' };
  const list = (at: 0 | 1 | 2) => Uint32Array.from(all, (merge) => merge[at]);
  return { left: list(0), right: list(1), merged: list(2) };
}

function setBit(bits: Uint8Array, at: number): void {
  bits[at >> 3]! |= 1 << (at & 7);
}

function hasBit(bits: Uint8Array, at: number): boolean {
  return ((bits[at >> 3]! >> (at & 7)) & 1) === 1;
}

/** Bytes of the character that begins with this byte; 0: no character does. */
function characterLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 0;
}
