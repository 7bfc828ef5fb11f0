/** Sorts rows by the cost of attention inside documents: the sum of the squares of the documents' lengths. */
import type { RowLengths } from '../../shard/row-columns.ts';

/** Returns the rows, cheapest first; rows of equal cost keep their order. Padding counts as a document. */
export function byWork(rows: Uint32Array, { seqLengths, seqOffsets }: RowLengths): Uint32Array {
  const work = new Float64Array(rows.length);
  for (let r = 0; r < rows.length; r += 1) {
    for (let i = seqOffsets[r]!; i < seqOffsets[r + 1]!; i += 1) work[r]! += seqLengths[i]! ** 2;
  }
  const order = Array.from(rows, (_, r) => r).sort((a, b) => work[a]! - work[b]!);
  return Uint32Array.from(order, (r) => rows[r]!);
}
