import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedHash } from '../../src/base/keyed-hash.ts';
import { shuffle } from '../../src/base/shuffle.ts';
import { fuzz } from '../support/fuzz.ts';

const shuffled = (items: readonly number[], seed: number, salt: number) => {
  const list = Uint32Array.from(items);
  shuffle(list, keyedHash(seed, 'row'), salt);
  return [...list];
};

describe('shuffle', () => {
  it('keeps what is there, and depends on seed and salt', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 100 }), fc.nat(), fc.nat(), (items, seed, salt) => {
        const list = shuffled(items, seed, salt);
        expect(list).toEqual(shuffled(items, seed, salt));
        expect(list.sort((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b));
      }),
      fuzz(100),
    );
    const items = Array.from({ length: 60 }, (_, i) => i);
    expect(shuffled(items, 1, 0)).not.toEqual(shuffled(items, 2, 0));
    expect(shuffled(items, 1, 0)).not.toEqual(shuffled(items, 1, 1));
  });

  it('puts every item everywhere equally often', () => {
    const size = 8;
    const runs = 8000;
    const places = Array.from({ length: size }, () => new Float64Array(size));
    const items = Array.from({ length: size }, (_, i) => i);
    for (let seed = 0; seed < runs; seed += 1) {
      for (const [place, item] of shuffled(items, seed, 0).entries()) places[item]![place]! += 1;
    }
    const expected = runs / size;
    const chiSquare = places
      .flatMap((row) => [...row])
      .reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 49 degrees of freedom: 100 is beyond the 99.998th percentile.
    expect(chiSquare).toBeLessThan(100);
  });
});
