/**
 * The executor that lets an engine run the tasks: it writes the list, submits jobs for what is missing, and waits until each
 * task has its receipt. The engine's word decides one thing only: what to submit again.
 *
 * A job that ends without all of its tasks is submitted again, unless an error note says that this does not help (exit code
 * 2). If it got none of its tasks done, that counts as a failure, and a few of them end the build. What the engine took away
 * (a node that died, preemption) does not count.
 */
import { setTimeout } from 'node:timers/promises';
import { type Executor, TasksLeft } from '../executor.ts';
import { writeJob } from '../job-file.ts';
import { isDone, readStage, type StageList } from '../stage-list.ts';
import { stages } from '../stages.ts';
import { dropOtherLogs, isUnderWay, taskErrors } from '../task-log.ts';
import { type Engine, isLive, type JobState, type NextRun, type SubmittedList, tasksOf } from './engine.ts';
import { cancelled, failure, overtaken } from './failures.ts';

export interface ClusterOptions {
  /** Jobs that a list is divided into, at most; or tasks of a job. */
  readonly jobs: { readonly tasks: number } | { readonly tasksPerJob: number };
  /** How many attempts in a row a job may fail without any task done. */
  readonly attempts: number;
  /** Print what would be submitted, and end. */
  readonly dryRun: boolean;
  /** Submit, leave the rest to a job that runs this command again, and end; null: wait here. */
  readonly next: NextRun | null;
  readonly say: (words: string) => void;
  readonly onState: (state: ListState) => void;
  /** Called with jobs that are queued or running when the command is interrupted. */
  readonly onInterrupt: (ids: readonly string[], cancelCommand: string) => Promise<'cancel' | 'leave'>;
}

export interface ListState {
  readonly stage: string;
  readonly tasks: number;
  readonly done: number;
  /** Tasks in jobs that run, and in jobs that wait; null: the engine does not answer. */
  readonly running: number | null;
  readonly waiting: number | null;
  readonly failed: number;
}

/** Ends a dry run. */
export class DryRun extends Error {
  /** What would be submitted, for a shell. */
  readonly text: string;

  constructor(text: string) {
    super('nothing was submitted');
    this.name = 'DryRun';
    this.text = text;
  }
}

/** The command ends while its jobs go on. */
export class JobsLeft extends TasksLeft {
  readonly ids: readonly string[];
  /** The command that cancels them. */
  readonly cancel: string;

  constructor(list: SubmittedList, left: readonly number[], ids: readonly string[], engine: Engine) {
    super(list.stage as TasksLeft['stage'], list.path, list.tasks, left);
    this.name = 'JobsLeft';
    this.ids = ids;
    this.cancel = engine.cancelCommand(ids);
  }
}

/** Says in the environment of the next run which list it follows, how often that failed, and how many tasks were left. */
const followsVariable = 'LONGMIX_FOLLOWS';

export function cluster(engine: Engine, options: ClusterOptions): Executor {
  return {
    ready: (stage) => ({
      count: 1,
      async run(job, { signal, onResult }) {
        signal?.throwIfAborted();
        const { finished } = await stages[stage]();
        const results = job.inputs.map((input) => finished(job.folder, job.setting, input));
        const left = new Set([...results.keys()].filter((task) => results[task] === null));
        if (left.size > 0) {
          const path = writeJob(job);
          const stored = await readStage(path);
          const list: SubmittedList = { ...stored, path, tasksPerJob: tasksPerJob(stored, options.jobs) };
          dropOtherLogs(list);
          const look = () => {
            for (const task of left) {
              const result = finished(job.folder, job.setting, job.inputs[task]!);
              if (result === null) continue;
              results[task] = result;
              left.delete(task);
              onResult?.(task, result);
            }
          };
          await (options.dryRun || options.next !== null
            ? leave(engine, list, left, options)
            : wait(engine, list, { left, look, stored }, options, signal));
        }
        // The cast is safe: no result is null.
        return results as Exclude<(typeof results)[number], null>[];
      },
      async close() {},
    }),
  };
}

function tasksPerJob({ tasks }: StageList, jobs: ClusterOptions['jobs']): number {
  return 'tasks' in jobs ? Math.ceil(tasks / jobs.tasks) : jobs.tasksPerJob;
}

