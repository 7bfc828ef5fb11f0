/** What is known of a list of tasks whose workers run somewhere: by receipts, by logs, and by an engine's word if it has one. */
import { isLive, type JobState, tasksOf } from './engines/engine.ts';
import { isDone, readStage } from './stage-list.ts';
import { isUnderWay, lastLines, lastLogged, logFile, type TaskError, taskErrors } from './task-log.ts';

export interface ListReport {
  readonly stage: string;
  readonly list: string;
  readonly tasks: number;
  readonly done: number;
  /** Of an engine that can't be asked: tasks whose log says that they were begun, and nothing more. */
  readonly running: number;
  readonly waiting: number;
  readonly failed: readonly FailedTask[];
  /** Tasks that ended in a minute, lately; null: too few did. */
  readonly perMinute: number | null;
  readonly secondsLeft: number | null;
  /** Of jobs that are queued or run; null: no engine was asked. */
  readonly jobs: readonly string[] | null;
}

export interface FailedTask extends TaskError {
  readonly log: string;
  readonly lines: readonly string[];
}

/** Ends of tasks that the rate is taken from, at most: old ones say little of now. */
const lately = 100;

/**
 * @param ask what an engine knows of the list; null: it can't be asked
 * @throws LongmixError `job-missing` | `job-damaged`
 */
export async function reportList(
  path: string,
  ask: (list: Awaited<ReturnType<typeof readStage>>) => Promise<JobState[] | null>,
  lines: number,
): Promise<ListReport> {
  const list = await readStage(path);
  const { tasks, stage } = list;
  const open = Array.from({ length: tasks }, (_, task) => task).filter((task) => !isDone(list, task));
  const isOpen = new Set(open);
  const states = open.length === 0 ? [] : await ask(list);
  const live = states?.filter(isLive) ?? [];
  const inRunning = new Set(
    live
      .filter(({ state }) => state === 'running')
      .flatMap((job) => tasksOf(job.job, job.tasksPerJob, tasks)),
  );
  const running = open.filter((task) => (states === null || inRunning.has(task)) && isUnderWay(list, task));
  const isRunning = new Set(running);
  const failed = [...taskErrors(list).values()]
    .filter(({ task }) => isOpen.has(task) && !isRunning.has(task))
    .sort((a, b) => a.task - b.task)
    .map((error) => {
      const log = logFile(list, error.task);
      return { ...error, log, lines: lastLines(log, lines) };
    });
  const ends = Array.from({ length: tasks }, (_, task) => task)
    .filter((task) => !isOpen.has(task))
    .flatMap((task) => lastLogged(list, task) ?? [])
    .sort((a, b) => a - b)
    .slice(-lately);
  const [first, last] = [ends[0] ?? 0, ends.at(-1) ?? 0];
  const perMinute = ends.length < 2 || last === first ? null : ((ends.length - 1) * 60_000) / (last - first);
  return {
    ...{ stage, list: path, tasks, done: tasks - open.length, running: running.length },
    waiting: open.length - running.length - failed.length,
    ...{ failed, perMinute, secondsLeft: perMinute === null ? null : (60 * open.length) / perMinute },
    jobs: states === null ? null : [...new Set(live.map(({ id }) => id))],
  };
}
