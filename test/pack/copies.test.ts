/**
 * Repeated documents take as few rows as without repeats, and steps are as mixed as in a random order, in every epoch.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOrder } from '../../src/feed/rows/order.ts';
import { packings, type SequenceSpec } from '../../src/nouns/recipe.ts';
import type { RowPlan } from '../../src/nouns/rows.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { packRows } from '../../src/pack/rows.ts';
import { fuzz } from '../support/fuzz.ts';
import { copiesOf, fewestRows, measure, measureRandom, runOf } from '../support/mixedness.ts';
import { sequenceSpec } from '../support/recipes.ts';
import { rowsOf } from '../support/rows.ts';
import { scramble, tableOf } from '../support/table.ts';

const seed = 17;

/** Eight books, and a note of 100 tokens. */
const books = tableOf(
  [
    ...Array.from({ length: 8 }, (_, text) => ({ source: 0, text, length: 16_384 })),
    { source: 1, text: 8, length: 100 },
  ],
  ['books', 'notes'],
);

/** Most documents are short, a few span many rows of 256. */
const corpus = corpusOf(1500);

function corpusOf(documents: number): DocumentTable {
  return tableOf(
    Array.from({ length: documents }, (_, d) => ({
      source: d % 3,
      text: d,
      length: Math.ceil(8 * Math.exp(2.2 * gauss(d) + (d % 3 === 0 ? 1.5 : 0))),
    })),
    ['books', 'web', 'code'],
  );
}

function gauss(d: number): number {
  const [a, b] = [scramble(d), scramble(~d)];
  return Math.min(2.6, Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * b) / 2 ** 32));
}

function pack(table: DocumentTable, copies: (d: number) => number, more: Partial<SequenceSpec>) {
  const sequences = sequenceSpec(more);
  const instances = copiesOf(table, copies);
  const plan = packRows(instances, table, sequences, seed)[0]!;
  return { plan, fewest: fewestRows(instances, table, sequences), mostCopies: instances.mostCopies };
}

function sharedRows(plan: RowPlan, table: DocumentTable): number {
  return rowsOf(plan, table).filter((row) => new Set(row.map(({ document }) => document)).size < row.length)
    .length;
}

describe('a note that repeats among books', () => {
  it.each([4, 16])('needs no rows of its own: %d copies', (copies) => {
    const { plan, fewest } = pack(books, (d) => (d === 8 ? copies : 1), { length: 8192, eos: false });
    expect(fewest).toBe(17);
    expect(plan.rows).toBeLessThanOrEqual(18);
    expect(sharedRows(plan, books)).toBe(0);
  });

  it('needs as many rows as it has copies, where these are more', () => {
    const { plan } = pack(books, (d) => (d === 8 ? 40 : 1), { length: 8192, eos: false });
    expect(plan.rows).toBe(40);
    expect(sharedRows(plan, books)).toBe(0);
  });

  it('leaves the rows of the books spread over the run', () => {
    const { plan, fewest } = pack(books, (d) => (d === 8 ? 32 : 1), { length: 256 });
    expect(plan.rows).toBeLessThanOrEqual(fewest + 1);
    const rows = runOf(plan, books).map(({ documents, ...row }) => ({
      ...row,
      documents: documents.filter((d) => d < 8),
    }));
    const random = measureRandom(rows, 16);
    for (let first = 0; first < 16; first += 1)
      expect(measure(rows.slice(first), 16).worst).toBeLessThanOrEqual(random.worst + 1);
  });
});

describe('a corpus in which documents repeat', () => {
  it.each<[string, number, (d: number) => number]>([
    ['all', 4, () => 4],
    ['all', 16, () => 16],
    ['one of ten', 4, (d) => (d % 10 === 0 ? 4 : 1)],
    ['one of ten', 16, (d) => (d % 10 === 0 ? 16 : 1)],
    ['by source', 4, (d) => 1 + ((d % 3) % 2) * 3],
  ])(
    'needs at most a row more than best-fit decreasing, and is as mixed as a random order: %s, %d copies',
    (_, n, copies) => {
      const { plan, fewest, mostCopies } = pack(corpus, copies, { length: 256 });
      expect(mostCopies).toBe(n);
      expect(plan.rows).toBeLessThanOrEqual(fewest + 1);
      expect(sharedRows(plan, corpus)).toBe(0);
      const run = runOf(plan, corpus);
      const spreads: number[] = [];
      for (const epoch of [0, 1, 2]) {
        const order = epochOrder(5, epoch, plan.rows, plan.repeats);
        const rows = run.map((_row, i) => run[order(i)]!);
        for (const step of [8, 16, 32]) {
          // In a step as long as the distance between copies they must meet.
          if (step * n * 4 > plan.rows) continue;
          const [ours, random] = [measure(rows, step), measureRandom(run, step)];
          expect(ours.worst).toBeLessThanOrEqual(random.worst + 2);
          spreads.push(ours.spread / random.spread);
          expect(ours.meeting).toBeLessThanOrEqual(Math.max(1, random.meeting / 10));
        }
      }
      // A deviation of a few dozen steps is itself off by some percent: all of them together say more.
      expect(spreads.reduce((sum, ratio) => sum + ratio, 0) / spreads.length).toBeLessThan(1.12);
    },
  );

  it('is packed again with what found no room first, also where the second attempt is not better than the first', () => {
    const { plan, fewest } = pack(corpusOf(300), (d) => (d % 10 === 0 ? 64 : 1), { length: 1024 });
    expect(plan.rows).toBeLessThanOrEqual(fewest + 1);
  });

  it('has later epochs of orders of their own', () => {
    const { plan } = pack(corpus, (d) => (d % 10 === 0 ? 4 : 1), { length: 256 });
    const { rows, repeats } = plan;
    const orders = [0, 1, 2].map((epoch) => epochOrder(5, epoch, rows, repeats));
    for (const [a, one] of orders.entries()) {
      for (const other of orders.slice(a + 1)) {
        let same = 0;
        for (let i = 0; i < rows; i += 1) if (one(i) === other(i)) same += 1;
        expect(same).toBeLessThan(15);
      }
    }
  });
});

