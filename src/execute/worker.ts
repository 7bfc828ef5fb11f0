/**
 * Runs tasks of a job's file by number, for `longmix worker`. Workers may run on any machine that has the folder, any
 * number of times and many at once. A finished task is not run again. Two attempts at one task write the same bytes
 * under temporary names of their own, and the files of the first to finish stay.
 *
 * Workers take no lock, because many may run at once. The list of tasks keeps them apart from a build: before a task
 * commits, the list must still be there and be the same.
 */

import { openPlace, refreshPlace } from '../storage/open-place.ts';
import { join } from '../storage/paths.ts';
import { notesFolder } from '../storage/receipt.ts';
import { sweep } from '../storage/temporary-files.ts';
import { type Job, runJob } from './executor.ts';
import { jobFolder } from './job-file.ts';
import { isDone, readStage } from './stage-list.ts';
import type { StageName } from './stages.ts';
import type { Bounds } from './task.ts';
import { openLog, taskErrors } from './task-log.ts';
import { failedIndex, threads } from './tasks.ts';

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
  await openPlace(jobFolder(path));
  const list = await readStage(path);
  const { folder, setting, input, tasks, mark, kind } = list;
  const isThere = (task: number) => isDone(list, task);
  const missing = [...new Set(choose(tasks))].filter((task) => {
    if (!isThere(task)) return true;
    onTask(task, 'was done');
    return false;
  });
  // The first error ends a worker, so tasks that failed before come last: they must not keep others from being done.
  const failures = taskErrors(list);
  const left = missing
    .filter((task) => !failures.has(task))
    .concat(missing.filter((task) => failures.has(task)));
  if (left.length === 0) return;
  // Remove temporary files of attempts that died on this machine. Other machines remove their own.
  for (const place of kind.folders(folder, setting)) {
    sweep(place);
    sweep(join(place, notesFolder));
  }
  const workers = Math.min(bounds.workers, left.length);
  const log = openLog(list);
  const begun = new Set<number>();
  const ended = new Set<number>();
  const end = (task: number, words: string) => {
    ended.add(task);
    log.end(task, words);
    onTask(task, words);
  };
  try {
    const memory = await kind.load(folder, setting, { ...bounds, workers });
    const inputs = left.map(input);
    const job = {
      stage: list.stage,
      folder,
      setting,
      inputs,
      memory,
      files: [],
    } as unknown as Job<StageName>;
    await runJob(threads(workers, mark), job, {
      signal,
      onBegin(index) {
        begun.add(left[index]!);
        log.begin(left[index]!);
      },
      onResult: (index, result) => end(left[index]!, kind.words(setting, inputs[index], result)),
    });
  } catch (error) {
    // Not an error if all tasks are done: others finished them, and the build went on and removed files in use here.
    if (signal?.aborted !== true) await refreshPlace(folder);
    if (signal?.aborted || !left.every(isThere)) {
      const failed = failedIndex(error);
      const isStopped = signal?.aborted === true;
      if (isStopped) for (const task of begun) if (!ended.has(task)) log.stop(task);
      // What no task threw (a tokenizer that is gone, too little memory) all of them would meet: the first one tells it.
      if (!isStopped) log.fail(left[failed ?? 0]!, error);
      throw error;
    }
    for (const task of left) if (!ended.has(task)) end(task, 'was done by another worker');
  }
}
