/** How alike two documents are, by their signatures. */
import { bins, signatureWords } from './sketch.ts';

/**
 * Equal bins from which on two documents are near copies: an expected share `similarity` of the bins agree, and a byte of
 * the others does so by chance once in 256 times.
 */
export function leastEqual(similarity: number): number {
  return Math.ceil(bins * (similarity + (1 - similarity) / 256));
}

/** Number of bins in which two documents agree. @param a, b numbers of documents */
export function equalBins(signatures: Uint32Array, a: number, b: number): number {
  let equal = 0;
  for (
    let i = a * signatureWords, j = b * signatureWords, n = 0;
    n < signatureWords;
    n += 1, i += 1, j += 1
  ) {
    // The highest bit of each byte that is zero in `differ`, which has no carry from byte to byte.
    const differ = signatures[i]! ^ signatures[j]!;
    const zero = ~(((differ & 0x7f7f_7f7f) + 0x7f7f_7f7f) | differ | 0x7f7f_7f7f);
    if (zero !== 0) equal += Math.imul(zero >>> 7, 0x0101_0101) >>> 24;
  }
  return equal;
}
