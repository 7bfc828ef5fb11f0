import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { editDistance, nearest } from '../../src/base/nearest.ts';

test.each([
  ['treshold', 'threshold'],
  ['lenght', 'length'],
  ['Best_Fit', 'best-fit'],
  ['maxEpochs', 'max_epochs'],
  ['shuffle', null],
  ['a', null],
  ['', null],
  ['x'.repeat(100_000), null],
])('nearest to %.20s is %s', (word, expected) => {
  expect(nearest(word, ['threshold', 'length', 'best-fit', 'max_epochs', 'b', ''])).toBe(expected);
});

it('counts an insertion, a deletion, a substitution and a swap as one', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(['abxc', 'ac', 'axc', 'acb'].map((word) => editDistance('abc', word))).toEqual([1, 1, 1, 1]);
});

it('is a symmetric distance between the difference of the lengths and the longer length', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
