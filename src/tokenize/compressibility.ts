/**
 * How well the text of each document compresses: bytes of the compressed text over bytes of the text, so 0.1 is repetitive
 * and 0.5 is dense. Olmo 3 drops the documents at both ends of it. The text is compressed by zlib at level 1, as raw deflate
 * without a header, in blocks of 1 MiB from the document's first byte on. The window of deflate is 32 KiB, so blocks change
 * the ratio in its fourth digit; they bound the memory, and make the ratio the same however a document is chunked.
 *
 * Cost: zlib's time (some 6 ns per byte), for documents of the length asked for and for those that span chunks, whose length
 * is not known before their end; one copy of the text of the latter.
 */
import { deflateRawSync } from 'node:zlib';

const blockBytes = 1024 * 1024;

/** Ratios may differ between versions of zlib, so a store says which one made them. */
export const compressor: string = `zlib ${process.versions.zlib}`;

export interface RatioMeter {
  /**
   * Takes the documents of a chunk as `DocumentChunk` has them.
   * @param lengths tokens of each document that ends, with those in earlier chunks
   * @returns the ratio of each document that ends; NaN: it is empty, or has too few tokens
   */
  add(text: Uint8Array, ends: readonly number[], open: boolean, lengths: Uint32Array): Float64Array;
}

/** @param minTokens shorter documents have no ratio */
export function createRatioMeter(minTokens: number): RatioMeter {
  /** Of the document that is open: its bytes, those of its full blocks when compressed, and its last block. */
  let bytes = 0;
  let compressed = 0;
  let held: Buffer | null = null;
  let used = 0;

  const hold = (piece: Uint8Array): void => {
    held ??= Buffer.allocUnsafeSlow(blockBytes);
    for (let at = 0; at < piece.length; ) {
      const some = piece.subarray(at, at + blockBytes - used);
      held.set(some, used);
      used += some.length;
      at += some.length;
      if (used === blockBytes) flush();
    }
    bytes += piece.length;
  };
  const flush = (): void => {
    if (used > 0) compressed += compressedBytes(held!.subarray(0, used));
    used = 0;
  };

  return {
    add(text, ends, open, lengths) {
      const ratios = new Float64Array(open ? ends.length - 1 : ends.length).fill(Number.NaN);
      let start = 0;
      for (const [d, end] of ends.entries()) {
        const piece = text.subarray(start, end);
        start = end;
        if (d === ratios.length || (d === 0 && bytes > 0)) hold(piece);
        if (d === ratios.length) break;
        const isLong = lengths[d]! >= minTokens;
        if (d === 0 && bytes > 0) {
          flush();
          if (isLong) ratios[d] = compressed / bytes;
          bytes = 0;
          compressed = 0;
        } else if (isLong && piece.length > 0) ratios[d] = ratioOf(piece);
      }
      return ratios;
    },
  };
}

function ratioOf(text: Uint8Array): number {
  let compressed = 0;
  for (let at = 0; at < text.length; at += blockBytes)
    compressed += compressedBytes(text.subarray(at, at + blockBytes));
  return compressed / text.length;
}

function compressedBytes(block: Uint8Array): number {
  return deflateRawSync(block, { level: 1 }).length;
}
