/**
 * Turns repeat factors into documents: which ones, how often, and in which phase.
 *
 * A cell's documents are ordered by a keyed hash, and its phases take consecutive stretches of that order, the first
 * phase first. Let F be the sum of a cell's factors. Below 1, each phase takes its stretch once, and the rest is left.
 * From 1 on, the documents are divided among the phases in proportion to their factors; each document is taken floor(F)
 * times, and the first documents of a phase's stretch once more for the fraction. So the choice at a smaller rate is
 * part of the choice at a larger one, in this and in any other recipe with the same seed (except for rounding at a
 * cell's edge, which moves at most two rows of tokens).
 *
 * Documents are taken whole, or in whole rows if they span several. So a phase may miss or exceed its request in a
 * cell; the difference is carried to its next cell. For a single phase, the totals over all cells, over all short and
 * over all long cells are therefore within one row of the request. Where one phase's stretch ends and another's begins,
 * documents are taken whole. So with several phases a cell is within one document of the request (up to the cell's
 * longest), and the total is within one document of the shortest cell that more than one phase takes from.
 *
 * Cost: some passes over the documents of each sampled cell, and 2 bytes per document.
 */

import { keyedHash } from '../base/keyed-hash.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { usableIn } from './room.ts';
import {
  type Edge,
  firstEdge,
  hashDocuments,
  isBefore,
  lastEdge,
  type OrderedCell,
  type Reach,
  reach,
} from './stretch.ts';
import type { CellDocuments, PhaseSupply } from './supply.ts';
import { takeWeighted } from './weighted.ts';

/** What a phase requests from each cell. */
export interface PhaseDemand {
  readonly supplies: readonly PhaseSupply[];
  readonly factors: Float64Array;
}

/** Weights of documents (`mix.weight_by`), and by cell how often a document may be taken. */
export interface SampleWeights {
  readonly of: Float64Array;
  readonly most: readonly number[];
}

export interface PhaseSample {
  /** Number of copies of each document of the table. Valid until the next sample. */
  readonly copies: Uint16Array;
  /** Documents whose last copy is taken in part: document -> tokens. */
  readonly partial: ReadonlyMap<number, number>;
  /** Per cell: documents taken at least once, and their tokens with every copy. */
  readonly taken: Float64Array;
  readonly achieved: Float64Array;
}

/**
 * Yields the samples of phases that draw on the same documents, one after the other.
 * @param whole sum over the phases of each cell's factor
 * @param weights null: all documents of a cell are alike
 */
export function* samplePhases(
  phases: readonly PhaseDemand[],
  whole: Float64Array,
  cells: readonly CellDocuments[],
  table: DocumentTable,
  seed: number,
  weights: SampleWeights | null = null,
): Generator<PhaseSample> {
  const priority = keyedHash(seed, 'sample');
  const copies = new Uint16Array(table.count);
  const scratch = new Uint32Array(cells.reduce((most, { documents }) => Math.max(most, documents.length), 0));
  const starts = cells.map((): Edge => firstEdge);
  const firstPhase = cells.map((_, c) => phases.findIndex(({ factors }) => factors[c]! > 0));
  const lastPhase = cells.map((_, c) => phases.findLastIndex(({ factors }) => factors[c]! > 0));

  for (const [p, { supplies, factors }] of phases.entries()) {
    const partial = new Map<number, number>();
    const taken = new Float64Array(cells.length);
    const achieved = new Float64Array(cells.length);
    let carry = 0;
    copies.fill(0);
    for (const c of carryOrder(supplies, cells, phases.length)) {
      const factor = factors[c]!;
      if (factor === 0) continue;
      const last = lastPhase[c] === p;
      const sum = whole[c]!;
      const { documents } = cells[c]!;
      const { usable, room } = supplies[c]!;
      const most = weights?.most[c] ?? null;
      // With weights a whole number of epochs is the same for all documents only where none may be taken more often.
      const isEven = sum >= 1 && Number.isInteger(sum) && (most === null || most === sum);
      const everything = firstPhase[c] === p && last && isEven;
      const hashes = everything ? scratch : hashDocuments(documents, table, priority, scratch);
      const cell = { documents, hashes, lengths: table.lengths, room };
      const target = factor * usable + carry;
      const stretch = { start: starts[c]!, last, sum, target };
      const found =
        weights === null || everything
          ? takeStretch(cell, stretch, copies)
          : takeByWeight(cell, stretch, weights.of, most!, copies);
      starts[c] = found.end;
      taken[c] = found.documents;
      achieved[c] = found.tokens;
      if (found.partial !== null) partial.set(found.partial.document, found.partial.take);
      // A cell that is taken whole is exact, so the carry passes on unchanged (`target` includes it).
      if (!everything) carry = target - found.tokens;
    }
    yield { copies, partial, taken, achieved };
  }
}

