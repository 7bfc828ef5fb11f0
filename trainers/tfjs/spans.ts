/**
 * Decides how a row's documents are cut for attention: which queries are computed together, and against which keys.
 *
 * A document longer than a block is a span of its own; each of its blocks sees the span's keys up to the block's end.
 * Consecutive short documents share a block. So the matrix of all pairs of the row is never made: a block costs (its
 * tokens) x (the keys it may see), and only the square at its end needs a mask.
 */

export interface Span {
  readonly start: number;
  readonly length: number;
  /** Blocks in order; numbers are relative to the span. */
  readonly blocks: readonly Block[];
}

export interface Block {
  readonly start: number;
  readonly length: number;
  /** Lengths of the documents in the block; a single number means that the block is (a part of) one document. */
  readonly documents: readonly number[];
}

/** @param lengths lengths of the row's documents, including padding */
export function planSpans(lengths: ArrayLike<number>, blockTokens: number): Span[] {
  const spans: Span[] = [];
  let start = 0;
  let shared: number[] = [];
  let sharedTokens = 0;
  const closeShared = () => {
    if (sharedTokens === 0) return;
    const block = { start: 0, length: sharedTokens, documents: shared };
    spans.push({ start: start - sharedTokens, length: sharedTokens, blocks: [block] });
    shared = [];
    sharedTokens = 0;
  };
  for (const length of Array.from(lengths)) {
    if (length === 0) continue;
    if (sharedTokens + length > blockTokens) closeShared();
    if (length <= blockTokens) {
      shared.push(length);
      sharedTokens += length;
    } else {
      spans.push({ start, length, blocks: blocksOf(length, blockTokens) });
    }
    start += length;
  }
  closeShared();
  return spans;
}

function blocksOf(length: number, blockTokens: number): Block[] {
  return Array.from({ length: Math.ceil(length / blockTokens) }, (_, i) => {
    const start = i * blockTokens;
    const size = Math.min(blockTokens, length - start);
    return { start, length: size, documents: [size] };
  });
}

/** Masks are added to scores: 0 where a query may attend, this large negative number elsewhere. */
const hidden = -1e9;

/** Returns the mask of the square at a block's end, row by row: causal, and within documents. */
export function blockMask({ length, documents }: Block): Float32Array {
  const mask = new Float32Array(length * length).fill(hidden);
  let first = 0;
  for (const size of documents) {
    for (let query = first; query < first + size; query += 1) {
      mask.fill(0, query * length + first, query * length + query + 1);
    }
    first += size;
  }
  return mask;
}

/** Returns each token's position within its document. */
export function positionsOf(lengths: ArrayLike<number>, width: number): Int32Array {
  const positions = new Int32Array(width);
  let start = 0;
  for (const length of Array.from(lengths)) {
    for (let i = 0; i < length; i += 1) positions[start + i] = i;
    start += length;
  }
  return positions;
}
