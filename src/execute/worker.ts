/**
 * Runs tasks of a job's file by number, for `longmix worker`. Workers may run on any machine that has the folder, any
 * number of times and many at once. A finished task is not run again. Two attempts at one task write the same bytes
 * under temporary names of their own, and the files of the first to finish stay.
 *
 * Workers take no lock, because many may run at once. The list of tasks keeps them apart from a build: before a task
 * commits, the list must still be there and be the same.
 */

import { LongmixError } from '../errors.ts';
import { sweep } from '../storage/commit.ts';
import { openPlace, refreshPlace } from '../storage/open-place.ts';
import { join } from '../storage/paths.ts';
import { notesFolder } from '../storage/receipt.ts';
import { type Job, runJob } from './executor.ts';
import { jobFolder, readJob } from './job-file.ts';
import { type StageName, stages } from './stages.ts';
import type { Bounds, Stage, StageKind } from './task.ts';
import { threads } from './tasks.ts';

export interface WorkerOptions extends Bounds {
  readonly signal?: AbortSignal | undefined;
  /** Called for each task when it ends, or when it is found to be done already. */
  readonly onTask: (task: number, words: string) => void;
}

/**
 * @param choose given the number of tasks, returns the numbers of those to run
 * @throws LongmixError `job-missing` | `job-damaged` | `job-stale`; whatever `choose` and the tasks throw
 */
export async function runWorker(
  path: string,
  choose: (tasks: number) => readonly number[],
  { onTask, signal, ...bounds }: WorkerOptions,
): Promise<void> {
  const place = jobFolder(path);
  await openPlace(place);
  const { folder, setting, input, tasks, mark, ...stored } = readJob(path);
  const name = stored.stage as StageName;
  if (!Object.hasOwn(stages, name)) {
    throw new LongmixError('job-damaged', `the list of tasks ${path} is of an unknown kind: ${name}`, {
      cure: 'use the version of longmix that wrote it',
    });
  }
  const stage = (await stages[name]()) as unknown as Stage<StageKind>;
  const isDone = (task: number) =>
    stage.finished(folder, setting, input(task)) !== null || stage.isOver(folder, setting, input(task));
  const left = [...new Set(choose(tasks))].filter((task) => {
    if (!isDone(task)) return true;
    onTask(task, 'was done');
    return false;
  });
  if (left.length === 0) return;
  // Remove temporary files of attempts that died on this machine. Other machines remove their own.
  for (const place of stage.folders(folder, setting)) {
    sweep(place);
    sweep(join(place, notesFolder));
  }
  const workers = Math.min(bounds.workers, left.length);
  const ended = new Set<number>();
  try {
    const memory = await stage.load(folder, setting, { ...bounds, workers });
    const inputs = left.map(input);
    const job = { stage: name, folder, setting, inputs, memory, files: [] } as unknown as Job<StageName>;
    await runJob(threads(workers, mark), job, {
      signal,
      onResult(index, result) {
        ended.add(left[index]!);
        onTask(left[index]!, stage.words(setting, inputs[index], result));
      },
    });
  } catch (error) {
    // Not an error if all tasks are done: others finished them, and the build went on and removed files in use here.
    if (signal?.aborted) throw error;
    await refreshPlace(folder);
    if (!left.every(isDone)) throw error;
    for (const task of left) if (!ended.has(task)) onTask(task, 'was done by another worker');
  }
}
