import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cellNumbers,
  countCells,
  lengthBuckets,
  measuredLengths,
  thresholdsOf,
} from '../../src/bucket/cells.ts';
import { fuzz } from '../support/fuzz.ts';
import { mixSpec } from '../support/recipes.ts';
import { corpora, tableOf } from '../support/table.ts';

const thresholds = fc.option(fc.integer({ min: 1, max: 3_000_000 }));

describe('lengthBuckets', () => {
  it('covers all lengths without gap or overlap, with the threshold as an edge', () => {
    fc.assert(
      fc.property(thresholds, (threshold) => {
        const buckets = lengthBuckets(null, threshold === null ? [] : [threshold]);
        expect(buckets[0]!.from).toBe(0);
        expect(buckets.at(-1)!.to).toBeNull();
        for (const [i, bucket] of buckets.entries()) {
          if (i > 0) expect(bucket.from).toBe(buckets[i - 1]!.to);
          if (bucket.to !== null) expect(bucket.to).toBeGreaterThan(bucket.from);
        }
        if (threshold !== null) expect(buckets.some(({ from }) => from === threshold)).toBe(true);
      }),
      fuzz(100),
    );
  });

  it('has powers of two from 256 to 2^20', () => {
    const edges = lengthBuckets(null, []).map(({ from }) => from);
    expect(edges).toEqual([0, ...Array.from({ length: 13 }, (_, i) => 256 * 2 ** i)]);
  });
});

describe('thresholdsOf', () => {
  it('has every length at which a rule of a phase tells documents apart', () => {
    const cell = { source: 'web', share: 0.5, method: null, maxEpochs: null, packLength: null };
    const length = { threshold: 4096, scope: 'global', rule: { kind: 'remove_long' } } as const;
    const cells = [
      { ...cell, from: 100, to: 700 },
      { ...cell, from: 65_536, to: null },
    ];
    const phases = [{ mix: mixSpec({ length }) }, { mix: mixSpec({ cells }) }, { mix: mixSpec() }];
    expect(thresholdsOf(phases)).toEqual([4096, 100, 700, 65_536]);
    expect(lengthBuckets([1000, 4096], thresholdsOf(phases)).map(({ from }) => from)).toEqual([
      0, 100, 700, 1000, 4096, 65_536,
    ]);
  });
});

describe('cells', () => {
  it('put every document into the cell of its source and length, and count it there', () => {
    fc.assert(
      fc.property(corpora(60), thresholds, ({ table, documents }, threshold) => {
        const buckets = lengthBuckets(null, threshold === null ? [] : [threshold]);
        const numbers = cellNumbers(table, buckets, table.lengths);
        const expected = new Map<string, { documents: number; tokens: number }>();
        for (const [d, { source, length }] of documents.entries()) {
          const b = buckets.findIndex(({ from, to }) => from <= length && (to === null || length < to));
          expect(numbers[d]).toBe(source * buckets.length + b);
          const name = `${table.sources[source]} ${buckets[b]!.from}`;
          const cell = expected.get(name) ?? { documents: 0, tokens: 0 };
          expected.set(name, { documents: cell.documents + 1, tokens: cell.tokens + length });
        }
        const cells = countCells(table, buckets, table.lengths);
        const found = cells.map(({ source, bucket, documents, tokens }) => [
          `${source} ${bucket.from}`,
          { documents, tokens },
        ]);
        expect(new Map(found as [string, { documents: number; tokens: number }][])).toEqual(expected);
        expect(found.length).toBe(expected.size);
      }),
      fuzz(100),
    );
  });

  it('put a document of exactly an edge into the bucket that begins there', () => {
    const lengths = [255, 256, 257, 4095, 4096, 2 ** 20 - 1, 2 ** 20, 2 ** 21];
    const table = tableOf(
      lengths.map((length, text) => ({ source: 0, text, length })),
      ['only'],
    );
    const buckets = lengthBuckets(null, [4096]);
    const froms = [...cellNumbers(table, buckets, table.lengths)].map((cell) => buckets[cell]!.from);
    expect(froms).toEqual([0, 256, 256, 2048, 4096, 2 ** 19, 2 ** 20, 2 ** 20]);
  });

  it('are numbered in 32 bits where 16 are too few', () => {
    const names = Array.from({ length: 5000 }, (_, s) => `source ${s}`);
    const table = tableOf([{ source: 4999, text: 0, length: 2 ** 21 }], names);
    const buckets = lengthBuckets(null, []);
    expect([...cellNumbers(table, buckets, table.lengths)]).toEqual([4999 * 14 + 13]);
  });

  it('measure by characters where the recipe estimates, and count tokens all the same', () => {
    const table = tableOf(
      [4000, 5000].map((length, text) => ({ source: 0, text, length })),
      ['only'],
    );
    // Fu et al. 2024: a token is 3.68 characters. 15,074 / 3.68 = 4096.2.
    const measure = measuredLengths(table, Uint32Array.of(15_074, 15_073), 3.68);
    expect([...measure]).toEqual([4096, 4095]);
    expect(measuredLengths(table, null, null)).toBe(table.lengths);
    expect(countCells(table, lengthBuckets([], [4096]), measure)).toEqual([
      { source: 'only', bucket: { from: 0, to: 4096 }, documents: 1, tokens: 5000 },
      { source: 'only', bucket: { from: 4096, to: null }, documents: 1, tokens: 4000 },
    ]);
  });
});
