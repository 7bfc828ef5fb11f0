import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOrder } from '../../../src/feed/rows/order.ts';
import { fuzz } from '../../support/fuzz.ts';

it('is a permutation of the rows, the same every time', () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.nat(2 ** 32 - 1),
      fc.integer({ min: 1, max: 3000 }),
      (seed, epoch, rows) => {
        const order = epochOrder(seed, epoch, rows);
        const seen = Array.from({ length: rows }, (_, i) => order(i));
        expect(new Set(seen).size).toBe(rows);
        expect(Math.min(...seen)).toBe(0);
        expect(Math.max(...seen)).toBe(rows - 1);
        expect(Array.from({ length: rows }, (_, i) => epochOrder(seed, epoch, rows)(i))).toEqual(seen);
      },
    ),
    fuzz(60),
  );
});

describe('where documents repeat', () => {
  const sets = fc.record({
    seed: fc.maxSafeNat(),
    epoch: fc.integer({ min: 1, max: 1000 }),
    rows: fc.integer({ min: 1, max: 800 }),
    bound: fc.double({ min: 0, max: 1, noNaN: true }),
    stretch: fc.integer({ min: 1, max: 60 }),
  });

  it('is a permutation, too', () => {
    fc.assert(
      fc.property(sets, ({ seed, epoch, rows, bound, stretch }) => {
        const repeats = { rows: Math.round(bound * rows), stretch };
        const order = epochOrder(seed, epoch, rows, repeats);
        const seen = Array.from({ length: rows }, (_, i) => order(i));
        expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
      }),
      fuzz(150),
    );
  });

  it('keeps rows apart that are two stretches apart in the shards', () => {
    fc.assert(
      fc.property(sets, ({ seed, epoch, rows, stretch }) => {
        const order = epochOrder(seed, epoch, rows, { rows, stretch });
        const placeOf = new Uint32Array(rows);
        for (let i = 0; i < rows; i += 1) placeOf[order(i)] = i;
        const distance = (a: number, b: number) => Math.min(Math.abs(a - b), rows - Math.abs(a - b));
        // The last stretch of the ring is shorter.
        for (let row = 0; row < rows; row += 1) {
          const other = (row + 3 * stretch) % rows;
          if (distance(row, other) < 3 * stretch) continue;
          expect(distance(placeOf[row]!, placeOf[other]!)).toBeGreaterThan(stretch);
        }
      }),
      fuzz(150),
    );
  });
});

it('is that of the shards in the first epoch', () => {
  expect([0, 1, 2, 3].map(epochOrder(9, 0, 4))).toEqual([0, 1, 2, 3]);
});

it('differs by epoch and by seed: rows that stay in place are as many as chance makes', () => {
  const rows = 5000;
  const orders = [
    epochOrder(1, 1, rows),
    epochOrder(1, 2, rows),
    epochOrder(2, 1, rows),
    epochOrder(1, 0, rows),
  ];
  for (const [a, one] of orders.entries()) {
    for (const other of orders.slice(a + 1)) {
      let same = 0;
      for (let i = 0; i < rows; i += 1) if (one(i) === other(i)) same += 1;
      // One is expected; more than 12 has a chance of 1e-10.
      expect(same).toBeLessThan(12);
    }
  }
});

it('spreads neighbours over the set', () => {
  const rows = 10_000;
  const order = epochOrder(3, 1, rows);
  // A tenth of the epoch has about a tenth of each tenth of the set: 100, with a standard deviation of 9.
  for (let from = 0; from < rows; from += 1000) {
    const counts = new Array<number>(10).fill(0);
    for (let i = from; i < from + 1000; i += 1) counts[Math.floor(order(i) / 1000)]! += 1;
    for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(50);
  }
});

it('goes to sets of billions of rows', () => {
  const rows = 2 ** 32 - 5;
  const order = epochOrder(1, 1, rows);
  const seen = new Set(Array.from({ length: 1000 }, (_, i) => order(rows - 1 - i)));
  expect(seen.size).toBe(1000);
  for (const row of seen) expect(row >= 0 && row < rows && Number.isInteger(row)).toBe(true);
});
