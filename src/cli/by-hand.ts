/** The message of a command that has written a list of tasks (`--engine by-hand`) and waits for them. */

import { counted } from '../base/words.ts';
import { TasksLeft } from '../execute/executor.ts';
import { shellWord } from './shell-word.ts';

interface Flags {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Returns the result of a command's work; null: tasks are left, and the user was told what to run. */
export async function orTasksLeft<T>({ quiet, json }: Flags, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TasksLeft)) throw error;
    const { stage, job, tasks, left } = error;
    if (json === true) {
      const report = { finished: false, stage, job, tasks, left };
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    }
    if (quiet !== true) process.stderr.write(tasksLeftText(error));
    return null;
  }
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
