import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowWidth, usableTokens } from '../../src/base/sequence.ts';
import { cellNumbers } from '../../src/bucket/cells.ts';
import { type PhasePlan, planMix, takeHeldOut } from '../../src/mix/mix.ts';
import type { MixSpec, SequenceSpec } from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { fraction, fuzz } from '../support/fuzz.ts';
import { takesOf } from '../support/instances.ts';
import {
  bucketsOf,
  everySource,
  mixes,
  mixSpec,
  sequenceSpec,
  sequenceSpecs,
  unlessInfeasible,
} from '../support/recipes.ts';
import { corpora, heavyTailed, tableOf } from '../support/table.ts';

interface Case {
  readonly table: DocumentTable;
  readonly mix: MixSpec;
  readonly sequences: SequenceSpec;
  readonly seed: number;
}

function planOf({ table, mix, sequences, seed }: Case, held = new Uint8Array(table.count)): PhasePlan {
  const buckets = bucketsOf(mix);
  const phases = [{ name: 'train', share: 1, mix, sequences }];
  const cellOf = cellNumbers(table, buckets, table.lengths);
  return planMix(table, cellOf, buckets, held, { phases, phaseDocuments: 'disjoint', seed })[0]!;
}

const cases: fc.Arbitrary<Case> = corpora(120).chain(({ table }) => {
  const most = table.lengths.reduce((sum, length) => sum + length, 0);
  return fc.record({
    table: fc.constant(table),
    mix: mixes(table.sources, most),
    sequences: sequenceSpecs,
    seed: fc.maxSafeNat(),
  });
});

/** Copies of each document, and the tokens taken, as the plan's instances have them. */
function copiesOf(
  { instances }: Pick<PhasePlan, 'instances'>,
  table: DocumentTable,
): { copies: number[]; tokens: number[] } {
  const copies = new Array<number>(table.count).fill(0);
  const tokens = new Array<number>(table.count).fill(0);
  const takes = takesOf(instances, table);
  for (let i = 0; i < instances.count; i += 1) {
    copies[instances.document[i]!]! += 1;
    tokens[instances.document[i]!]! += takes[i]!;
  }
  return { copies, tokens };
}

/** Runs a property over the random mixes that can be had, and sees that they are most of them. */
function forFeasible(runs: number, check: (plan: PhasePlan, made: Case) => void): void {
  let feasible = 0;
  let all = 0;
  fc.assert(
    fc.property(cases, (made) => {
      all += 1;
      const plan = unlessInfeasible(() => planOf(made));
      if (plan === null) return;
      feasible += 1;
      check(plan, made);
    }),
    fuzz(runs),
  );
  expect(feasible / all).toBeGreaterThan(0.4);
}

