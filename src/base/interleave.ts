/**
 * Spreads places of two kinds evenly among each other. Which of `total` places are of the first kind is computed by
 * number, without a list, so that the packer and the feed agree from two numbers alone.
 */

export interface Interleaved {
  /** How many of the first `place` places are of this kind. */
  before(place: number): number;
  /** The place of the `nth` place of this kind, counted from 0. */
  nth(nth: number): number;
}

/** Returns the `count` places of the first kind among `total`, and the other places. */
export function interleave(count: number, total: number): readonly [Interleaved, Interleaved] {
  const half = Math.floor(total / 2);
  return [evenly(count, total, half), evenly(total - count, total, total - 1 - half)];
}

function evenly(count: number, total: number, offset: number): Interleaved {
  return {
    before: (place) => multiplyDivide(place, count, offset, total),
    // The smallest place for which `before(place + 1)` is nth + 1: a division that rounds up.
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
