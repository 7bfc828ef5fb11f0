/**
 * Computes which rows a step takes, as a set and a place in the set's order, from the number of the step alone.
 * Cost: an entry per stretch, and a binary search. A stretch is a phase; in a decomposed run nearly every step begins
 * one.
 */
import { firstFrom } from '../base/sequence.ts';
import { LongmixError } from '../errors.ts';
import type { StepPlan, Stretch } from '../nouns/steps.ts';
import { rowsOfStep, wholeSteps } from './whole-steps.ts';

export interface StepRows {
  /** Index into the sets. */
  readonly set: number;
  /** Number of the step's first row in the order of its set. */
  readonly first: number;
  /** Rows of the step, for all ranks together. */
  readonly rows: number;
}

export interface Steps {
  /** Steps per epoch. */
  readonly count: number;
  /** Rows per step of each set, for all ranks together. */
  readonly rowsPerStep: readonly number[];
  /** Rows of an epoch that fill no whole step. */
  readonly restRows: number;
  at(step: number): StepRows;
}

/** The facts about shard sets that the arithmetic needs. */
export interface StepSource {
  readonly sets: readonly { readonly manifest: { readonly length: number; readonly rows: number } }[];
  /**
   * The build's schedule, if its steps are fixed; `sets` are then in its order. null: the sets come one after another.
   */
  readonly schedule: StepPlan | null;
}

/**
 * @param rows rows per step. With several lengths, it counts rows of the longest; shorter rows are correspondingly
 *   more. Undefined: as the schedule says, else 1
 * @throws LongmixError `rows-per-step-invalid`
 */
export function followSteps({ sets, schedule }: StepSource, rows: number | undefined): Steps {
  const lengths = sets.map(({ manifest }) => manifest.length);
  const longest = Math.max(...lengths);
  const rowsPerStep =
    schedule?.sets.map((set) => set.rowsPerStep) ??
    lengths.map((length) => rowsOfStep((rows ?? 1) * longest, length));
  const given = Math.min(...rowsPerStep);
  if (rows !== undefined && (!Number.isSafeInteger(rows) || rows < 1)) {
    throw invalid(`rows per step: ${rows}`, 'use a whole number of at least 1');
  }
  if (schedule !== null && rows !== undefined && rows !== given) {
    throw invalid(
      `the build has ${given} rows a step, not ${rows}`,
      'leave the number out; tokens_per_step in the recipe sets it',
    );
  }
  if (!rowsPerStep.every(Number.isSafeInteger)) {
    throw invalid(
      `${rows ?? 1} rows of ${longest} tokens are no whole number of rows of ${lengths.join(' and ')}`,
      'use a multiple of it, or tokens_per_step in the recipe',
    );
  }
  const stretches =
    schedule?.stretches ??
    sets.map(({ manifest }, set) => [set, wholeSteps(manifest.rows, rowsPerStep[set]!)] as const);
  return { rowsPerStep, ...laidOut({ sets, schedule }, stretches, rowsPerStep) };
}

function laidOut(
  { sets }: StepSource,
  stretches: readonly Stretch[],
  rowsPerStep: readonly number[],
): Omit<Steps, 'rowsPerStep'> {
  const ends = new Float64Array(stretches.length);
  const firstRows = new Float64Array(stretches.length);
  const taken = new Array<number>(sets.length).fill(0);
  let count = 0;
  for (const [i, [set, steps]] of stretches.entries()) {
    firstRows[i] = taken[set]!;
    taken[set]! += steps * rowsPerStep[set]!;
    count += steps;
    ends[i] = count;
  }
  return {
    count,
    restRows: sets.reduce((sum, { manifest }, set) => sum + manifest.rows - taken[set]!, 0),
    at(step) {
      // Find the first stretch that ends after the step. Steps are whole numbers, so `step + 1` serves as the bound.
      const stretch = firstFrom(ends, step + 1);
      const [set, steps] = stretches[stretch]!;
      const rows = rowsPerStep[set]!;
      return { set, first: firstRows[stretch]! + (step - (ends[stretch]! - steps)) * rows, rows };
    },
  };
}

function invalid(message: string, cure: string): LongmixError {
  return new LongmixError('rows-per-step-invalid', message, { cure });
}
