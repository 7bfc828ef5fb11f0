import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashSorter, orderByKey } from '../../src/base/radix-sort.ts';
import { fuzz } from '../support/fuzz.ts';

/** What it must equal: a comparison sort that breaks ties by position. */
function stableOrder(keys: Uint32Array): number[] {
  return [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b);
}

const wide = fc.integer({ min: 0, max: 0xffff_ffff });
/** Few distinct values, and keys that differ in one digit only: ties, and passes that are skipped. */
const narrow = fc
  .tuple(fc.nat(31), fc.constantFrom(0, 9, 11, 16, 22, 27))
  .map(([n, shift]) => (n << shift) >>> 0);

describe('orderByKey', () => {
  it('is a stable sort', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(wide), fc.array(narrow, { maxLength: 300, size: 'max' })), (numbers) => {
        const keys = Uint32Array.from(numbers);
        expect([...orderByKey(keys)]).toEqual(stableOrder(keys));
      }),
      fuzz(300),
    );
  });

  it.each([[[]], [[7]], [[0xffff_ffff, 0x8000_0000, 0, 0x7fff_ffff]], [[5, 5, 5, 5]]])(
    'sorts %j',
    (numbers) => {
      const keys = Uint32Array.from(numbers);
      expect([...orderByKey(keys)]).toEqual(stableOrder(keys));
    },
  );
});

describe('HashSorter', () => {
  it('sorts ranges stably, whatever the keys are', () => {
    const sorter = new HashSorter();
    const keys = fc.oneof(
      fc.array(wide, { maxLength: 400, size: 'max' }),
      fc.array(narrow, { maxLength: 200, size: 'max' }),
    );
    fc.assert(
      fc.property(keys, fc.nat(), fc.nat(), (numbers, a, b) => {
        const [from, to] = [a % (numbers.length + 1), b % (numbers.length + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ];
        const sorted = Uint32Array.from(numbers);
        const items = Uint32Array.from(numbers.keys());
        sorter.sort(sorted, items, from, to);
        const range = stableOrder(Uint32Array.from(numbers.slice(from, to))).map((i) => i + from);
        const expected = [...numbers.keys()].toSpliced(from, to - from, ...range);
        expect([...items]).toEqual(expected);
        expect([...sorted]).toEqual(expected.map((i) => numbers[i]));
      }),
      fuzz(300),
    );
  });
});
