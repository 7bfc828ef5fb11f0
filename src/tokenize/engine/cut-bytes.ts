/**
 * Where a text that is one pretoken may be cut all the same, so that the kernel sees short pretokens, which it remembers:
 * between two bytes that no token joins.
 *
 * Why no token changes: a token that spans the cut is the product of a merge, so its bytes hold these two neighbours. If no
 * product has them, no merge ever crosses the cut, and merges on both sides run as if the other side were not there; the
 * order between them does not matter. What is not made by merges is held together, too: the bytes of a character; unknown
 * units, which may become one token together or be emitted late; and everything beside a unit that may be dropped, since its
 * neighbours may merge then.
 *
 * Cost: one pass over the products when tables are made. It makes the first pass over new text up to twice as fast: cut at
 * spaces only, words come with their punctuation, and there are far more different ones.
 */

import { type BpeVocabulary, noToken } from '../model.ts';
import { bytesKey } from '../plain/merge-table.ts';

/** Bit (left << 8 | right): these bytes must stay together. 8 KB. */
export type JoinedBytes = Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The same for Unigram: no piece spans a cut, so it is a place of every segmentation. (kernel/assembly/scored.ts goes on.) */
export function findBytesInPieces(pieces: readonly (Uint8Array | undefined)[], spaced: boolean): JoinedBytes {
  const joined = new Uint8Array(8192);
  for (const piece of pieces) {
    if (piece !== undefined) joinInside(joined, spaced ? withSpaces(piece) : piece);
  }
  // The bytes of a character.
  for (let left = 0x80; left < 256; left += 1)
    for (let right = 0x80; right < 0xc0; right += 1) join(joined, left, right);
  return joined;
}

/**
 * Where a pretoken of several words (a pattern that takes whole sentences) may be cut before a space: where no piece goes over
 * it. Of each piece that has a space inside, the last one or two bytes before the space and up to three after it, as one bit of
 * 2^17 (`borderBit`). A text that has no such bytes around a space is cut there; bits that fall together only leave it whole.
 */
export type SpaceBorders = Uint8Array;

/** log2 of the bits; words.ts of the kernel has the same. */
const borderBits = 17;

/** @param left one byte, or two with 2 << 16; `right`: bytes, and their number << 24 */
function borderBit(left: number, right: number): number {
  return Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b) >>> (32 - borderBits);
}

/** @returns null: nothing is known to be safe */
export function findSpaceBorders(bpe: BpeVocabulary): SpaceBorders | null {
  if (bpe.ignoreMerges || bpe.units !== 'bytes') return null;
  const borders = new Uint8Array(2 ** borderBits / 8);
  for (const product of productsOf(bpe)) {
    for (let at = 1; product !== undefined && at < product.length; at += 1) {
      if (product[at] !== 0x20) continue;
      const left = at === 1 ? product[0]! : product[at - 2]! | (product[at - 1]! << 8) | (2 << 16);
      const after = product.subarray(at + 1, at + 4);
      const bit = borderBit(
        left,
        after.reduce((sum, byte, i) => sum | (byte << (8 * i)), after.length << 24),
      );
      borders[bit >> 3]! |= 1 << (bit & 7);
    }
  }
  return borders;
}

function productsOf({ pieces, merges }: BpeVocabulary): readonly (Uint8Array | undefined)[] {
  return merges === 'ranks' || 'order' in merges ? pieces : Array.from(merges.merged, (id) => pieces[id]);
}

function join(joined: JoinedBytes, left: number, right: number): void {
  joined[(left << 5) | (right >> 3)]! |= 1 << (right & 7);
}

function joinInside(joined: JoinedBytes, bytes: Uint8Array): void {
  for (let at = 1; at < bytes.length; at += 1) join(joined, bytes[at - 1]!, bytes[at]!);
}

function withSpaces(piece: Uint8Array): Uint8Array {
  return piece.includes(0xe2) ? encoder.encode(decoder.decode(piece).replaceAll('\u2581', ' ')) : piece;
}

/**
 * @param spaced U+2581 is a space in the kernel's text
 * @returns null: nothing is known to be safe
 */
export function findJoinedBytes(bpe: BpeVocabulary, spaced: boolean): JoinedBytes | null {
  if (bpe.ignoreMerges) return null;
  const { pieces, units, unknown } = bpe;
  const kernelBytes = (piece: Uint8Array) => (spaced ? withSpaces(piece) : piece);
  const joined = new Uint8Array(8192);

  for (const product of productsOf(bpe)) {
    if (product === undefined) continue;
    joinInside(joined, kernelBytes(product));
  }

  const known = new Set<string>();
  for (const piece of pieces)
    if (piece !== undefined && piece.length <= 4) known.add(bytesKey(kernelBytes(piece)));
  const isBytes = units === 'bytes';
  // Of characters of several bytes any may be unknown; of single bytes, those that are no piece.
  const mayBeUnknown = (byte: number) =>
    byte < 0x80 || isBytes ? !known.has(String.fromCharCode(byte)) : true;
  const becomesBytes = unknown.bytes !== null && !unknown.bytes.includes(noToken);
  const mayDrop = !becomesBytes && unknown.id === null;
  for (let left = 0; left < 256; left += 1) {
    for (let right = 0; right < 256; right += 1) {
      const isInside = !isBytes && right >= 0x80 && right < 0xc0;
      const [a, b] = [mayBeUnknown(left), mayBeUnknown(right)];
      if (isInside || (!becomesBytes && a && b) || (mayDrop && (a || b))) join(joined, left, right);
    }
  }
  return joined;
}
