/**
 * The order of the run where documents repeat. Rows that hold a repeated document come in the order of their slices,
 * shuffled inside each slice. All other rows are shuffled over the whole run. Both kinds are spread evenly among each
 * other. So copies stay as far apart as `spread.ts` has put them, and everything else is in a random order.
 *
 * Cost: 8 bytes per row, and a counting sort by slices.
 */

import { interleave } from '../../base/interleave.ts';
import { keyedHash } from '../../base/keyed-hash.ts';
import { shuffle } from '../../base/shuffle.ts';
import type { Instances } from '../../nouns/mix.ts';
import type { RowPlan, RowRepeats } from '../../nouns/rows.ts';
import { anywhere } from './spread.ts';

/** Visits all rows in groups: `rows` rows that are all named `what` and belong to `slice` (or `anywhere`). */
export type EachRow = (visit: (what: number, slice: number, rows: number) => void) => void;

export interface RunOrder {
  /** In the order of the run: the name of each row (`what` of `EachRow`). */
  readonly order: Uint32Array;
  /** In the order of the run: 1 where a row holds a repeated document. */
  readonly isBound: Uint8Array;
}

export function runOrder(eachRow: EachRow, slices: number, seed: number): RunOrder {
  const { bound, free } = sortRows(eachRow, slices, seed);
  const total = bound.length + free.length;
  const [ofBound] = interleave(bound.length, total);
  const order = new Uint32Array(total);
  const isBound = new Uint8Array(total);
  let nextBound = 0;
  for (let place = 0; place < total; place += 1) {
    if (ofBound.before(place + 1) > nextBound) {
      order[place] = bound[nextBound]!;
      isBound[place] = 1;
      nextBound += 1;
    } else order[place] = free[place - nextBound]!;
  }
  return { order, isBound };
}

/**
 * Returns the bound rows (those that belong to a slice) in the order of slices, the other rows shuffled, and where each
 * slice begins among the bound rows.
 */
export function sortRows(
  eachRow: EachRow,
  slices: number,
  seed: number,
): { bound: Uint32Array; free: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(slices + 1);
  let freeRows = 0;
  eachRow((_what, slice, rows) => {
    if (slice === anywhere) freeRows += rows;
    else starts[slice + 1]! += rows;
  });
  for (let s = 0; s < slices; s += 1) starts[s + 1]! += starts[s]!;
  const bound = new Uint32Array(starts[slices]!);
  const free = new Uint32Array(freeRows);
  const at = starts.slice();
  let f = 0;
  eachRow((what, slice, rows) => {
    if (slice === anywhere) {
      free.fill(what, f, f + rows);
      f += rows;
    } else {
      bound.fill(what, at[slice]!, at[slice]! + rows);
      at[slice]! += rows;
    }
  });
  const hash = keyedHash(seed, 'row');
  shuffle(free, hash, 0);
  for (let s = 0; s < slices; s += 1) shuffle(bound.subarray(starts[s], starts[s + 1]), hash, 1 + s);
  return { bound, free, starts };
}

/** Visits each row by its number. @param slice the slice of each row */
export function eachOf(slice: Int32Array): EachRow {
  return (visit) => {
    for (let row = 0; row < slice.length; row += 1) visit(row, slice[row]!, 1);
  };
}

/** Histogram bins per octave of the distance between copies. */
const binsPerOctave = 16;
/** How often copies may meet, relative to a random order, in a step that is much shorter than a stretch. */
const mostMeetings = 1 / 30;
/** The largest part of the distances between copies that may be less than two stretches. */
const mostNear = 1 / 4;
/** Distances are measured on a sample of this many copies, and this many pieces of each. */
const sampledCopies = 100_000;
const sampledPieces = 4;
/** Documents with more copies than this, which meet most often, are sampled separately. */
const fewCopies = 8;

/**
 * Measures how far later epochs may move the rows that hold repeated documents: they shuffle these rows inside
 * stretches of `stretch` such rows. The result is the longest stretch at which copies meet only a small fraction as
 * often as in a random order. If copies are too near already, it is the stretch at which they meet least.
 * @param isBound by row: 1 where it holds a repeated document
 */
