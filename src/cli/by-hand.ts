/** The message of a command that ends while tasks are left: those of `--engine by-hand`, and those that an engine runs. */

import { resolve } from 'node:path';
import { shellWord } from '../base/shell-word.ts';
import { counted } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import { DryRun, JobsLeft } from '../execute/engines/cluster.ts';
import { TasksLeft } from '../execute/executor.ts';

interface Flags {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Returns the result of a command's work; null: tasks are left, and the user was told what to run. */
export async function orTasksLeft<T>(
  { quiet, json }: Flags,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | null> {
  try {
    return await orAgain(work);
  } catch (error) {
    if (error instanceof DryRun) {
      process.stdout.write(error.text);
      return null;
    }
    if (!(error instanceof TasksLeft) || signal.aborted) throw error;
    const { stage, job, tasks, left } = error;
    if (json === true) {
      const jobs = error instanceof JobsLeft ? { jobs: error.ids } : {};
      const report = { finished: false, stage, job, tasks, left, ...jobs };
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    }
    if (quiet !== true)
      process.stderr.write(error instanceof JobsLeft ? jobsLeftText(error) : tasksLeftText(error));
    return null;
  }
}

/** Two commands may run the same build from two machines: the slower one then finds all done. */
async function orAgain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LongmixError && error.code === 'list-overtaken') return await work();
    throw error;
  }
}

/** How to watch and to cancel jobs that go on. */
function jobsLeftText({ job, ids, cancel }: Pick<JobsLeft, 'job' | 'ids' | 'cancel'>): string {
  const folder = shellWord(resolve(job, '../../..'));
  return `
The jobs ${ids.join(', ')} go on without this command.

  longmix jobs ${folder}     what is done, runs, waits and failed
  ${cancel}     cancels them

The same command goes on from what is done, and submits only what is missing.
`;
}

function tasksLeftText({ stage, job, tasks, left }: TasksLeft): string {
  const which = numberRanges(left);
  return `
The list of ${stage} tasks has ${counted(tasks, 'task')}, of which ${left.length} ${left.length === 1 ? 'is' : 'are'} not done yet: ${which}

Run them all, here or on any machine that has this folder and the corpus under the same paths:

  longmix worker ${shellWord(job)} --task N        one of them
  longmix worker ${shellWord(job)} --tasks ${which.replaceAll(' ', '')}

Several workers may run at once. Then run this command again: it continues from there.
`;
}

/** Writes ascending numbers as ranges: `0-3, 7, 9-12`. */
export function numberRanges(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}
