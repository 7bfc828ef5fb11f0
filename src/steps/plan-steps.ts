/**
 * Plans which shard set each optimizer step takes its rows from. Phases come one after another, each with as many whole
 * steps as its rows fill. Odds and cycles decide the order of lengths in a decomposed phase (`decompose.ts`).
 *
 * Rows that fill no whole step are counted: a trainer may take them as a smaller last step, or not use them.
 */

import type { Recipe, SequenceSpec } from '../nouns/recipe.ts';
import type { StepPlan, StepSet, Stretch } from '../nouns/steps.ts';
import { drawSteps } from './decompose.ts';
import { rowsOfStep, wholeSteps } from './whole-steps.ts';

interface PhaseRows {
  readonly name: string;
  readonly phase: string | null;
  readonly sequences: SequenceSpec;
  readonly rows: { readonly width: number; readonly rows: number };
}

/** @param planned the training split's sets, in the order of the run */
export function planSteps(recipe: Recipe, planned: readonly PhaseRows[]): StepPlan | null {
  const decomposes = planned.some(({ sequences }) => sequences.decompose !== null);
  if (recipe.tokensPerStep === null && !decomposes) return null;
  const tokensPerStep = recipe.tokensPerStep ?? Math.max(...planned.map(({ rows }) => rows.width));
  const order: number[] = [];
  for (const { name } of recipe.phases) {
    const mine = planned.flatMap((set, i) => (set.phase === name ? [i] : []));
    const sets = mine.map((i) => planned[i]!);
    const { decompose } = sets[0]?.sequences ?? { decompose: null };
    if (decompose === null) order.push(...mine.flatMap((i) => stepsOf(planned[i]!, tokensPerStep, i)));
    else {
      const widths = sets.map(({ rows: { width, rows } }) => ({ width, rows }));
      for (const at of drawSteps(widths, tokensPerStep, decompose, recipe.seed)) order.push(mine[at]!);
    }
  }
  const taken = new Array<number>(planned.length).fill(0);
  for (const set of order) taken[set]! += 1;
  const sets = planned.map((set, i): StepSet => {
    const {
      name,
      rows: { width, rows },
    } = set;
    const rowsPerStep = rowsOfSet(set, tokensPerStep);
    return { name, width, rows, rowsPerStep, steps: taken[i]!, rest: rows - taken[i]! * rowsPerStep };
  });
  return { tokensPerStep, steps: order.length, sets, stretches: stretchesOf(order) };
}

/** Rows per step of a set. A row of L + 1 tokens counts as L tokens, because it has L tokens to predict. */
function rowsOfSet({ sequences, rows }: PhaseRows, tokensPerStep: number): number {
  return rowsOfStep(tokensPerStep, sequences.decompose === null ? sequences.length : rows.width);
}

function stepsOf(phase: PhaseRows, tokensPerStep: number, set: number): number[] {
  return new Array<number>(wholeSteps(phase.rows.rows, rowsOfSet(phase, tokensPerStep))).fill(set);
}

/** Merges consecutive steps of the same set. @param order the set of each step */
function stretchesOf(order: readonly number[]): Stretch[] {
  const stretches: [number, number][] = [];
  for (const set of order) {
    const last = stretches.at(-1);
    if (last?.[0] === set) last[1] += 1;
    else stretches.push([set, 1]);
  }
  return stretches;
}