interface Taken {
  readonly documents: number;
  readonly tokens: number;
}

interface Stretch {
  readonly start: Edge;
  /** True if no later phase takes from the cell. */
  readonly last: boolean;
  /** Of the cell's factors over all phases. */
  readonly sum: number;
  readonly target: number;
}

/** Takes a phase's stretch of a cell. */
function takeStretch(
  cell: OrderedCell,
  { start, last, sum, target }: Stretch,
  copies: Uint16Array,
): Taken & Pick<Reach, 'end' | 'partial'> {
  if (sum < 1) {
    const { end, tokens, partial } = reach(cell, start, lastEdge, target, last);
    return { documents: takeBetween(cell, start, end, 1, copies).documents, tokens, end, partial };
  }
  const times = Math.floor(sum);
  const end = last ? lastEdge : reach(cell, start, lastEdge, target / sum, false).end;
  const { documents, tokens } = takeBetween(cell, start, end, times, copies);
  if (sum === times) return { documents, tokens: times * tokens, end, partial: null };
  const more = reach(cell, start, end, target - times * tokens, true);
  takeBetween(cell, start, more.end, 1, copies);
  return { documents, tokens: times * tokens + more.tokens, end, partial: more.partial };
}

/** The same with weights. Phases divide the documents among them, by the hash alone, and each chooses among its own. */
function takeByWeight(
  cell: OrderedCell,
  { start, last, sum, target }: Stretch,
  weights: Float64Array,
  most: number,
  copies: Uint16Array,
): Taken & Pick<Reach, 'end' | 'partial'> {
  const end = last ? lastEdge : reach(cell, start, lastEdge, target / sum, false).end;
  return { ...takeWeighted(cell, weights, { start, end, wanted: target, most }, copies), end };
}

/**
 * The order in which rounding is carried from cell to cell. With one phase, rounding is at most half a row, and taking
 * short cells before long ones leaves the long share as exact as the total. With several phases, rounding is up to half
 * a document, so cells of long documents come first, and shorter documents can even it out.
 */
function carryOrder(
  supplies: readonly PhaseSupply[],
  cells: readonly CellDocuments[],
  phases: number,
): number[] {
  const numbers = [...supplies.keys()];
  return phases === 1
    ? numbers.sort((a, b) => Number(supplies[a]!.long) - Number(supplies[b]!.long) || a - b)
    : numbers.sort((a, b) => cells[b]!.bucket.from - cells[a]!.bucket.from || a - b);
}

/** Takes the documents of a stretch. If the stretch is the whole cell, `hashes` are not read. */
function takeBetween(
  { documents, hashes, lengths, room }: OrderedCell,
  start: Edge,
  end: Edge,
  times: number,
  copies: Uint16Array,
): Taken {
  const { longest, beyond } = room;
  const everything = start === firstEdge && end === lastEdge;
  let taken = 0;
  let tokens = 0;
  for (let i = 0; i < documents.length; i += 1) {
    const d = documents[i]!;
    if (!everything) {
      const hash = hashes[i]!;
      if (isBefore(hash, d, start.hash, start.document)) continue;
      if (!isBefore(hash, d, end.hash, end.document)) continue;
    }
    const usable = usableIn(lengths[d]!, longest, beyond);
    if (usable === 0) continue;
    copies[d]! += times;
    taken += 1;
    tokens += usable;
  }
  return { documents: taken, tokens };
}
