/**
 * A TokenizerModel in the kernel's terms. The kernel knows one thing: byte-level BPE of texts that lie end to end, cut by one of
 * its scanners or not at all. What else a model asks for is brought into this form, exactly, or refused with the reason:
 *
 * - Added tokens, normalization, prefixes: prepare-text.ts cuts and changes the text before the kernel sees it.
 * - SmolLM's digits: the text is cut at each number, and GPT-2's pattern runs in between.
 * - SentencePiece style: U+2581 is written as a space, in the vocabulary and in the text, so ordinary text stays as it
 *   is. A character is made of its bytes by merges that come before all others, over pieces for the beginnings of
 *   characters (`virtual`), of which no merge of the model knows; one that is left over, because its character is no piece,
 *   stands for the byte-fallback tokens of its bytes. The text is cut at spaces where no piece spans the cut (safe-cut.ts
 *   has the proof): the kernel would take a document as one pretoken, but remembers only short ones.
 */
import type { KernelModel } from './kernel/model.ts';
import { findExceededBound } from './kernel-bounds.ts';
import { planUnigram } from './kernel-plan-unigram.ts';
import type {
  AddedToken,
  BpeVocabulary,
  MergeList,
  Metaspace,
  Normalizer,
  TextSteps,
  TokenizerModel,
} from './model.ts';
import { recognizeFamily } from './patterns.ts';
import { planPreparation } from './plan-preparation.ts';
import { spanningCharacters } from './safe-cut.ts';

export interface KernelPlan {
  readonly model: KernelModel;
  readonly preparation: Preparation;
  readonly virtual: VirtualPieces | null;
}

/** What happens to the text before the kernel. Plain data: it crosses threads. */
export interface Preparation {
  readonly added: readonly AddedToken[];
  readonly normalizers: readonly Normalizer[];
  readonly addedNormalized: readonly AddedToken[];
  /** White space is dropped, and each word between it is a segment. */
  readonly words: boolean;
  /** Where a space is put before a segment; null: nowhere. */
  readonly prefix: Metaspace['prefix'] | null;
  /** U+2581 becomes a space. */
  readonly metaspace: boolean;
  readonly cut: Cut;
}

/**
 * Where a segment is cut before the kernel's pattern: not at all; before and after each number (\p{N}); before each space;
 * before each run of spaces that does not follow one of these bytes.
 */
export type Cut = 'none' | 'numbers' | 'spaces' | { readonly wordsNotAfter: readonly number[] };

/** Ids from `first` on stand for the tokens of `expansions[id - first]`. */
export interface VirtualPieces {
  readonly first: number;
  readonly expansions: readonly (readonly number[])[];
}

const encoder = new TextEncoder();
const scanners = { gpt2: 'gpt2', cl100k: 'cl100k', o200k: 'o200k', qwen2: 'qwen2', smollm: 'gpt2' } as const;

/** @returns the plan, or why the kernel can't do it */
export function planKernel({
  steps,
  vocabulary,
}: Pick<TokenizerModel, 'steps' | 'vocabulary'>): KernelPlan | { readonly unsupported: string } {
  const exceeded = findExceededBound(vocabulary.pieces);
  if (exceeded !== null) return { unsupported: exceeded };
  const { metaspace, splits } = steps;
  const pattern = recognizeFamily(splits);
  if (pattern === null && splits.length > 0) {
    const texts = splits.map((step) => step.pattern).join('   ');
    return { unsupported: `its pattern is none that the fast scanner knows: ${texts}` };
  }
  if (pattern === 'tekken')
    return { unsupported: "its pattern is Tekken's, which the fast scanner does not know" };
  const scanner = pattern === null ? null : scanners[pattern];
  if (vocabulary.kind === 'unigram') {
    const isCutAtSpaces = metaspace?.split === true && pattern === null;
    const model = planUnigram(vocabulary, metaspace !== null, isCutAtSpaces ? 'spaces' : scanner);
    if ('unsupported' in model) return model;
    const preparation = planPreparation(steps, pattern === 'smollm' ? 'numbers' : 'none');
    return 'unsupported' in preparation ? preparation : { model, preparation, virtual: null };
  }
  if (vocabulary.units === 'characters') return planCharacters(steps, vocabulary);
  if (metaspace !== null) return { unsupported: 'a metaspace without byte fallback' };
  if (!partsAreRight(vocabulary))
    return { unsupported: 'it has a merge of tokens that are not in the vocabulary' };
  const { pieces, merges, ignoreMerges } = vocabulary;
  const preparation = planPreparation(steps, pattern === 'smollm' ? 'numbers' : 'none');
  if ('unsupported' in preparation) return preparation;
  return { model: { pieces, merges, ignoreMerges, pattern: scanner }, preparation, virtual: null };
}

