import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eligibility } from '../../src/mix/eligible.ts';
import { dropReasons } from '../../src/nouns/ledger.ts';
import type { DocumentRules, PerSource } from '../../src/nouns/recipe.ts';
import { fuzz } from '../support/fuzz.ts';
import { everySource } from '../support/recipes.ts';
import { syntheticCorpus } from '../support/synthetic-corpus.ts';
import { corpora, tableOf } from '../support/table.ts';

const anyLength: DocumentRules = {
  minTokens: everySource(0),
  maxTokens: everySource(Number.POSITIVE_INFINITY),
  duplicates: 'remove',
  charactersPerToken: null,
  buckets: null,
};

const bounds = (values: fc.Arbitrary<number>): fc.Arbitrary<PerSource> =>
  fc.record({
    otherwise: values,
    of: fc
      .dictionary(fc.constantFrom('alpha', 'beta', 'gamma'), values)
      .map((own) => new Map(Object.entries(own))),
  });

const rules: fc.Arbitrary<DocumentRules> = fc
  .record({
    minTokens: bounds(fc.nat(50)),
    maxTokens: bounds(fc.oneof(fc.integer({ min: 30, max: 500 }), fc.constant(Number.POSITIVE_INFINITY))),
    duplicates: fc.constantFrom('remove' as const, 'keep' as const),
  })
  .map((own) => ({ ...anyLength, ...own }));

const reasonsOf = (codes: Uint8Array) =>
  Array.from(codes, (code) => (code === 0 ? null : dropReasons[code - 1]));

describe('eligibility', () => {
  it('says of every document the first rule that bars it', () => {
    fc.assert(
      fc.property(corpora(150), rules, ({ table, documents }, asked) => {
        const seen = new Set<number>();
        const expected = documents.map(({ source, text, length }) => {
          const name = table.sources[source]!;
          if (length < (asked.minTokens.of.get(name) ?? asked.minTokens.otherwise)) return 'too_short';
          if (length > (asked.maxTokens.of.get(name) ?? asked.maxTokens.otherwise)) return 'too_long';
          if (asked.duplicates === 'remove' && seen.has(text)) return 'duplicate';
          seen.add(text);
          return null;
        });
        expect(reasonsOf(eligibility(table, asked))).toEqual(expected);
      }),
      fuzz(300),
    );
  });

  it('keeps the first of many copies, and documents that share half a key or all of it but not the length', () => {
    const table = tableOf(
      Array.from({ length: 1000 }, (_, d) => ({ source: 0, text: d % 10, length: 5 })),
      ['only'],
    );
    const copies = eligibility(table, anyLength);
    expect([...copies.keys()].filter((d) => copies[d] === 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // All at one place of the table, and at its end, where looking goes on from the beginning.
    table.keysLow.fill(2 ** 32 - 1);
    for (let d = 0; d < table.count; d += 1) {
      table.keysHigh[d] = d >> 1;
      table.lengths[d] = d & 1;
    }
    expect(eligibility(table, anyLength).every((code) => code === 0)).toBe(true);
  });

  it('finds each of a hundred thousand documents once, wherever its copy is', () => {
    const half = syntheticCorpus(100_000);
    const table = tableOf(
      Array.from({ length: 200_000 }, (_, d) => ({
        source: 0,
        text: 0,
        length: half.lengths[(d * 7) % 100_000]!,
      })),
      ['only'],
    );
    for (let d = 0; d < table.count; d += 1) {
      table.keysLow[d] = half.keysLow[(d * 7) % 100_000]!;
      table.keysHigh[d] = half.keysHigh[(d * 7) % 100_000]!;
    }
    const codes = eligibility(table, anyLength);
    expect(codes.subarray(0, 100_000).every((code) => code === 0)).toBe(true);
    expect(new Set(reasonsOf(codes.subarray(100_000)))).toEqual(new Set(['duplicate']));
  });
});
