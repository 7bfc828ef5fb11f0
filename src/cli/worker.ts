/**
 * `longmix worker`: runs tasks of a list by number. Its exit code is for the engine that started it: 0: done now or
 * before; 1: try again; 2: the user's mistake. SIGTERM and SIGUSR1 say that the time is over: the worker stops between two
 * chunks, with 1. A temporary system error (a network file system that does not answer,
 * too many open files) is 1, even if an interactive command would exit with another code.
 */
import { LongmixError, reworded } from '../errors.ts';
import { systemCode } from '../execute/tasks.ts';
import { runWorker } from '../execute/worker.ts';
import { useCache } from '../storage/remote-settings.ts';
import { type CacheFlags, cacheOf } from './cache-flags.ts';
import { allowToStop } from './interrupted.ts';
import { stageOptions } from './options.ts';

/** Less than what schedulers leave between the signal and the end: Slurm is asked for a minute, Kubernetes' default is 30. */
const secondsToStop = 20;

interface Flags extends CacheFlags {
  readonly task?: string;
  readonly tasks?: string;
  readonly tasksPerJob?: string;
  readonly of?: string;
  readonly workers: string;
  readonly memory: string;
  readonly quiet?: boolean;
}

export async function runWorkerCommand(job: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const { workers, memory } = stageOptions(
    { workers: flags.workers, memory: flags.memory, quiet: flags.quiet === true },
    signal,
  );
  useCache(cacheOf(flags) ?? null);
  allowToStop(secondsToStop);
  const onTask = (task: number, words: string) => {
    if (flags.quiet !== true) process.stderr.write(`${new Date().toISOString()} task ${task}: ${words}\n`);
  };
  try {
    const bounds = { workers, memory: memory! };
    await runWorker(job, (tasks) => chosenTasks(flags, tasks), { ...bounds, onTask, signal });
  } catch (error) {
    if (signal.aborted && signal.reason === 'SIGTERM') {
      process.stderr.write(
        'longmix: stopped before the end; what is done stays, and the next attempt goes on\n',
      );
      process.exitCode = 1;
      return;
    }
    throw error instanceof LongmixError && passes(error) ? reworded(error, { exitCode: 1 }) : error;
  }
}

const passing = new Set(
  'EAGAIN EBUSY EHOSTDOWN EHOSTUNREACH EINTR EIO EMFILE ENETDOWN ENFILE ENOMEM ENOSPC ESTALE ETIMEDOUT'.split(
    ' ',
  ),
);

function passes(error: LongmixError): boolean {
  return passing.has(systemCode(error) ?? '');
}

/** @throws LongmixError `flag-invalid` */
export function chosenTasks(
  { task, tasks, tasksPerJob, of }: Pick<Flags, 'task' | 'tasks' | 'tasksPerJob' | 'of'>,
  count: number,
): number[] {
  const has = `the list has ${count === 1 ? 'one task, 0' : `${count} tasks, 0-${count - 1}`}`;
  if ((task === undefined) === (tasks === undefined))
    throw invalid('say which tasks to run, by --task or by --tasks', has);
  if (tasks !== undefined) {
    if (tasksPerJob !== undefined) throw invalid('--tasks-per-job goes with --task', 'leave it out');
    if (of !== undefined) throw invalid('--of goes with --task', 'leave it out');
    return tasks.split(',').flatMap((range) => {
      const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(range) ?? [];
      if (first === undefined || Number(first) > Number(last) || Number(last) >= count)
        throw invalid(`--tasks ${tasks}: found "${range}"`, `use numbers and ranges such as 3,7-9; ${has}`);
      return numbersFrom(Number(first), Number(last) + 1);
    });
  }
  if (of !== undefined) {
    if (tasksPerJob !== undefined) throw invalid('--of and --tasks-per-job say the same', 'give one of them');
    const jobs = wholeNumber('--of', of, 1, has);
    const job = wholeNumber('--task', task!, 0, has);
    if (job >= jobs) throw invalid(`--task ${job} --of ${jobs}: they count from 0`, `use 0 to ${jobs - 1}`);
    // A list may be shorter than the jobs are many; then some have nothing to do.
    const share = Math.ceil(count / jobs);
    return numbersFrom(Math.min(count, job * share), Math.min(count, (job + 1) * share));
  }
  const perJob = tasksPerJob === undefined ? 1 : wholeNumber('--tasks-per-job', tasksPerJob, 1, has);
  const first = wholeNumber('--task', task!, 0, has) * perJob;
  if (first >= count) throw invalid(`--task ${task}: there is no such task`, has);
  return numbersFrom(first, Math.min(count, first + perJob));
}

function numbersFrom(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function wholeNumber(flag: string, typed: string, least: number, has: string): number {
  const value = /^\d+$/.test(typed) ? Number(typed) : -1;
  if (value < least)
    throw invalid(`${flag}: found "${typed}"`, `use a whole number of at least ${least}; ${has}`);
  return value;
}

function invalid(what: string, cure: string): LongmixError {
  return new LongmixError('flag-invalid', what, { cure });
}
