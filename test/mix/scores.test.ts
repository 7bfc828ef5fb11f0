import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepByScore, percentileOf } from '../../src/mix/scores.ts';
import type { KeepRule, ScoreBound } from '../../src/nouns/carried.ts';
import { dropReasons } from '../../src/nouns/ledger.ts';
import { errorOf } from '../support/error-of.ts';
import { fuzz } from '../support/fuzz.ts';
import { corpora, tableOf } from '../support/table.ts';

const rule = (more: Partial<KeepRule> = {}): KeepRule => ({
  ...{ score: 'field:a', from: null, to: null, sources: null, minTokens: 0, missing: 'drop' },
  ...more,
});

const score = fc.oneof(fc.constantFrom(0, 0.25, 0.5, 1, -3), fc.constant(Number.NaN));
const bound: fc.Arbitrary<ScoreBound | null> = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0, 0.25, 0.3, 2),
  fc.record({ percentile: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(99.5)) }),
);
const rules: fc.Arbitrary<KeepRule[]> = fc.array(
  fc
    .record({
      score: fc.constantFrom('field:a', 'compressibility'),
      from: bound,
      to: bound,
      sources: fc.option(fc.subarray(['alpha', 'beta', 'gamma'], { minLength: 1 })),
      minTokens: fc.constantFrom(0, 20),
      missing: fc.constantFrom('drop' as const, 'keep' as const),
    })
    .map(rule),
  { maxLength: 3 },
);

/** The plain way: sort, and count. */
function boundPlainly(bound: ScoreBound | null, scores: readonly number[]): number | null {
  if (bound === null || typeof bound === 'number') return bound;
  const sorted = [...scores].sort((a, b) => a - b);
  const least = sorted.find(
    (one) => 100 * sorted.filter((other) => other <= one).length >= bound.percentile * sorted.length - 1e-6,
  );
  return least ?? null;
}

describe('documents.keep', () => {
  it('gives every document the first reason that applies, and shows the exact bounds', () => {
    fc.assert(
      fc.property(
        corpora(60),
        rules,
        fc.array(score, { minLength: 120, maxLength: 120 }),
        (corpus, asked, all) => {
          const { table } = corpus;
          const numbers = new Map([
            ['field:a', Float64Array.from({ length: table.count }, (_, d) => all[d % 60]!)],
            ['compressibility', Float64Array.from({ length: table.count }, (_, d) => all[60 + (d % 60)]!)],
          ]);
          const before = Uint8Array.from({ length: table.count }, (_, d) => (d % 7 === 0 ? 1 : 0));
          const about = (one: KeepRule, d: number) =>
            before[d] === 0 &&
            table.lengths[d]! >= one.minTokens &&
            (one.sources === null || one.sources.includes(table.sources[table.source[d]!]!));
          const every = Array.from({ length: table.count }, (_, d) => d);
          const bounds = asked.map((one) => {
            const scores = every.filter((d) => about(one, d)).map((d) => numbers.get(one.score)![d]!);
            const known = scores.filter((value) => !Number.isNaN(value));
            return { from: boundPlainly(one.from, known), to: boundPlainly(one.to, known), scores, known };
          });
          fc.pre(
            asked.every(
              (one, r) =>
                !hasPercentile(one) || bounds[r]!.known.length > 0 || bounds[r]!.scores.length === 0,
            ),
          );
          const expected = every.map((d) => {
            if (before[d] !== 0) return 1;
            for (const [r, one] of asked.entries()) {
              if (!about(one, d)) continue;
              const value = numbers.get(one.score)![d]!;
              const { from, to } = bounds[r]!;
              if (Number.isNaN(value) && one.missing === 'drop')
                return 1 + dropReasons.indexOf('score_missing');
              if (from !== null && value < from) return 1 + dropReasons.indexOf('score_below');
              if (to !== null && value > to) return 1 + dropReasons.indexOf('score_above');
            }
            return 0;
          });
          const out = before.slice();
          const planned = keepByScore(table, asked, { numbers, texts: new Map() }, out);
          expect([...out]).toEqual(expected);
          expect(planned.map(({ from, to, documents, missing }) => [from, to, documents, missing])).toEqual(
            bounds.map(({ from, to, scores, known }) => [
              from,
              to,
              scores.length,
              scores.length - known.length,
            ]),
          );
        },
      ),
      fuzz(150),
    );
  });

  it('a percentile is the score at its rank, and equal scores are on one side of it', () => {
    const of = (...numbers: number[]) => Float64Array.from(numbers);
    expect([0, 20, 20.1, 50, 80, 100].map((p) => percentileOf(of(1, 2, 3, 4, 5), p))).toEqual([
      1, 1, 2, 3, 4, 5,
    ]);
    expect(percentileOf(of(1, 1, 1, 1, 9), 60)).toBe(1);
    expect(
      percentileOf(
        Float64Array.from({ length: 15 }, (_, i) => i),
        20,
      ),
    ).toBe(2);
  });

  it('counts what each rule keeps, after the rules before it', () => {
    const table = tableOf(
      [1, 2, 3, 4].map((text) => ({ source: 0, text, length: 5 })),
      ['only'],
    );
    const numbers = new Map([['field:a', Float64Array.of(1, 2, 3, Number.NaN)]]);
    const asked = [rule({ from: 2 }), rule({ to: 2 })];
    const planned = keepByScore(table, asked, { numbers, texts: new Map() }, new Uint8Array(4));
    expect(planned.map(({ kept }) => kept)).toEqual([2, 1]);
  });

  it('a percentile of nothing is an error', () => {
    const table = tableOf([{ source: 0, text: 1, length: 5 }], ['only']);
    const numbers = new Map([['field:a', Float64Array.of(Number.NaN)]]);
    const error = errorOf(() =>
      keepByScore(
        table,
        [rule({ from: { percentile: 20 } })],
        { numbers, texts: new Map() },
        new Uint8Array(1),
      ),
    );
    expect(error).toMatchObject({
      code: 'mix-infeasible',
      message: 'none of the documents has a field:a, so it has no percentiles',
    });
  });
});

function hasPercentile({ from, to }: KeepRule): boolean {
  return [from, to].some((one) => typeof one === 'object' && one !== null);
}