describe('planMix', () => {
  it('comes within half a row of the total, and one of the long part', () => {
    forFeasible(600, ({ cells }, { mix, sequences }) => {
      const width = rowWidth(sequences);
      const sum = (pick: (cell: (typeof cells)[number]) => number) =>
        cells.reduce((tokens, cell) => tokens + pick(cell), 0);
      const requested = sum((cell) => cell.requested);
      const achieved = sum((cell) => cell.achieved);
      if (mix.tokens !== 'all' && requested > 0) expect(requested).toBeCloseTo(mix.tokens, 3);
      expect(Math.abs(achieved - requested)).toBeLessThanOrEqual(width / 2 + 1e-6);
      const long = sum((cell) => (cell.long ? cell.achieved - cell.requested : 0));
      expect(Math.abs(long)).toBeLessThanOrEqual(width);
    });
  });

  it('reports what its instances are, cell by cell', () => {
    forFeasible(200, (plan, { table, mix, sequences }) => {
      const { copies, tokens } = copiesOf(plan, table);
      const buckets = bucketsOf(mix);
      const numbers = cellNumbers(table, buckets, table.lengths);
      for (const cell of plan.cells) {
        const number =
          table.sources.indexOf(cell.source) * buckets.length +
          buckets.findIndex(({ from }) => from === cell.bucket.from);
        const documents = [...table.lengths.keys()].filter((d) => numbers[d] === number);
        const sum = (pick: (d: number) => number) => documents.reduce((total, d) => total + pick(d), 0);
        expect(cell).toEqual({
          source: cell.source,
          bucket: cell.bucket,
          long: mix.length !== null && cell.bucket.from >= mix.length.threshold,
          documents: documents.length,
          tokens: sum((d) => table.lengths[d]!),
          usable: sum((d) => usableTokens(table.lengths[d]!, sequences)),
          requested: cell.epochs * cell.usable,
          redistributed: 0,
          epochs: cell.epochs,
          taken: documents.filter((d) => copies[d]! > 0).length,
          achieved: sum((d) => tokens[d]!),
        });
      }
      const inCells = plan.cells.reduce((total, { documents }) => total + documents, 0);
      expect(inCells).toBe(table.count);
    });
  });

  it('takes every document floor or ceil of its cell factor times, and none twice with drop', () => {
    forFeasible(300, (plan, { table, mix, sequences }) => {
      const { copies } = copiesOf(plan, table);
      const buckets = bucketsOf(mix);
      const epochs = new Map(plan.cells.map((cell) => [`${cell.source} ${cell.bucket.from}`, cell.epochs]));
      const numbers = cellNumbers(table, buckets, table.lengths);
      for (const [d, n] of copies.entries()) {
        const bucket = buckets[numbers[d]! % buckets.length]!;
        const factor = epochs.get(`${table.sources[table.source[d]!]} ${bucket.from}`)!;
        if (usableTokens(table.lengths[d]!, sequences) === 0) expect(n).toBe(0);
        else expect([Math.floor(factor), Math.ceil(factor)]).toContain(n);
        if (mix.method === 'drop') expect(n).toBeLessThanOrEqual(1);
        expect(n).toBeLessThanOrEqual(Math.ceil(mix.maxEpochs.otherwise));
      }
    });
  });

  it('takes documents whole, or whole rows of one that spans several', () => {
    forFeasible(300, ({ instances }, { table, sequences }) => {
      const width = rowWidth(sequences);
      const partial = new Set<number>();
      const takes = takesOf(instances, table);
      for (let i = 0; i < instances.count; i += 1) {
        const document = instances.document[i]!;
        const take = takes[i]!;
        const usable = usableTokens(table.lengths[document]!, sequences);
        if (take === usable) continue;
        expect(sequences.overlong).toBe('fragment');
        expect(take).toBeLessThan(usable);
        expect((take + (sequences.bos ? 1 : 0)) % width).toBe(0);
        expect(partial.has(document)).toBe(false);
        partial.add(document);
      }
    });
  });

  it('says how many copies the document with the most copies has', () => {
    forFeasible(200, ({ instances }, { table }) => {
      const most = Math.max(1, ...copiesOf({ instances }, table).copies);
      expect(instances.mostCopies).toBe(most);
    });
  });

  it('touches no document that is held out', () => {
    fc.assert(
      fc.property(cases, fc.array(fc.nat(200)), (made, numbers) => {
        const held = new Uint8Array(made.table.count);
        for (const n of numbers) held[n % made.table.count] = 1;
        const plan = unlessInfeasible(() => planOf(made, held));
        if (plan === null) return;
        for (const document of plan.instances.document) expect(held[document]).toBe(0);
        const documents = plan.cells.reduce((sum, cell) => sum + cell.documents, 0);
        expect(documents).toBe(held.filter((h) => h === 0).length);
      }),
      fuzz(150),
    );
  });

  it('chooses by key: the order of the corpus changes nothing', () => {
    const documents = fc.uniqueArray(fc.record({ text: fc.nat(10_000), length: heavyTailed }), {
      selector: ({ text }) => text,
      minLength: 1,
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(documents, sequenceSpecs, fc.nat(), fraction(0, 3), (docs, sequences, seed, epochs) => {
        const corpus = docs.reduce((sum, { length }) => sum + length, 0);
        const tokens = Math.max(1, Math.round(corpus * epochs));
        const mix = mixSpec({ tokens, method: 'repeat', maxEpochs: everySource(1e4) });
        const chosen = (order: typeof docs) => {
          const table = tableOf(
            order.map((document) => ({ ...document, source: 0 })),
            ['only'],
          );
          const { instances } = unlessInfeasible(() => planOf({ table, mix, sequences, seed })) ?? {};
          const takes = instances === undefined ? [] : takesOf(instances, table);
          return Array.from(instances?.document ?? [], (d, i) => [order[d]!.text, takes[i]].join(' ')).sort();
        };
        expect(chosen(docs.toReversed())).toEqual(chosen(docs));
      }),
      fuzz(150),
    );
  });
});

const plain = sequenceSpec({ length: 64 });

/** Tokens of each document that the mix takes at least once. */
function keptTokens(made: Case): number[] {
  const plan = planOf(made);
  const kept = new Array<number>(made.table.count).fill(0);
  for (const [i, tokens] of takesOf(plan.instances, made.table).entries()) {
    const document = plan.instances.document[i]!;
    kept[document] = Math.max(kept[document]!, tokens);
  }
  return kept;
}

describe('selection across recipes', () => {
  /** All documents in one cell: lengths from 256 up to 511. */
  const oneCell = fc.array(fc.integer({ min: 256, max: 511 }), { minLength: 1, maxLength: 80, size: 'max' });
  const shareOfCorpus = fraction(0.01, 1);

  it('nests: what a smaller budget takes of a cell, a larger one takes too', () => {
    fc.assert(
      fc.property(oneCell, shareOfCorpus, shareOfCorpus, fc.nat(), (lengths, a, b, seed) => {
        const table = tableOf(
          lengths.map((length, text) => ({ source: 0, text, length })),
          ['only'],
        );
        const corpus = lengths.reduce((sum, length) => sum + length, 0);
        const kept = (part: number) =>
          keptTokens({ table, mix: mixSpec({ tokens: Math.ceil(part * corpus) }), sequences: plain, seed });
        const fewer = kept(Math.min(a, b));
        const more = kept(Math.max(a, b));
        for (const [d, tokens] of fewer.entries()) expect(more[d]).toBeGreaterThanOrEqual(tokens);
      }),
      fuzz(200),
    );
  });

  it('nests over many cells but for what the carried rounding moves: two rows a cell at most', () => {
    fc.assert(
      fc.property(corpora(120), shareOfCorpus, shareOfCorpus, fc.nat(), ({ table }, a, b, seed) => {
        const kept = (rate: number) => {
          const length = { threshold: 300, scope: 'global', rule: { kind: 'keep_short', rate } } as const;
          return keptTokens({ table, mix: mixSpec({ length }), sequences: plain, seed });
        };
        const fewer = kept(Math.min(a, b));
        const more = kept(Math.max(a, b));
        const mix = mixSpec({
          length: { threshold: 300, scope: 'global', rule: { kind: 'keep_short', rate: a } },
        });
        const numbers = cellNumbers(table, bucketsOf(mix), table.lengths);
        const missing = new Map<number, number>();
        for (const [d, tokens] of fewer.entries()) {
          if (more[d]! < tokens)
            missing.set(numbers[d]!, (missing.get(numbers[d]!) ?? 0) + tokens - more[d]!);
        }
        for (const tokens of missing.values()) expect(tokens).toBeLessThanOrEqual(2 * plain.length);
      }),
      fuzz(300),
    );
  });

  it('takes about the same share of a cell under any seed, but other documents', () => {
    const table = tableOf(
      Array.from({ length: 500 }, (_, text) => ({ source: 0, text, length: 300 + (text % 50) })),
      ['only'],
    );
    const mix = mixSpec({ tokens: 30_000 });
    const taken = (seed: number) =>
      keptTokens({ table, mix, sequences: plain, seed }).flatMap((tokens, d) => (tokens > 0 ? [d] : []));
    const one = taken(1);
    const two = taken(2);
    expect(one).not.toEqual(two);
    expect(taken(1)).toEqual(one);
    // Two independent choices of a fifth share a fifth of theirs.
    const common = one.filter((d) => two.includes(d)).length;
    expect(common).toBeLessThan(one.length * 0.45);
  });
});

describe('takeHeldOut', () => {
  it('takes every held-out document once that is not excluded, as far as it is usable', () => {
    fc.assert(
      fc.property(
        corpora(60),
        sequenceSpecs,
        fc.array(fc.nat(200)),
        fc.array(fc.nat(200)),
        ({ table }, sequences, numbers, others) => {
          const held = new Uint8Array(table.count);
          for (const n of numbers) held[n % table.count] = 1;
          const excluded = new Uint8Array(table.count);
          for (const n of others) excluded[n % table.count] = 3;
          const instances = takeHeldOut(table, held, excluded, sequences);
          const usable = (d: number) => usableTokens(table.lengths[d]!, sequences);
          const expected = [...held.keys()].filter(
            (d) => held[d] === 1 && excluded[d] === 0 && usable(d) > 0,
          );
          expect([...instances.document]).toEqual(expected);
          expect(takesOf(instances, table)).toEqual(expected.map(usable));
          expect(instances.mostCopies).toBe(1);
        },
      ),
      fuzz(100),
    );
  });
});
