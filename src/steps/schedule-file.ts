/**
 * `schedule.json` beside the shard sets of a build whose steps have a fixed number of tokens: which set each optimizer
 * step takes its rows from. `plan-steps.ts` makes the plan, `step-rows.ts` follows it.
 */

import { isCount } from '../base/is-count.ts';
import { LongmixError } from '../errors.ts';
import type { StepPlan } from '../nouns/steps.ts';
import { exists, readText } from '../storage/files.ts';
import { join } from '../storage/paths.ts';

export const scheduleFile = 'schedule.json';

/** The content of the file. */
export function scheduleRecord(plan: StepPlan): unknown {
  return { format: 'longmix-schedule', version: 1, ...plan };
}

/**
 * The schedule of a build, or null if it has none.
 * @throws LongmixError `schedule-damaged`
 */
export function readSchedule(build: string): StepPlan | null {
  const file = join(build, scheduleFile);
  if (!exists(file)) return null;
  let text: string;
  try {
    text = readText(file);
  } catch (cause) {
    throw damagedSchedule(file, cause);
  }
  return parseSchedule(text, file);
}

/** @param file where the text comes from, for messages @throws LongmixError `schedule-damaged` */
export function parseSchedule(text: string, file: string): StepPlan {
  try {
    const read = JSON.parse(text) as StepPlan | null;
    if (isWhole(read)) return read;
  } catch (cause) {
    throw damagedSchedule(file, cause);
  }
  throw damagedSchedule(file);
}

/** True if all stretches refer to listed sets, and every set has rows for a step. */
function isWhole(read: StepPlan | null): read is StepPlan {
  if (!Array.isArray(read?.sets) || !Array.isArray(read.stretches) || read.sets.length === 0) return false;
  return (
    read.sets.every(
      (set) => typeof set?.name === 'string' && isCount(set.rowsPerStep) && set.rowsPerStep > 0,
    ) &&
    read.stretches.every(
      (stretch) =>
        Array.isArray(stretch) && isCount(stretch[0]) && isCount(stretch[1]) && stretch[0] < read.sets.length,
    )
  );
}

function damagedSchedule(file: string, cause?: unknown): LongmixError {
  return new LongmixError('schedule-damaged', `not a schedule: ${file}`, {
    cure: 'build again with --fresh',
    exitCode: 1,
    cause,
  });
}
