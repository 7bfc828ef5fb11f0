/**
 * Finds where a text that is one pretoken may be cut without changing its tokens: between two bytes that no token
 * joins. The cuts give the kernel short pretokens, whose tokens it caches.
 *
 * Why no token changes: a token that spans the cut is the product of a merge, so its bytes contain these two
 * neighbours. If no product contains them, no merge ever crosses the cut. Merges on each side then run as if the other
 * side did not exist, and the order between the two sides does not matter. There is also no cut where something other
 * than a merge joins bytes: inside a character; at unknown units, which may become one token together or be emitted
 * late; and beside a unit that may be dropped, because its neighbours may then merge.
 *
 * Cost: one pass over the products when tables are made. Gain: the first pass over new text is up to twice as fast.
 * With cuts at spaces only, words would include their punctuation, and there would be far more different pretokens.
 */

import { type BpeVocabulary, noToken } from '../model.ts';
import { bytesKey } from '../plain/merge-table.ts';

/** A set bit (left << 8 | right) means that these two bytes must stay together. 8 KB. */
export type JoinedBytes = Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The same for Unigram: no piece spans a cut, so every segmentation has a border there. (The proof goes on in
 * kernel/assembly/scored.ts.)
 */
export function findBytesInPieces(pieces: readonly (Uint8Array | undefined)[], spaced: boolean): JoinedBytes {
  const joined = new Uint8Array(8192);
  for (const piece of pieces) {
    if (piece !== undefined) joinInside(joined, spaced ? withSpaces(piece) : piece);
  }
  // Never cut inside a character.
  for (let left = 0x80; left < 256; left += 1)
    for (let right = 0x80; right < 0xc0; right += 1) join(joined, left, right);
  return joined;
}

/**
 * Tells where a pretoken of several words (a pattern that matches whole sentences) may be cut before a space: where no
 * piece spans the cut. For each piece with a space inside, one of 2^17 bits is set (`borderBit`): a hash of the last
 * one or two bytes before the space and up to three bytes after it. A text whose bytes around a space have no set bit
 * is cut there. A hash collision only leaves out a cut.
 */
export type SpaceBorders = Uint8Array;

/** log2 of the number of bits; the kernel's words.ts has the same constant. */
const borderBits = 17;

/** @param left one byte, or two bytes | 2 << 16; `right`: the bytes | their number << 24 */
function borderBit(left: number, right: number): number {
  return Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b) >>> (32 - borderBits);
}

/** @returns null if no cut is known to be safe */
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
 * @param spaced whether U+2581 is written as a space in the kernel's text
 * @returns null if no cut is known to be safe
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
  // Any character of several bytes may be unknown; a single byte is unknown if it is not a piece.
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
