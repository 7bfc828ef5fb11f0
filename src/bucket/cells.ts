/**
 * Assigns documents to cells by length. A cell is the documents of one source in one length bucket: the unit that a mix
 * weighs.
 *
 * Every threshold of the recipe is an edge between buckets, so that no rule splits a cell. Cost: one pass, 2 bytes per
 * document (4 where there are more than 65,536 cells).
 */
import type { Bucket, Cell, CellNumbers } from '../nouns/mix.ts';
import type { PhaseSpec } from '../nouns/recipe.ts';
import type { DocumentTable } from '../nouns/tokens.ts';

/** From 2^8, the shortest length of Dataset Decomposition (Pouransari et al. 2024), to 2^20. */
const powers: readonly number[] = Array.from({ length: 13 }, (_, i) => 2 ** (i + 8));

/** Returns the buckets from 0 on, whose borders are the edges (null: powers of two) and the thresholds. */
export function lengthBuckets(edges: readonly number[] | null, thresholds: readonly number[]): Bucket[] {
  const sorted = [...new Set([0, ...(edges ?? powers), ...thresholds])].sort((a, b) => a - b);
  return sorted.map((from, i) => ({ from, to: sorted[i + 1] ?? null }));
}

/** Returns the lengths at which a rule of any phase distinguishes documents. */
export function thresholdsOf(phases: readonly Pick<PhaseSpec, 'mix'>[]): number[] {
  return phases.flatMap(({ mix }) => [
    ...(mix.length === null ? [] : [mix.length.threshold]),
    ...(mix.cells ?? []).flatMap(({ from, to }) => (to === null ? [from] : [from, to])),
  ]);
}

/** Returns each document's length for thresholds and buckets: its tokens, or its characters / charactersPerToken. */
export function measuredLengths(
  table: DocumentTable,
  characters: Uint32Array | null,
  charactersPerToken: number | null,
): Uint32Array {
  if (charactersPerToken === null) return table.lengths;
  if (characters === null) throw new Error('lengths are estimated from characters, and there are none');
  const measure = new Uint32Array(table.count);
  for (let d = 0; d < table.count; d += 1) measure[d] = Math.floor(characters[d]! / charactersPerToken);
  return measure;
}

export function cellNumbers(
  table: DocumentTable,
  buckets: readonly Bucket[],
  measure: Uint32Array,
): CellNumbers {
  const cells = table.sources.length * buckets.length;
  const numbers = cells <= 65_536 ? new Uint16Array(table.count) : new Uint32Array(table.count);
  const edges = Float64Array.from(buckets, (bucket) => bucket.from);
  // By bit count of a length: the last bucket that begins at or below all such lengths. The search for the bucket
  // starts there, and few edges lie between two powers of two.
  const firstOf = Uint32Array.from({ length: 33 }, (_, bits) =>
    edges.findLastIndex((edge) => edge <= (bits === 0 ? 0 : 2 ** (bits - 1))),
  );
  for (let d = 0; d < table.count; d += 1) {
    const length = measure[d]!;
    let bucket = firstOf[32 - Math.clz32(length)]!;
    while (bucket + 1 < edges.length && edges[bucket + 1]! <= length) bucket += 1;
    numbers[d] = table.source[d]! * edges.length + bucket;
  }
  return numbers;
}

/** Returns the cells that have documents, by source, then length. */
export function countCells(table: DocumentTable, buckets: readonly Bucket[], measure: Uint32Array): Cell[] {
  const numbers = cellNumbers(table, buckets, measure);
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
