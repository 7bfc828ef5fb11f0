import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawSteps } from '../../src/steps/decompose.ts';
import { fuzz } from '../support/fuzz.ts';

const tokensPerStep = 4096;
const decomposition = fc
  .record({
    lengths: fc.integer({ min: 1, max: 6 }),
    cycles: fc.integer({ min: 1, max: 9 }),
  })
  .chain(({ lengths, cycles }) =>
    fc.record({
      cycles: fc.constant(cycles),
      smallest: fc.constantFrom(2, 64),
      odds: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: lengths, maxLength: lengths }),
      rows: fc.array(fc.nat(5000), { minLength: lengths, maxLength: lengths }),
    }),
  );

const setsOf = (rows: readonly number[], smallest: number) =>
  rows.map((n, i) => ({ width: smallest * 2 ** i, rows: n })).filter((set) => set.rows > 0);

const count = (steps: ArrayLike<number>, set: number) => Array.from(steps).filter((s) => s === set).length;

describe('drawSteps', () => {
  it('has every whole step of every set, an equal part of them in each cycle', () => {
    fc.assert(
      fc.property(decomposition, fc.nat(), ({ cycles, smallest, odds, rows }, seed) => {
        const sets = setsOf(rows, smallest);
        const steps = drawSteps(sets, tokensPerStep, { smallest, odds, cycles }, seed);
        const whole = sets.map((set) => Math.floor((set.rows * set.width) / tokensPerStep));
        expect(sets.map((_, s) => count(steps, s))).toEqual(whole);
        let at = 0;
        for (let cycle = 0; cycle < cycles; cycle += 1) {
          const due = whole.map(
            (n) => Math.floor((n * (cycle + 1)) / cycles) - Math.floor((n * cycle) / cycles),
          );
          const end = at + due.reduce((sum, n) => sum + n, 0);
          expect(sets.map((_, s) => count(steps.subarray(at, end), s))).toEqual(due);
          for (const [s, n] of due.entries()) expect(Math.abs(n - whole[s]! / cycles)).toBeLessThan(1);
          at = end;
        }
        expect(steps.length).toBe(at);
      }),
      fuzz(150),
    );
  });

  it('follows the odds: Grow-P2 goes from short to long rows in each cycle, odds of 1 do not', () => {
    const smallest = 256;
    const sets = [256, 512, 1024, 2048, 4096, 8192].map((width) => ({ width, rows: 6_553_600 / width }));
    const meanLength = (odds: readonly number[], cycles: number, part: number) => {
      const steps = drawSteps(sets, 16_384, { smallest, odds, cycles }, 5);
      const perCycle = steps.length / cycles;
      const quarter = Array.from(steps).filter(
        (_, step) => Math.floor((4 * (step % perCycle)) / perCycle) === part,
      );
      return quarter.reduce((sum, set) => sum + Math.log2(sets[set]!.width), 0) / quarter.length;
    };
    for (const cycles of [1, 8]) {
      const grow = [0, 1, 2, 3].map((part) => meanLength([32, 16, 8, 4, 2, 1], cycles, part));
      expect(grow).toEqual(grow.toSorted((a, b) => a - b));
      expect(grow[3]! - grow[0]!).toBeGreaterThan(3);
      const even = [0, 1, 2, 3].map((part) => meanLength([1, 1, 1, 1, 1, 1], cycles, part));
      for (const mean of even) expect(Math.abs(mean - 10.5)).toBeLessThan(0.3);
    }
  });

  it('draws the first step at the odds, over many seeds', () => {
    const sets = [2, 4, 8].map((width) => ({ width, rows: 4096 / width }));
    const first = Array.from(
      { length: 7000 },
      (_, seed) => drawSteps(sets, 8, { smallest: 2, odds: [4, 2, 1], cycles: 1 }, seed)[0]!,
    );
    // Standard deviation 41 or less.
    for (const [s, expected] of [4000, 2000, 1000].entries()) {
      expect(Math.abs(count(first, s) - expected)).toBeLessThan(210);
    }
  });

  it('is empty where no set has a whole step', () => {
    const decompose = { smallest: 2, odds: [1, 1], cycles: 3 };
    expect([...drawSteps([], 8, decompose, 1)]).toEqual([]);
    expect([...drawSteps([{ width: 4, rows: 1 }], 8, decompose, 1)]).toEqual([]);
  });
});
