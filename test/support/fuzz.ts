/**
 * Decides how often and with which seed a property runs. The seed is the same every time, so that a new failure comes
 * from the code, not from the seed. `LONGMIX_FUZZ=25` (nightly) runs each property 25 times as often with a new seed,
 * which fast-check prints with a failure; `LONGMIX_FUZZ_SEED` repeats it. `npm run test:unit` has a quarter of the
 * runs.
 */
import fc from 'fast-check';

const factor = Number(process.env.LONGMIX_FUZZ ?? 1);
const fixedSeed = process.env.LONGMIX_FUZZ_SEED ?? (process.env.LONGMIX_FUZZ === undefined ? '1' : undefined);

export function fuzz(numRuns: number): { numRuns: number; seed?: number } {
  return {
    numRuns: Math.max(1, Math.round(numRuns * factor)),
    ...(fixedSeed === undefined ? {} : { seed: Number(fixedSeed) }),
  };
}

/**
 * How often a property must have met what it is about, where by day that is `count` times; with fewer runs it is less.
 */
export function often(count: number): number {
  return count * Math.min(1, factor);
}

/** Evenly from `min` to `max`; `fc.double` is even over what a double can hold, and most of that is nearly 0. */
export function fraction(min: number = 0, max: number = 1): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 1_000_000 }).map((n) => min + ((max - min) * n) / 1_000_000);
}

/** Time for a property whose runs are slow, in ms. */
export function fuzzTimeout(ms: number): number {
  return ms * Math.max(1, factor);
}
