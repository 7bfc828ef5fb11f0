/**
 * How often, and with which seed, a property runs. The same seed every time, so that a change is judged by what it
 * changed; nightly, `LONGMIX_FUZZ=20` runs each property 20 times as often with a seed of its own, which fast-check
 * prints with a failure and `LONGMIX_FUZZ_SEED` brings back.
 */
const factor = Number(process.env.LONGMIX_FUZZ ?? 1);
const fixedSeed = process.env.LONGMIX_FUZZ_SEED ?? (process.env.LONGMIX_FUZZ === undefined ? '1' : undefined);

export function fuzz(numRuns: number): { numRuns: number; seed?: number } {
  return {
    numRuns: Math.max(1, Math.round(numRuns * factor)),
    ...(fixedSeed === undefined ? {} : { seed: Number(fixedSeed) }),
  };
}

/** Time for a property whose runs are slow, in ms. */
export function fuzzTimeout(ms: number): number {
  return ms * Math.max(1, factor);
}
