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
  const { pieces, merges, units, unknown } = bpe;
  const kernelBytes = (piece: Uint8Array) => (spaced ? withSpaces(piece) : piece);
  const joined = new Uint8Array(8192);

  const products =
    merges === 'ranks' || 'order' in merges ? pieces : Array.from(merges.merged, (id) => pieces[id]);
  for (const product of products) {
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
