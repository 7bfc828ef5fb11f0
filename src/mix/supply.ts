/**
 * Lists the documents of each cell, and counts their usable tokens for a phase. Cost: two passes over the cell numbers,
 * 4 bytes per document.
 */
import type { Bucket, CellNumbers } from '../nouns/mix.ts';
import type { CellSpec, PhaseSpec } from '../nouns/recipe.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { type RowRoom, rowRoom, usableIn } from './room.ts';
import type { Supply } from './weights.ts';

export interface CellDocuments {
  /** Number of the cell: source * buckets + bucket. */
  readonly cell: number;
  readonly source: number;
  readonly bucket: Bucket;
  /** Document numbers, ascending. */
  readonly documents: Uint32Array;
  /** Number of documents that have tokens, and the number of tokens. */
  readonly filled: number;
  readonly tokens: number;
}

/** Returns the cells that have documents, by source, then length. Documents with a nonzero `barred` are left out. */
export function groupByCell(
  table: DocumentTable,
  cellOf: CellNumbers,
  buckets: readonly Bucket[],
  barred: Uint8Array,
): CellDocuments[] {
  const count = table.sources.length * buckets.length;
  const ends = new Float64Array(count + 1);
  const filled = new Float64Array(count);
  const tokens = new Float64Array(count);
  for (let d = 0; d < table.count; d += 1) {
    if (barred[d] !== 0) continue;
    const cell = cellOf[d]!;
    const length = table.lengths[d]!;
    ends[cell + 1]! += 1;
    tokens[cell]! += length;
    if (length > 0) filled[cell]! += 1;
  }
  for (let c = 0; c < count; c += 1) ends[c + 1]! += ends[c]!;
  const order = new Uint32Array(ends[count]!);
  const next = Uint32Array.from(ends);
  for (let d = 0; d < table.count; d += 1) {
    if (barred[d] !== 0) continue;
    const cell = cellOf[d]!;
    const at = next[cell]!;
    order[at] = d;
    next[cell] = at + 1;
  }
  const groups: CellDocuments[] = [];
  for (let cell = 0; cell < count; cell += 1) {
    if (ends[cell] === ends[cell + 1]) continue;
    groups.push({
      cell,
      source: Math.floor(cell / buckets.length),
      bucket: buckets[cell % buckets.length]!,
      documents: order.subarray(ends[cell], ends[cell + 1]),
      filled: filled[cell]!,
      tokens: tokens[cell]!,
    });
  }
  return groups;
}

/** Returns the index of the recipe's cell that contains a bucket of a source; -1 if none does. */
export function specOf(cells: readonly CellSpec[], source: string, { from }: Bucket): number {
  return cells.findIndex(
    (cell) => cell.source === source && cell.from <= from && (cell.to === null || from < cell.to),
  );
}

/** What a cell can give a phase, and the room that the phase's rows have for its documents. */
export interface PhaseSupply extends Supply {
  readonly room: RowRoom;
}

export function supplyOf(
  group: CellDocuments,
  table: DocumentTable,
  { mix, sequences }: PhaseSpec,
): PhaseSupply {
  const { bucket, source } = group;
  const spec = specOf(mix.cells ?? [], table.sources[source]!, bucket);
  const room = rowRoom(sequences, mix.cells?.[spec]?.packLength ?? null);
  return {
    source,
    long: mix.length !== null && bucket.from >= mix.length.threshold,
    spec,
    ...(room.beyond === Number.POSITIVE_INFINITY
      ? { documents: group.filled, usable: group.tokens }
      : countUsable(group.documents, table.lengths, room)),
    longest: room.longest,
    room,
  };
}

function countUsable(
  group: Uint32Array,
  lengths: Uint32Array,
  { longest, beyond }: RowRoom,
): { documents: number; usable: number; tooLong: number } {
  let documents = 0;
  let tooLong = 0;
  let usable = 0;
  for (let i = 0; i < group.length; i += 1) {
    const length = lengths[group[i]!]!;
    const tokens = usableIn(length, longest, beyond);
    usable += tokens;
    if (tokens > 0) documents += 1;
    else if (length > 0) tooLong += 1;
  }
  return { documents, usable, tooLong };
}
