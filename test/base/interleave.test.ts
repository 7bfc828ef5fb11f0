import fc from 'fast-check';
import { expect, it } from 'vitest';
import { interleave } from '../../src/base/interleave.ts';
import { fuzz } from '../support/fuzz.ts';

it('gives every place to one of the two kinds, in the numbers asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(300), (total, some) => {
      const count = some % (total + 1);
      const [first, second] = interleave(count, total);
      const places = [
        ...Array.from({ length: count }, (_, n) => first.nth(n)),
        ...Array.from({ length: total - count }, (_, n) => second.nth(n)),
      ];
      expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, place) => place));
      for (let place = 0; place <= total; place += 1) {
        expect(first.before(place) + second.before(place)).toBe(place);
        // Evenly: never a place of the first kind more or less than its share.
        expect(Math.abs(first.before(place) - (place * count) / total)).toBeLessThanOrEqual(1);
      }
    }),
    fuzz(200),
  );
});

it('is exact for billions of places', () => {
  const total = 2 ** 32 - 5;
  const count = 2 ** 31 + 11;
  const [first, second] = interleave(count, total);
  for (const nth of [0, 1, 12_345, count - 1]) expect(first.before(first.nth(nth) + 1)).toBe(nth + 1);
  for (const nth of [0, 77, total - count - 1]) expect(second.before(second.nth(nth))).toBe(nth);
  expect(first.before(total)).toBe(count);
});
