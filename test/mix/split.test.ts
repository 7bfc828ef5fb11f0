import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldOut } from '../../src/mix/split.ts';
import { fraction, fuzz } from '../support/fuzz.ts';
import { corpora, tableOf } from '../support/table.ts';

const share = fraction(0, 0.999);

describe('heldOut', () => {
  it('puts all copies of a document on one side', () => {
    fc.assert(
      fc.property(corpora(80), share, fc.maxSafeNat(), ({ table, documents }, part, seed) => {
        const held = heldOut(table, part, seed);
        const side = new Map<number, number>();
        for (const [d, { text }] of documents.entries()) {
          expect(side.get(text) ?? held[d]).toBe(held[d]);
          side.set(text, held[d]!);
        }
      }),
      fuzz(200),
    );
  });

  it('leaves a document on its side when the corpus grows or is reordered', () => {
    fc.assert(
      fc.property(corpora(80), share, fc.maxSafeNat(), fc.nat(80), ({ documents }, part, seed, cut) => {
        const sideOf = (some: typeof documents) => {
          const held = heldOut(tableOf(some, ['a', 'b', 'c']), part, seed);
          return new Map(some.map(({ text }, d) => [text, held[d]]));
        };
        const all = sideOf(documents.toReversed());
        for (const [text, side] of sideOf(documents.slice(0, cut))) expect(all.get(text)).toBe(side);
      }),
      fuzz(100),
    );
  });

  it('holds out more of the same where more is asked', () => {
    fc.assert(
      fc.property(corpora(80), share, share, fc.maxSafeNat(), ({ table }, a, b, seed) => {
        const fewer = heldOut(table, Math.min(a, b), seed);
        const more = heldOut(table, Math.max(a, b), seed);
        for (const [d, side] of fewer.entries()) expect(more[d]).toBeGreaterThanOrEqual(side);
      }),
      fuzz(100),
    );
  });

  it.each([0, 0.005, 0.1, 0.5])('holds out a share of %d', (part) => {
    const table = tableOf(
      Array.from({ length: 50_000 }, (_, text) => ({ source: 0, text, length: 1 })),
      ['only'],
    );
    const count = heldOut(table, part, 3).reduce((sum, side) => sum + side, 0);
    // Five standard deviations.
    const off = 5 * Math.sqrt(50_000 * part * (1 - part));
    expect(Math.abs(count - 50_000 * part)).toBeLessThanOrEqual(off);
  });

  it('depends on the seed', () => {
    const table = tableOf(
      Array.from({ length: 200 }, (_, text) => ({ source: 0, text, length: 1 })),
      ['only'],
    );
    expect(heldOut(table, 0.5, 1)).not.toEqual(heldOut(table, 0.5, 2));
    expect(heldOut(table, 0.5, 1)).not.toEqual(heldOut(table, 0.5, 1 + 2 ** 32));
  });
});
