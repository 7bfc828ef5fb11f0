/**
 * Lengths to cells: a cell is one source's documents of one length bucket, the unit that a mix weighs.
 */
import type { Bucket, Cell, DocumentTable } from '../types.ts';

/** 2^8, where Dataset Decomposition (Pouransari et al. 2024) begins, to 2^20. */
const powers = Array.from({ length: 13 }, (_, i) => 2 ** (i + 8));

/** Power-of-two buckets; a length threshold becomes an edge too, so that every bucket is all short or all long. */
export function lengthBuckets(threshold: number | null): Bucket[] {
  const edges = new Set([0, ...powers]);
  if (threshold !== null) edges.add(threshold);
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.map((from, i) => ({ from, to: sorted[i + 1] ?? null }));
}

/** Cell number of every document: source number * buckets + bucket number. */
export function cellNumbers(table: DocumentTable, buckets: readonly Bucket[]): Uint32Array {
  const cells = new Uint32Array(table.count);
  const edges = Float64Array.from(buckets, (bucket) => bucket.from);
  for (let document = 0; document < table.count; document += 1) {
    const length = table.lengths[document]!;
    let bucket = edges.length - 1;
    while (edges[bucket]! > length) bucket -= 1;
    cells[document] = table.source[document]! * edges.length + bucket;
  }
  return cells;
}

/** The cells that have documents, by source, then length. */
export function countCells(table: DocumentTable, buckets: readonly Bucket[]): Cell[] {
  const numbers = cellNumbers(table, buckets);
  const documents = new Float64Array(table.sources.length * buckets.length);
  const tokens = new Float64Array(documents.length);
  for (let document = 0; document < table.count; document += 1) {
    const cell = numbers[document]!;
    documents[cell]! += 1;
    tokens[cell]! += table.lengths[document]!;
  }
  const cells: Cell[] = [];
  for (const [s, source] of table.sources.entries()) {
    for (const [b, bucket] of buckets.entries()) {
      const cell = s * buckets.length + b;
      if (documents[cell]! > 0) {
        cells.push({ source, bucket, documents: documents[cell]!, tokens: tokens[cell]! });
      }
    }
  }
  return cells;
}
