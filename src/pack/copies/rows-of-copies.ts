import type { RowPlan } from '../../nouns/rows.ts';
import type { PhaseInput } from '../packers/packer.ts';
import { RowWriter } from '../packers/row-writer.ts';
import { eachOf, measureRepeats, runOrder, sortRows } from './run-order.ts';
import { anywhere, type SpreadRows } from './spread.ts';

/** Rows of one inner width, and how many of them make a row. */
export interface InnerRows {
  readonly rows: SpreadRows;
  readonly perRow: number;
}

/** Inner rows to examine when looking for one that holds no other copy of a document in the row. */
const lookAhead = 64;

export function orderCopies(
  groups: readonly InnerRows[],
  { instances, table, sequences, seed }: PhaseInput,
  { width, slices }: { readonly width: number; readonly slices: number },
): RowPlan {
  const joined = groups.map(({ rows, perRow }) =>
    perRow === 1 ? null : joinRows(rows, perRow, slices, seed),
  );
  const rowsOf = (g: number) => joined[g]?.ends.length ?? groups[g]!.rows.rows;
  const firsts = groups.map((_, g) => groups.slice(0, g).reduce((sum, _group, h) => sum + rowsOf(h), 0));
  const slice = new Int32Array(groups.reduce((sum, _, g) => sum + rowsOf(g), 0));
  for (const [g, { rows }] of groups.entries()) slice.set(joined[g]?.slice ?? rows.slice, firsts[g]!);
  const { order, isBound } = runOrder(eachOf(slice), slices, seed);

  const pieces = groups.reduce((sum, { rows }) => sum + rows.pieces, 0);
  const out = new RowWriter(table, width, sequences, pieces);
  for (let place = 0; place < order.length; place += 1) {
    const row = order[place]!;
    let g = groups.length - 1;
    while (firsts[g]! > row) g -= 1;
    const own = row - firsts[g]!;
    const { rows, perRow } = groups[g]!;
    const parts = joined[g];
    if (parts === null || parts === undefined) {
      out.join(1);
      rows.give(own, place, out);
      continue;
    }
    out.join(perRow);
    for (let k = parts.ends[own - 1] ?? 0; k < parts.ends[own]!; k += 1)
      rows.give(parts.sequence[k]!, place, out);
  }
  const plan = out.finish();
  return { ...plan, repeats: measureRepeats(plan, isBound, instances) };
}

interface JoinedRows {
  /** Inner rows in order, and where each joined row ends. */
  readonly sequence: Uint32Array;
  readonly ends: number[];
  readonly slice: Int32Array;
}

function joinRows(rows: SpreadRows, perRow: number, slices: number, seed: number): JoinedRows {
  const { bound, free } = sortRows(eachOf(rows.slice), slices, seed);
  const sequence = new Uint32Array(rows.rows);
  const ends: number[] = [];
  const slice: number[] = [];
  const waiting = Array.from(bound);
  let at = 0;
  let nextFree = 0;
  let nextBound = 0;
  const queue: number[] = [];
  while (at < sequence.length) {
    const begin = at;
    const copyOf = new Map<number, number>();
    let time = anywhere;
    while (at - begin < perRow && at < sequence.length) {
      while (queue.length < lookAhead && nextBound < waiting.length) queue.push(waiting[nextBound++]!);
      const found = queue.findIndex((row) =>
        rows.copiesIn(row).every(({ document, copy }) => (copyOf.get(document) ?? copy) === copy),
      );
      if (found >= 0) {
        const [row] = queue.splice(found, 1);
        for (const { document, copy } of rows.copiesIn(row!)) copyOf.set(document, copy);
        if (time === anywhere) time = rows.slice[row!]!;
        sequence[at] = row!;
      } else if (nextFree < free.length) {
        sequence[at] = free[nextFree]!;
        nextFree += 1;
      } else break;
      at += 1;
    }
    ends.push(at);
    slice.push(time);
  }
  return { sequence, ends, slice: Int32Array.from(slice) };
}
