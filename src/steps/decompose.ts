/**
 * Chooses the row length of each optimizer step: the curriculum of Dataset Decomposition (Pouransari et al. 2024, arXiv
 * 2405.13226). A step has a constant number of tokens, so it takes `tokensPerStep / width` rows of one set.
 *
 * - The run goes through `cycles` cycles; in each, every set gives an equal part of its steps (parts differ by at most
 *   one step if the steps can't be divided evenly).
 * - Inside a cycle each step is drawn among the sets that still have steps in it, with the weight of a set = its odds x
 *   its steps in the cycle. Odds of 1 for all sets give a plain shuffle, in which all sets end together; larger odds
 *   bring a set's rows early in the cycle. The odds are from the paper; multiplying them by the size of the set is from
 *   the authors' released script.
 * - Draws are keyed hashes of the step's number: the same recipe and rows give the same schedule.
 * - Rows at a set's end that don't fill a whole step are in no step. They have fewer than `tokensPerStep` tokens per
 *   set, and `schedule.json` gives the number of rows (`rest`).
 */

import { keyedHash } from '../base/keyed-hash.ts';
import type { DecomposeSpec } from '../nouns/recipe.ts';
import { rowsOfStep, wholeSteps } from './whole-steps.ts';

export interface RowSet {
  readonly width: number;
  readonly rows: number;
}

/**
 * Returns the index of the set of each step.
 * @param sets as `packRows` returns them: some of the lengths from `decompose.smallest` on, by powers of two
 */
export function drawSteps(
  sets: readonly RowSet[],
  tokensPerStep: number,
  decompose: Pick<DecomposeSpec, 'smallest' | 'odds' | 'cycles'>,
  seed: number,
): Uint16Array {
  const hash = keyedHash(seed, 'schedule');
  const { smallest, cycles } = decompose;
  const odds = sets.map(({ width }) => decompose.odds[Math.log2(width / smallest)]!);
  const stepsOf = sets.map(({ width, rows }) => wholeSteps(rows, rowsOfStep(tokensPerStep, width)));
  const steps = new Uint16Array(stepsOf.reduce((sum, n) => sum + n, 0));
  let step = 0;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const left = stepsOf.map(
      (n) => Math.floor((n * (cycle + 1)) / cycles) - Math.floor((n * cycle) / cycles),
    );
    const weights = left.map((n, s) => n * odds[s]!);
    for (let remaining = left.reduce((sum, n) => sum + n, 0); remaining > 0; remaining -= 1, step += 1) {
      const set = draw(weights, hash(step, cycle, 0) / 2 ** 32);
      steps[step] = set;
      left[set]! -= 1;
      if (left[set] === 0) weights[set] = 0;
    }
  }
  return steps;
}

/** Returns the index of the weight in which `fraction` of the weights' sum falls. */
function draw(weights: readonly number[], fraction: number): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  let left = fraction * sum;
  let last = 0;
  for (const [index, weight] of weights.entries()) {
    if (weight === 0) continue;
    if (left < weight) return index;
    left -= weight;
    last = index;
  }
  // Only rounding leads here: the fraction was nearly 1.
  return last;
}
