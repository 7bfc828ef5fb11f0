import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CapacityIndex } from '../../../src/pack/packers/capacity-index.ts';
import { fuzz } from '../../support/fuzz.ts';

describe('CapacityIndex', () => {
  it('is a set that answers "the smallest that is at least"', () => {
    // One level of words, two, three, four; and both sides of where a level begins.
    const largest = fc.oneof(
      fc.constantFrom(1, 31, 32, 33, 1023, 1024, 1025, 32_767, 32_768, 40_000),
      fc.nat(5000),
    );
    fc.assert(
      fc.property(
        largest,
        fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 200, size: 'max' }),
        (top, steps) => {
          const index = new CapacityIndex(top);
          const set = new Set<number>();
          for (const [adds, number] of steps) {
            const capacity = number % (top + 1);
            if (adds) {
              index.add(capacity);
              set.add(capacity);
            } else {
              // Half of the time something that is there.
              const victim = number % 2 === 0 ? ([...set][number % (set.size || 1)] ?? capacity) : capacity;
              if (set.delete(victim)) index.remove(victim);
            }
            for (const asked of [capacity, Math.max(0, capacity - 1), Math.min(top, capacity + 1), 0, top]) {
              const expected = [...set].filter((c) => c >= asked).sort((a, b) => a - b)[0] ?? -1;
              expect(index.atLeast(asked)).toBe(expected);
            }
          }
        },
      ),
      fuzz(150),
    );
  });
});
