import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellNumbers, lengthBuckets } from '../../src/bucket/cells.ts';
import { planMix } from '../../src/mix/mix.ts';
import { firstEdge, lastEdge } from '../../src/mix/stretch.ts';
import { checkedWeights, takeWeighted } from '../../src/mix/weighted.ts';
import type { MixSpec } from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { errorOf } from '../support/error-of.ts';
import { fuzz } from '../support/fuzz.ts';
import { everySource, mixSpec, onePhase, sequenceSpec } from '../support/recipes.ts';
import { tableOf } from '../support/table.ts';

interface Document {
  readonly length: number;
  readonly hash: number;
  readonly weight: number;
}

const documents: fc.Arbitrary<Document[]> = fc.array(
  fc.record({
    length: fc.integer({ min: 1, max: 30 }),
    hash: fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 2 ** 31)),
    weight: fc.constantFrom(1e-3, 0.5, 1, 2, 7, 1000),
  }),
  { minLength: 1, maxLength: 200 },
);
const room = { longest: 100, beyond: Number.POSITIVE_INFINITY, first: 100, next: 100 };

function fast(all: readonly Document[], wanted: number, most: number) {
  const copies = new Uint16Array(all.length);
  const cell = {
    documents: Uint32Array.from(all, (_, d) => d),
    hashes: Uint32Array.from(all, ({ hash }) => hash),
    lengths: Uint32Array.from(all, ({ length }) => length),
    room,
  };
  const weights = Float64Array.from(all, ({ weight }) => weight);
  const taken = takeWeighted(cell, weights, { start: firstEdge, end: lastEdge, wanted, most }, copies);
  return { copies: [...copies], ...taken };
}

/** All copies in the order of their keys, one after the other. */
function plainly(all: readonly Document[], wanted: number, most: number): number[] {
  const copies = all.map(() => 0);
  const order = all
    .flatMap(({ hash, weight }, d) =>
      Array.from({ length: most }, (_, k) => ({ d, key: (k + hash / 2 ** 32) / weight })),
    )
    .sort((a, b) => a.key - b.key || a.d - b.d);
  let tokens = 0;
  for (const { d } of order) {
    const { length } = all[d]!;
    if (tokens + length > wanted) {
      if (wanted > tokens && wanted - tokens >= length / 2) copies[d]! += 1;
      break;
    }
    copies[d]! += 1;
    tokens += length;
  }
  return copies;
}

describe('documents with weights', () => {
  it('are the copies with the smallest keys, to the token that is wanted', () => {
    fc.assert(
      fc.property(documents, fc.nat(8000), fc.integer({ min: 1, max: 4 }), (all, wanted, most) => {
        const { copies, tokens, documents: taken } = fast(all, wanted, most);
        expect(copies).toEqual(plainly(all, wanted, most));
        expect(tokens).toBe(copies.reduce((sum, times, d) => sum + times * all[d]!.length, 0));
        expect(taken).toBe(copies.filter((times) => times > 0).length);
        const capacity = most * all.reduce((sum, { length }) => sum + length, 0);
        expect(Math.abs(tokens - Math.min(wanted, capacity))).toBeLessThanOrEqual(30);
      }),
      fuzz(200),
    );
  });

  it('are the same for weights of any size, since only proportions count', () => {
    fc.assert(
      fc.property(
        documents,
        fc.nat(8000),
        // The largest weight is 1000: times 2^1013 it is 1.8e307 or so, and sums of such are infinite.
        fc.constantFrom(2 ** 1013, 2 ** -1000),
        (all, wanted, unit) => {
          const scaled = all.map((one) => ({ ...one, weight: one.weight * unit }));
          expect(fast(scaled, wanted, 3)).toEqual(fast(all, wanted, 3));
        },
      ),
      fuzz(100),
    );
  });

  it('are taken where weights are so far apart that their quotient is 0', () => {
    const all = [1e308, 5e-324, 5e-324].map((weight, d) => ({ length: 10, hash: d, weight }));
    expect(fast(all, 30, 1).copies).toEqual([1, 1, 1]);
    expect(fast(all, 20, 1).copies).toEqual([1, 1, 0]);
  });

  it('are nested: what a smaller amount takes, a larger one takes as often or more', () => {
    fc.assert(
      fc.property(documents, fc.nat(4000), fc.nat(4000), (all, a, b) => {
        const [less, more] = [fast(all, Math.min(a, b), 3), fast(all, Math.max(a, b) + 60, 3)];
        for (const [d, times] of less.copies.entries()) expect(times).toBeLessThanOrEqual(more.copies[d]!);
      }),
      fuzz(100),
    );
  });
});