/** Merging by bytes needs pieces, and products that are their parts end to end. */
function partsAreRight({ merges, pieces }: Pick<BpeVocabulary, 'merges' | 'pieces'>): boolean {
  if (merges === 'ranks') return true;
  return merges.merged.every((id, i) => {
    const [left, right, merged] = [pieces[merges.left[i]!], pieces[merges.right[i]!], pieces[id]];
    return left !== undefined && right !== undefined && merged?.length === left.length + right.length;
  });
}

function planCharacters(steps: TextSteps, bpe: BpeVocabulary): KernelPlan | { readonly unsupported: string } {
  const { metaspace, splits, prefixSpace } = steps;
  const { ignoreMerges, unknown } = bpe;
  const byteFallback = unknown.bytes;
  if (byteFallback === null) return { unsupported: 'a vocabulary of characters without byte fallback' };
  if (bpe.merges === 'ranks' || splits.length > 0 || prefixSpace || metaspace === null) {
    return { unsupported: 'byte fallback without a metaspace' };
  }
  if (ignoreMerges) return { unsupported: 'byte fallback with whole pretokens looked up' };
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const texts = bpe.pieces.map((piece) => (piece === undefined ? undefined : decoder.decode(piece)));
  if (!texts.includes('\u2581')) return { unsupported: 'a vocabulary without U+2581' };
  if (!partsAreRight(bpe)) return { unsupported: 'it has a merge of tokens that are not in the vocabulary' };

  // No text has a space when pieces are looked up, so a piece with one is never met.
  const isMet = (text: string | undefined) => text !== undefined && !text.includes(' ');
  const pieces: (Uint8Array | undefined)[] = texts.map((text) =>
    isMet(text) ? encoder.encode(text!.replaceAll('\u2581', ' ')) : undefined,
  );
  const merges: number[][] = [];
  for (let i = 0; i < bpe.merges.merged.length; i += 1) {
    const ids = [bpe.merges.left[i]!, bpe.merges.right[i]!, bpe.merges.merged[i]!];
    if (ids.every((id) => pieces[id] !== undefined)) merges.push(ids);
  }
  const { characterMerges, virtual } = addBytes(pieces, byteFallback);
  const list = (at: number) => Uint32Array.from([...characterMerges, ...merges], (merge) => merge[at]!);
  const all: MergeList = { left: list(0), right: list(1), merged: list(2) };
  const notAfter = [...spanningCharacters(bpe, true)].map(
    (point) => encoder.encode(String.fromCodePoint(point)).at(-1)!,
  );
  const cut = metaspace.split ? 'spaces' : { wordsNotAfter: [...new Set(notAfter)] };
  const preparation = planPreparation(steps, cut);
  if ('unsupported' in preparation) return preparation;
  return { model: { pieces, merges: all, ignoreMerges: false, pattern: null }, preparation, virtual };
}

/**
 * Makes every byte a piece, adds the beginnings of the characters that are pieces, and gives the merges from bytes to characters,
 * shorter products first.
 */
function addBytes(
  pieces: (Uint8Array | undefined)[],
  byteFallback: Uint32Array,
): { characterMerges: number[][]; virtual: VirtualPieces } {
  const ids = new Map<string, number>();
  const key = (bytes: Uint8Array, length = bytes.length) =>
    Buffer.from(bytes.subarray(0, length)).toString('latin1');
  const characters: Uint8Array[] = [];
  pieces.forEach((piece, id) => {
    if (piece === undefined || piece.length > 4 || piece.length !== characterLength(piece[0]!)) return;
    ids.set(key(piece), id);
    if (piece.length > 1) characters.push(piece);
  });
  for (let byte = 0; byte < 256; byte += 1) {
    const text = String.fromCharCode(byte);
    if (ids.has(text)) continue;
    ids.set(text, byteFallback[byte]!);
    pieces[byteFallback[byte]!] = Uint8Array.of(byte);
  }
  const first = pieces.length;
  const expansions: number[][] = [];
  const characterMerges: number[][] = [];
  for (let length = 2; length <= 4; length += 1) {
    const done = new Set<string>();
    for (const character of characters) {
      if (character.length < length) continue;
      const text = key(character, length);
      if (done.has(text)) continue;
      done.add(text);
      if (character.length > length) {
        ids.set(text, first + expansions.length);
        const bytes = character.slice(0, length);
        pieces.push(bytes);
        expansions.push(Array.from(bytes, (byte) => byteFallback[byte]!));
      }
      const left = ids.get(key(character, length - 1))!;
      characterMerges.push([left, ids.get(text[length - 1]!)!, ids.get(text)!]);
    }
  }
  return { characterMerges, virtual: { first, expansions } };
}

/** Bytes of the character that begins with this byte; 0 where none does. */
function characterLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
