/** Measures how mixed the steps of a run are, to compare it with a random order of the same rows. */

import type { Instances } from '../../src/nouns/mix.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';
import type { RowPlan } from '../../src/nouns/rows.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { fitLengths } from '../../src/pack/packers/fit-lengths.ts';
import { rowsOf } from './rows.ts';
import { scramble } from './table.ts';

export interface Mixedness {
  /** Most rows of one document in a step. */
  readonly worst: number;
  /** Standard deviation of a source's share of a step, the largest of the sources'. */
  readonly spread: number;
  /** Pairs of copies of one piece that share a step, in all steps. */
  readonly meeting: number;
}

export interface RunRow {
  readonly documents: readonly number[];
  readonly pieces: readonly string[];
  /** Tokens of each source. */
  readonly sources: readonly number[];
}

export function runOf(plan: RowPlan, table: DocumentTable): RunRow[] {
  return rowsOf(plan, table).map((row) => ({
    documents: [...new Set(row.map(({ document }) => document))],
    pieces: row.map(({ document, start }) => `${document}/${start}`),
    sources: table.sources.map((_, s) =>
      row.reduce((sum, { document, length }) => sum + (table.source[document] === s ? length : 0), 0),
    ),
  }));
}

export function measure(rows: readonly RunRow[], step: number): Mixedness {
  let worst = 0;
  let meeting = 0;
  const shares: number[][] = [];
  for (let first = 0; first + step <= rows.length; first += step) {
    const mine = rows.slice(first, first + step);
    worst = Math.max(worst, ...tally(mine.flatMap(({ documents }) => documents)).values());
    for (const n of tally(mine.flatMap(({ pieces }) => pieces)).values()) meeting += (n * (n - 1)) / 2;
    const sums = mine[0]!.sources.map((_, s) => mine.reduce((sum, { sources }) => sum + sources[s]!, 0));
    const all = sums.reduce((sum, tokens) => sum + tokens, 0);
    shares.push(sums.map((tokens) => tokens / all));
  }
  const spread = Math.max(...shares[0]!.map((_, s) => deviation(shares.map((share) => share[s]!))));
  return { worst, spread, meeting };
}

/** The same of random orders: the worst step of all, and means. */
export function measureRandom(rows: readonly RunRow[], step: number, orders = 8): Mixedness {
  const found = Array.from({ length: orders }, (_, n) => measure(shuffled(rows, n), step));
  const mean = (pick: (one: Mixedness) => number) => found.reduce((sum, one) => sum + pick(one), 0) / orders;
  return {
    worst: Math.max(...found.map(({ worst }) => worst)),
    spread: mean(({ spread }) => spread),
    meeting: mean(({ meeting }) => meeting),
  };
}

/** Rows of best-fit decreasing over all copies, as if they could share rows. */
export function fewestRows(
  { document }: Instances,
  table: DocumentTable,
  { length, eos }: SequenceSpec,
): number {
  const counts = new Uint32Array(length + 1);
  let fullRows = 0;
  for (const d of document) {
    const sequence = table.lengths[d]! + Number(eos);
    const last = ((sequence - 1) % length) + 1;
    counts[last]! += 1;
    fullRows += (sequence - last) / length;
  }
  return fullRows + fitLengths(counts).rows;
}

/** Documents by their numbers of copies, as a mix would have them. */
export function copiesOf(table: DocumentTable, copies: (document: number) => number): Instances {
  const document = Uint32Array.from(
    Array.from(table.lengths, (_, d) => new Array<number>(copies(d)).fill(d)).flat(),
  );
  const mostCopies = Math.max(...Array.from(table.lengths, (_, d) => copies(d)));
  const parts = { copy: new Uint32Array(0), take: new Uint32Array(0) };
  return { count: document.length, document, parts, mostCopies, packLength: null };
}

function tally<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function shuffled<T>(items: readonly T[], n: number): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor((scramble(i * 31 + n * 7919) / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
