/**
 * Places of two kinds, spread evenly among each other: which of `total` places are of the first kind, found by number and
 * without a list, so that the packer and the feed agree on them from two numbers.
 */

export interface Interleaved {
  /** How many of the first `place` places are of this kind. */
  before(place: number): number;
  /** The place of the `nth` of this kind, from 0. */
  nth(nth: number): number;
}

/** `count` places of `total`, and the others. */
export function interleave(count: number, total: number): readonly [Interleaved, Interleaved] {
  const half = Math.floor(total / 2);
  return [evenly(count, total, half), evenly(total - count, total, total - 1 - half)];
}

function evenly(count: number, total: number, offset: number): Interleaved {
  return {
    before: (place) => multiplyDivide(place, count, offset, total),
    // The smallest place with `before(place + 1)` of nth + 1: a division that rounds up.
    nth: (nth) => multiplyDivide(nth + 1, total, count - 1 - offset, count) - 1,
  };
}

/** floor((a * b + c) / d), exact. */
function multiplyDivide(a: number, b: number, c: number, d: number): number {
  const product = a * b + c;
  if (Number.isSafeInteger(product)) return Math.floor(product / d);
  const big = BigInt(a) * BigInt(b) + BigInt(c);
  return Number(big / BigInt(d));
}