export function measureRepeats(plan: RowPlan, isBound: Uint8Array, instances: Instances): RowRepeats {
  const bound = isBound.reduce((sum, one) => sum + one, 0);
  const counts = new Float64Array(33 * binsPerOctave);
  let pairs = 0;
  for (const ranks of copiesOfPieces(plan, isBound, instances)) {
    const n = ranks.length;
    pairs += (n * (n - 1)) / 2;
    for (const [k, at] of ranks.entries()) {
      const gap = k + 1 < n ? ranks[k + 1]! - at : ranks[0]! + bound - at;
      counts[Math.floor(Math.log2(Math.max(1, gap)) * binsPerOctave)]! += 1;
    }
  }
  if (pairs === 0) return { rows: bound, stretch: Math.max(1, bound) };
  const all = counts.reduce((sum, count) => sum + count, 0);
  let best = 1;
  let fewest = Number.POSITIVE_INFINITY;
  for (let bin = 32 * binsPerOctave; bin >= 0; bin -= 1) {
    const stretch = Math.floor(2 ** (bin / binsPerOctave - 1));
    if (stretch < 1 || 2 * stretch > bound) continue;
    let meeting = 0;
    let near = 0;
    for (let b = 0; b < bin; b += 1) {
      const gap = 2 ** (b / binsPerOctave);
      near += counts[b]!;
      if (counts[b]! > 0) meeting += (counts[b]! * (1 - gap / (2 * stretch))) / stretch;
    }
    // The estimate covers neighbouring copies only. It holds if few of them are so near that others could meet too.
    if (near > all * mostNear) continue;
    if (meeting <= (mostMeetings * pairs) / bound) return { rows: bound, stretch };
    if (meeting >= fewest) continue;
    fewest = meeting;
    best = stretch;
  }
  return { rows: bound, stretch: best };
}

/** For each sampled piece in several rows, lists these rows by number among the rows that hold repeated documents. */
function copiesOfPieces(plan: RowPlan, isBound: Uint8Array, instances: Instances): Iterable<number[]> {
  const sampled = sampleRepeated(instances);
  const found = new Map<number, number[]>();
  const { cuts, rowEnds, document } = plan;
  const beyond = sampledPieces * plan.width;
  let rank = 0;
  for (let row = 0, p = 0, cut = 0; row < plan.rows; row += 1) {
    if (isBound[row] === 0) {
      p = rowEnds[row]!;
      continue;
    }
    for (const end = rowEnds[row]!; p < end; p += 1) {
      const d = document[p]!;
      if ((sampled[d >>> 5]! & (1 << (d & 31))) === 0) continue;
      while (cuts.piece[cut]! < p) cut += 1;
      const start = cuts.piece[cut] === p ? cuts.start[cut]! : 0;
      if (start >= beyond) continue;
      const ranks = found.get(d * beyond + start);
      if (ranks === undefined) found.set(d * beyond + start, [rank]);
      else ranks.push(rank);
    }
    rank += 1;
  }
  return [...found.values()].filter((ranks) => ranks.length > 1);
}

/** Returns a bit per document: 1 if it repeats and is in the sample. */
function sampleRepeated({ document, count }: Instances): Int32Array {
  const documents = count === 0 ? 0 : document[count - 1]! + 1;
  const sampled = new Int32Array((documents >>> 5) + 1);
  const eachRepeated = (visit: (document: number, copies: number) => void) => {
    for (let from = 0; from < count; ) {
      let to = from + 1;
      while (to < count && document[to] === document[from]) to += 1;
      if (to - from > 1) visit(document[from]!, to - from);
      from = to;
    }
  };
  const copiesOf = [0, 0];
  eachRepeated((_, copies) => {
    copiesOf[copies > fewCopies ? 1 : 0]! += copies;
  });
  const every = copiesOf.map((copies) => Math.ceil((2 * copies) / sampledCopies));
  const nth = [0, 0];
  eachRepeated((d, copies) => {
    const kind = copies > fewCopies ? 1 : 0;
    if (nth[kind]! % every[kind]! === 0) sampled[d >>> 5]! |= 1 << (d & 31);
    nth[kind]! += 1;
  });
  return sampled;
}