it('gives the same rows for the same documents in any order of the table', () => {
  const documents = fc.uniqueArray(
    fc.record({
      text: fc.nat(10_000),
      length: fc.integer({ min: 1, max: 90 }),
      copies: fc.integer({ min: 1, max: 5 }),
    }),
    { selector: ({ text }) => text, minLength: 1, maxLength: 40, size: 'max' },
  );
  fc.assert(
    fc.property(documents, fc.integer({ min: 10, max: 60 }), (some, length) => {
      const packed = (order: typeof some) => {
        const table = tableOf(
          order.map((document) => ({ ...document, source: 0 })),
          ['only'],
        );
        const { plan } = pack(table, (d) => order[d]!.copies, { length });
        return rowsOf(plan, table).map((row) =>
          row.map(({ document, start, length }) => [order[document]!.text, start, length]),
        );
      };
      expect(packed(some.toReversed())).toEqual(packed(some));
    }),
    fuzz(60),
  );
});

const decompose = { smallest: 64, odds: [1, 1, 1], cycles: 1 };
describe.each(
  packings.map((packing): Partial<SequenceSpec> => {
    return packing === 'decompose' ? { packing, decompose } : { packing };
  }),
)('%o', (more) => {
  it('keeps copies apart, and the rows of each document spread', () => {
    const { plan } = pack(corpus, (d) => (d % 10 === 0 ? 4 : 1), { length: 256, ...more });
    const run = runOf(plan, corpus);
    for (const epoch of [0, 1]) {
      const order = epochOrder(5, epoch, plan.rows, plan.repeats);
      const rows = run.map((_row, i) => run[order(i)]!);
      const [ours, random] = [measure(rows, 16), measureRandom(run, 16)];
      expect(ours.worst).toBeLessThanOrEqual(random.worst + 2);
      expect(ours.meeting).toBeLessThanOrEqual(Math.max(1, random.meeting / 10));
    }
  });
});

/** Best-fit decreasing in which every piece looks at every row that doesn't hold its document. */
function naiveRows(table: DocumentTable, copies: readonly number[], length: number): number {
  const pieces: { document: number; length: number }[] = [];
  let rows = 0;
  for (const [document, n] of copies.entries()) {
    const sequence = table.lengths[document]! + 1;
    const last = ((sequence - 1) % length) + 1;
    rows += (n * (sequence - last)) / length;
    for (let k = 0; k < n; k += 1) pieces.push({ document, length: last });
  }
  const open: { left: number; documents: Set<number> }[] = [];
  for (const piece of pieces.sort((a, b) => b.length - a.length || a.document - b.document)) {
    const fitting = open.filter(
      ({ left, documents }) => left >= piece.length && !documents.has(piece.document),
    );
    let row = fitting.sort((a, b) => a.left - b.left)[0];
    if (row === undefined) {
      row = { left: length, documents: new Set() };
      open.push(row);
    }
    row.left -= piece.length;
    row.documents.add(piece.document);
  }
  return rows + open.length;
}

it('packs first what opened a row too many, where that does not repeat', () => {
  const table = tableOf(
    [1, 51, 100].map((length, text) => ({ source: 0, text, length })),
    ['only'],
  );
  const { plan } = pack(table, (d) => (d === 2 ? 3 : 1), { length: 76 });
  expect(plan.rows).toBe(naiveRows(table, [1, 1, 3], 76));
  expect(sharedRows(plan, table)).toBe(0);
});

it('needs about as few rows as an exhaustive search under the same rule', () => {
  let more = 0;
  let all = 0;
  const cases = fc.record({
    lengths: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 3, maxLength: 40, size: 'max' }),
    copies: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 40, maxLength: 40 }),
    length: fc.integer({ min: 10, max: 80 }),
  });
  fc.assert(
    fc.property(cases, ({ lengths, copies, length }) => {
      const table = tableOf(
        lengths.map((tokens, text) => ({ source: 0, text, length: tokens })),
        ['only'],
      );
      const mine = copies.slice(0, lengths.length);
      const { plan } = pack(table, (d) => mine[d]!, { length });
      const naive = naiveRows(table, mine, length);
      all += naive;
      more += plan.rows - naive;
      expect(plan.rows).toBeLessThanOrEqual(naive + 2);
      expect(sharedRows(plan, table)).toBe(0);
    }),
    fuzz(150),
  );
  expect(more / all).toBeLessThan(0.002);
});