const rows = sequenceSpec({ length: 64 });
const many = tableOf(
  Array.from({ length: 20_000 }, (_, d) => ({ source: d % 2, text: d, length: 20 })),
  ['alpha', 'beta'],
);

function copiesOf(table: DocumentTable, mix: MixSpec, weights: Float64Array | null): number[] {
  const buckets = lengthBuckets(null, []);
  const cellOf = cellNumbers(table, buckets, table.lengths);
  const [plan] = planMix(
    table,
    cellOf,
    buckets,
    new Uint8Array(table.count),
    onePhase(mix, rows, 3),
    weights,
  );
  const copies = Array.from({ length: table.count }, () => 0);
  for (const d of plan!.instances.document) copies[d]! += 1;
  return copies;
}

describe('mix.weight_by', () => {
  const repeat = (tokens: number) => mixSpec({ tokens, method: 'repeat', maxEpochs: everySource(8) });
  const weights = Float64Array.from({ length: many.count }, (_, d) => d % 5);

  it('takes documents as often as their weights say, and as many tokens as without them', () => {
    const copies = copiesOf(many, repeat(300_000), weights);
    const taken = copies.reduce((sum, times) => sum + times, 0);
    expect(Math.abs(20 * taken - 300_000)).toBeLessThanOrEqual(20);
    const ofWeight = [0, 1, 2, 3, 4].map((w) =>
      copies.filter((_, d) => d % 5 === w).reduce((sum, n) => sum + n, 0),
    );
    expect(ofWeight[0]).toBe(0);
    for (const w of [2, 3, 4]) expect(Math.abs(ofWeight[w]! / ofWeight[1]! / w - 1)).toBeLessThan(0.06);
    // floor and once more: no two documents of a weight differ by more than one.
    const fours = new Set(copies.filter((_, d) => d % 5 === 4));
    expect(Math.max(...fours) - Math.min(...fours)).toBe(1);
  });

  it('takes what it takes without weights where all are equal', () => {
    for (const mix of [repeat(300_000), repeat(700_000), mixSpec({ tokens: 100_000 }), mixSpec()])
      expect(copiesOf(many, mix, new Float64Array(many.count).fill(0.37))).toEqual(copiesOf(many, mix, null));
  });

  it('leaves out documents without a weight, and with method drop takes none twice', () => {
    const some = weights.map((weight, d) => (d % 3 === 0 ? Number.NaN : weight));
    const copies = copiesOf(many, mixSpec({ tokens: 150_000 }), some);
    expect(Math.max(...copies)).toBe(1);
    expect(copies.every((times, d) => times === 0 || some[d]! > 0)).toBe(true);
  });

  it('is refused where no document has a number', () => {
    const table = tableOf([{ source: 0, text: 1, length: 5 }], ['only']);
    expect(errorOf(() => checkedWeights(table, 'field:language', Float64Array.of(Number.NaN)))).toMatchObject(
      {
        message: 'mix.weight_by: no document has a number in field language',
      },
    );
  });

  it('is refused where a weight is negative', () => {
    const table = tableOf([{ source: 0, text: 1, length: 5 }], ['only']);
    expect(errorOf(() => checkedWeights(table, 'field:q', Float64Array.of(-1)))).toMatchObject({
      code: 'mix-infeasible',
      message: 'mix.weight_by: a document of source "only" has q = -1; a weight is 0 or more',
    });
  });
});
