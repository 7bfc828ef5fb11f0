/**
 * Repeat factors to documents: which, how often, and in which window of the run.
 *
 * A cell with factor f takes each of its documents floor(f) times, and for the rest of its tokens the first documents
 * in the order of a keyed hash. So the choice at a smaller rate is part of the choice at a larger one, in this and in
 * any other recipe with the same seed (but for what rounding moves at a cell's edge, at most two rows of tokens). What
 * a cell misses or exceeds (at most half a row, because a document is taken
 * whole, or in whole rows where it spans several) is carried to the next cell: the totals over all cells, and over
 * all short or all long ones, are within one row of what was asked.
 *
 * Cost: one radix sort of the documents of each sampled cell.
 */
import type { DocumentTable, Instances } from '../types.ts';
import { keyedHash } from '../util/keyed-hash.ts';
import { orderByKey } from '../util/radix-sort.ts';

export interface SampledCell {
  /** Document numbers, ascending. */
  readonly documents: Uint32Array;
  readonly factor: number;
}

export interface Sample {
  readonly instances: Instances;
  /** Per cell: documents taken at least once; tokens with every copy. */
  readonly taken: Float64Array;
  readonly achieved: Float64Array;
}

/**
 * @param cells in the order in which rounding is carried: all short ones, then all long ones
 * @param usable tokens that may be used of a document of so many tokens
 * @param rowTokens document tokens of the first and of every further row of a document that spans several; null if
 *   a document of so many tokens must be taken whole
 */
export function sampleCells(
  cells: readonly SampledCell[],
  table: DocumentTable,
  seed: number,
  usable: (length: number) => number,
  rowTokens: (length: number) => { readonly first: number; readonly next: number } | null,
): Sample {
  const priority = keyedHash(seed, 'sample');
  const copies = new Uint16Array(table.count);
  /** Documents of which the last copy is taken in part: document -> tokens. */
  const partial = new Map<number, number>();
  const taken = new Float64Array(cells.length);
  const achieved = new Float64Array(cells.length);
  let carry = 0;

  for (const [c, { documents, factor }] of cells.entries()) {
    const whole = Math.floor(factor);
    let available = 0;
    for (const document of documents) {
      const tokens = usable(table.lengths[document]!);
      available += tokens;
      if (tokens > 0 && whole > 0) {
        copies[document] = whole;
        taken[c]! += 1;
      }
    }
    achieved[c] = whole * available;
    if (factor === whole) continue;

    const target = factor * available + carry;
    const rest = target - achieved[c]!;
    const keys = Uint32Array.from(documents, (d) => priority(table.keysLow[d]!, table.keysHigh[d]!, 0));
    let got = 0;
    for (const index of orderByKey(keys)) {
      const document = documents[index]!;
      const length = table.lengths[document]!;
      const tokens = usable(length);
      const last = got + tokens > rest;
      const take = last ? nearest(rest - got, tokens, rowTokens(length)) : tokens;
      if (take > 0) {
        copies[document]! += 1;
        if (take < tokens) partial.set(document, take);
        if (whole === 0) taken[c]! += 1;
        got += take;
      }
      if (last) break;
    }
    achieved[c]! += got;
    carry = target - achieved[c]!;
  }
  return { instances: spread(copies, partial, table, seed, usable), taken, achieved };
}

/** How much of a document of `tokens` to take where `room` (less than that) is left. */
function nearest(room: number, tokens: number, rows: { first: number; next: number } | null): number {
  if (room <= 0) return 0;
  if (rows === null) return room >= tokens / 2 ? tokens : 0;
  if (room < rows.first / 2) return 0;
  return Math.min(tokens, rows.first + Math.max(0, Math.round((room - rows.first) / rows.next)) * rows.next);
}

/** Copy k of n goes to the k-th n-th of the run, shifted by the document's hash, so the mix is the same throughout. */
function spread(
  copies: Uint16Array,
  partial: ReadonlyMap<number, number>,
  table: DocumentTable,
  seed: number,
  usable: (length: number) => number,
): Instances {
  const shift = keyedHash(seed, 'spread');
  let count = 0;
  let windows = 1;
  for (const n of copies) {
    count += n;
    if (n > windows) windows = n;
  }
  const document = new Uint32Array(count);
  const take = new Uint32Array(count);
  const window = new Uint16Array(count);
  let i = 0;
  for (let d = 0; d < copies.length; d += 1) {
    const n = copies[d]!;
    if (n === 0) continue;
    const phase = shift(table.keysLow[d]!, table.keysHigh[d]!, 0) / 2 ** 32;
    for (let k = 0; k < n; k += 1, i += 1) {
      document[i] = d;
      take[i] = k === n - 1 ? (partial.get(d) ?? usable(table.lengths[d]!)) : usable(table.lengths[d]!);
      window[i] = Math.floor(((k + phase) / n) * windows);
    }
  }
  return { count, document, take, window, windows, packLength: null };
}