/** The numbers of jobs that have a task left which no job in the queue has. */
function missingJobs(list: SubmittedList, left: ReadonlySet<number>, live: readonly JobState[]): number[] {
  const covered = new Set(live.flatMap(({ job, tasksPerJob }) => tasksOf(job, tasksPerJob, list.tasks)));
  const open = [...left].filter((task) => !covered.has(task));
  return [...new Set(open.map((task) => Math.floor(task / list.tasksPerJob)))].sort((a, b) => a - b);
}

/** Submits what is missing, and a job that goes on; or prints it. */
async function leave(
  engine: Engine,
  list: SubmittedList,
  left: ReadonlySet<number>,
  { dryRun, next, attempts, say }: ClusterOptions,
): Promise<never> {
  const live = ((await engine.ask(list)) ?? []).filter(isLive);
  const jobs = missingJobs(list, left, live);
  const [print, attempt, before] = (process.env[followsVariable] ?? '').split(':');
  const { fingerprint } = list.mark;
  let turn = 1;
  if (print === fingerprint && !dryRun) {
    // Exit code 2, or as often without progress as is allowed.
    turn = left.size < Number(before) ? 1 : Number(attempt) + 1;
    const errors = taskErrors(list);
    const given = [...errors.values()].find(({ exitCode }) => exitCode === 2);
    if (given !== undefined) throw failure(engine, list, { task: given.task, error: given, times: 1 });
    const [task] = left;
    if (turn > attempts)
      throw failure(engine, list, { task: task!, error: errors.get(task!), times: attempts });
  }
  const environment = { ...next?.environment, [followsVariable]: `${fingerprint}:${turn}:${left.size}` };
  const then = next === null ? null : { ...next, environment };
  if (dryRun) throw new DryRun(await engine.preview(list, jobs, then));
  const ids = [...new Set(live.map(({ id }) => id)), ...(await engine.submit(list, jobs))];
  say(`${list.stage}: ${left.size} of ${list.tasks} tasks are left; submitted as ${ids.join(', ')}`);
  const follower = then === null ? null : await engine.follow(list, ids, then);
  throw new JobsLeft(list, [...left], follower === null ? ids : [...ids, follower], engine);
}

interface Left {
  readonly left: ReadonlySet<number>;
  /** Takes out of `left` what has a receipt. */
  look(): void;
  readonly stored: StageList;
}

/** Pauses in ms: short at first, so that small lists end soon. */
const firstPause = 200;
const longestPause = 3000;
const longestSilence = 10_000;
/** A file system of several machines may show a receipt that late. */
const graceMs = 60_000;

/** A controller that crashed has forgotten what it took last; one that has just been started may not know all yet. */
const forgottenMs = 5000;

