import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedHash } from '../../src/base/keyed-hash.ts';
import { fuzz } from '../support/fuzz.ts';

/** MurmurHash3 x86_32 in exact integers, straight from the description; the length is mixed in at the end. */
function murmur3(words: readonly number[], seed: number, length: number): number {
  const mask = 0xffff_ffffn;
  const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) & mask;
  let hash = BigInt(seed >>> 0);
  for (const word of words) {
    const scrambled = (rotate((BigInt(word >>> 0) * 0xcc9e2d51n) & mask, 15n) * 0x1b873593n) & mask;
    hash = (rotate(hash ^ scrambled, 13n) * 5n + 0xe6546b64n) & mask;
  }
  hash ^= BigInt(length);
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & mask;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & mask;
  return Number(hash ^ (hash >> 16n));
}

const wordsOf = (text: string) => {
  const bytes = Buffer.from(text);
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(4 * i));
};
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const seeds = fc.oneof(u32, fc.maxSafeNat());

describe('keyedHash', () => {
  it('is measured against a MurmurHash3 that gives the published values', () => {
    expect(murmur3([], 0, 0)).toBe(0);
    expect(murmur3([], 1, 0)).toBe(0x514e28b7);
    expect(murmur3(wordsOf('test'), 0, 4)).toBe(0xba6bd213);
    expect(murmur3(wordsOf('aaaa'), 0x9747b28c, 4)).toBe(0x5a97808a);
    expect(murmur3(wordsOf('abcd'), 0x9747b28c, 4)).toBe(0xf0478627);
  });

  it('is MurmurHash3 of seed, purpose, key and salt, the length left out', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.constantFrom('split', 'sample', 'spread', 'order', 'row', 'within-row'),
        u32,
        u32,
        u32,
        (seed, purpose, low, high, salt) => {
          const purposeWords = [...purpose].map((letter) => letter.charCodeAt(0));
          const seedWords = [Number(BigInt(seed) & 0xffff_ffffn), Number(BigInt(seed) >> 32n)];
          const expected = murmur3([...seedWords, ...purposeWords, low, high, salt], 0, 0);
          expect(keyedHash(seed, purpose as 'split')(low, high, salt)).toBe(expected);
        },
      ),
      fuzz(300),
    );
  });

  it.each(['seed', 'purpose', 'low', 'high', 'salt'])('spreads evenly where only the %s differs', (what) => {
    const buckets = new Float64Array(64);
    const count = 64 * 400;
    const purposes = ['split', 'sample', 'spread', 'order', 'row', 'within-row'] as const;
    for (let i = 0; i < count; i += 1) {
      const seed = what === 'seed' ? i : 17;
      const purpose = what === 'purpose' ? purposes[i % 6]! : 'sample';
      const low = what === 'low' || what === 'purpose' ? Math.floor(i / (what === 'purpose' ? 6 : 1)) : 1;
      const value = keyedHash(seed, purpose)(low, what === 'high' ? i : 2, what === 'salt' ? i : 3);
      buckets[value >>> 26]! += 1;
    }
    // 63 degrees of freedom: 120 is beyond the 99.998th percentile.
    const chiSquare = buckets.reduce((sum, n) => sum + (n - 400) ** 2 / 400, 0);
    expect(chiSquare).toBeLessThan(120);
  });

  it('gives purposes orders that have nothing to do with each other', () => {
    const split = keyedHash(1, 'split');
    const sample = keyedHash(1, 'sample');
    let both = 0;
    for (let key = 0; key < 20_000; key += 1) {
      if (split(key, 0, 0) < 2 ** 31 && sample(key, 0, 0) < 2 ** 31) both += 1;
    }
    // A quarter, with a standard deviation of 61.
    expect(Math.abs(both - 5000)).toBeLessThan(300);
  });
});