/** Submits what is missing, and waits until all is done. */
async function wait(
  engine: Engine,
  list: SubmittedList,
  { left, look, stored }: Left,
  options: ClusterOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { say, onState, attempts } = options;
  const known = new Set([...taskErrors(list).values()].map(({ attempt }) => attempt));
  /** Jobs of ours: those that this command submitted, and those that it found in the queue. */
  const ids = new Set<string>();
  const failures = new Map<number, { times: number; left: number }>();
  let states: readonly JobState[] = [];
  let live: readonly JobState[] = [];
  let quiet = false;
  /** Since when a job has ended well without a receipt. */
  let endedAt: number | null = null;

  const ask = async () => {
    const answer = await engine.ask(list);
    if (answer === null) {
      if (!quiet) say(`${engine.name} does not answer; waiting`);
      quiet = true;
      return false;
    }
    quiet = false;
    states = answer;
    return true;
  };
  const submit = async (jobs: readonly number[]) => {
    const submitted = await engine.submit(list, jobs, signal);
    for (const id of submitted) ids.add(id);
    live = [...live, ...jobs.map((job) => queued(list, job, submitted[0]!))];
    say(
      `${list.stage}: ${jobs.length === 1 ? '1 job' : `${jobs.length} jobs`} submitted as ${submitted.join(', ')}`,
    );
  };
  const tell = () => {
    const of = (state: JobState['state']) =>
      live
        .filter((job) => job.state === state)
        .flatMap((job) => tasksOf(job.job, job.tasksPerJob, list.tasks));
    const count = (state: JobState['state']) =>
      quiet ? null : new Set(of(state).filter((task) => left.has(task))).size;
    onState({
      ...{ stage: list.stage, tasks: list.tasks, done: list.tasks - left.size },
      ...{ running: count('running'), waiting: count('waiting'), failed: taskErrors(list).size },
    });
  };

  try {
    // The jobs of an earlier command go on.
    if (await ask()) for (const state of states) if (isLive(state)) ids.add(state.id);
    live = states.filter(isLive);
    if (ids.size > 0) say(`${list.stage}: ${[...ids].join(', ')} of an earlier command still there`);
    const first = missingJobs(list, left, live);
    if (first.length > 0) await submit(first);
    let asked = Date.now();
    for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 1.3)) {
      await setTimeout(pause, undefined, { signal });
      const [before, began] = [left.size, Date.now()];
      look();
      if (left.size === 0) {
        tell();
        // Jobs that are still there have nothing to do.
        return await engine.cancel([...new Set(live.map(({ id }) => id))]);
      }
      // Looking at 10,000 receipts of a slow file system is not done every second.
      const least = 20 * (Date.now() - began);
      if (left.size < before) pause = firstPause;
      pause = Math.max(pause, least);
      const errors = taskErrors(list);
      for (const error of errors.values()) {
        if (known.has(error.attempt) || !left.has(error.task)) continue;
        known.add(error.attempt);
        if (error.exitCode === 2) {
          await engine.cancel([...ids]);
          throw failure(engine, list, { task: error.task, error, times: 1 });
        }
        say(`${list.stage}: task ${error.task} failed on ${error.host}: ${error.message}`);
      }
      if (Date.now() - asked < Math.min(longestSilence, Math.max(1000, 3 * pause))) continue;
      asked = Date.now();
      if (!(await ask())) {
        tell();
        continue;
      }
      const mine = states.filter(({ id }) => ids.has(id));
      live = mine.filter(isLive);
      look();
      tell();
      if (left.size === 0) continue;
      const open = missingJobs(list, left, live);
      if (open.length === 0) {
        endedAt = null;
        continue;
      }
      // Another command has finished the whole, and removed the receipts that would tell. It may
      // have cancelled jobs that had nothing more to do, so look at this first.
      if (
        open.every((job) => tasksOf(job, list.tasksPerJob, list.tasks).every((task) => isDone(stored, task)))
      ) {
        look();
        if (left.size > 0) throw overtaken(list.stage, list.folder);
        continue;
      }
      const last = latest(mine, list);
      const stopped = open.map((job) => last.get(job)).find((state) => state?.state === 'cancelled');
      if (stopped !== undefined) throw cancelled(engine, stopped);
      endedAt ??= Date.now();
      const isSlow = open.every((job) => last.get(job)?.state === 'done');
      const isUnknown = open.some((job) => !last.has(job));
      if (Date.now() - endedAt < (isSlow ? graceMs : isUnknown ? forgottenMs : 0)) continue;
      endedAt = null;
      for (const job of open) {
        if (last.get(job)?.state === 'lost') continue;
        const own = tasksOf(job, list.tasksPerJob, list.tasks).filter((task) => left.has(task));
        const earlier = failures.get(job) ?? { times: 0, left: Number.POSITIVE_INFINITY };
        const times = own.length < earlier.left ? 1 : earlier.times + 1;
        failures.set(job, { times, left: own.length });
        if (times < attempts) continue;
        const task =
          own.find((one) => errors.has(one)) ?? own.find((one) => isUnderWay(list, one)) ?? own[0]!;
        await engine.cancel([...ids]);
        throw failure(engine, list, { task, error: errors.get(task), times, state: last.get(job) });
      }
      await submit(open);
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    const going = [...new Set([...ids])];
    if (going.length === 0) throw error;
    if ((await options.onInterrupt(going, engine.cancelCommand(going))) === 'cancel') {
      await engine.cancel(going);
      throw error;
    }
    throw new JobsLeft(list, [...left], going, engine);
  }
}

/** What became of each job the last time that it was submitted. */
function latest(states: readonly JobState[], { tasksPerJob }: SubmittedList): Map<number, JobState> {
  const alike = states.filter((state) => state.tasksPerJob === tasksPerJob);
  return new Map(alike.sort((a, b) => Number(a.id) - Number(b.id)).map((state) => [state.job, state]));
}

function queued({ tasksPerJob }: SubmittedList, job: number, id: string): JobState {
  return { id, job, tasksPerJob, state: 'waiting', said: 'PENDING' };
}
