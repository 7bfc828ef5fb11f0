/**
 * Runs tasks in threads. A task is a pure function of its stage's setting and its own input, so it gives the same
 * result in any thread and in any order. Results come back in the order of the inputs.
 *
 * One worker is this thread; each further one is a worker thread. All take the next input from one counter in shared
 * memory, so none waits for another. The first error ends the stage. Threads can be started before the setting is
 * known: loading their code takes a tenth of a second, and this thread can work meanwhile.
 */

import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { isUrl } from '../base/is-url.ts';
import { packageRoot } from '../base/package-root.ts';
import type { TaskProgress } from '../base/progress.ts';
import { type ErrorDetails, LongmixError } from '../errors.ts';
import { flushPlaces, refreshPlace } from '../storage/open-place.ts';
import type { Crew, Executor, Job, RunOptions } from './executor.ts';
import { type StageName, type StageTypes, stages } from './stages.ts';
import type { Given, JobMark, StageRun } from './task.ts';

/** The one message that a thread is sent. `ThreadAnswer` is what it answers. */
export interface ThreadWork {
  readonly given: unknown;
  readonly inputs: readonly unknown[];
  readonly next: Int32Array;
}
export type ThreadAnswer =
  | { readonly kind: 'progress'; readonly progress: TaskProgress }
  | { readonly kind: 'begin'; readonly index: number }
  | { readonly kind: 'result'; readonly index: number; readonly result: unknown }
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly error: PlainError };

/** A LongmixError in a form that crosses threads; any other error with its stack. */
export interface PlainError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly user: (ErrorDetails & { readonly code: string }) | null;
  /** The system's code for the cause of the error, such as EIO. */
  readonly system?: string;
  /** Index of the input whose task threw it. */
  readonly index?: number;
}

/**
 * The executor of one machine: this thread and worker threads.
 * @param workers the most threads to use, this one included; this thread always works
 * @param mark of the job's file, if the job came from one
 */
export function threads(workers: number, mark: JobMark | null = null): Executor {
  return { ready: (stage, tasks) => startWorkers(stage, Math.min(workers, tasks), mark) };
}

/** Starts `workers` workers, this thread included; at least this thread works. */
function startWorkers<S extends StageName>(stage: S, workers: number, mark: JobMark | null = null): Crew<S> {
  const threads = Array.from(
    { length: Math.max(0, workers - 1) },
    () => new Worker(new URL('dist/bin/thread.js', packageRoot), { workerData: stage }),
  );
  const stop = new AbortController();
  let answered: (answer: ThreadAnswer) => void = () => {};
  const ends = threads.map((thread) => endOf(thread, (answer) => answered(answer)));
  // `run` reports an error that happens before it is called.
  for (const end of ends) end.catch((error) => stop.abort(error));

  return {
    count: 1 + threads.length,
    async run(job: Job<S>, options: RunOptions<StageTypes[S]['result']>): Promise<StageTypes[S]['result'][]> {
      if (isUrl(job.folder)) return await runFar(job, options, runHere);
      return await runHere(job, options);
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
  async function runHere(
    { folder, setting, inputs, memory }: Job<S>,
    { signal, onProgress, onBegin, onResult }: RunOptions<StageTypes[S]['result']>,
  ): Promise<StageTypes[S]['result'][]> {
    const given: Given<StageTypes[S]> = { folder, setting, memory, mark };
    const results = new Array<StageTypes[S]['result']>(inputs.length);
    if (inputs.length === 0) return results;
    const finish = (index: number, result: StageTypes[S]['result']) => {
      results[index] = result;
      onResult?.(index, result);
    };
    answered = (answer) => {
      if (answer.kind === 'progress') onProgress?.(answer.progress);
      else if (answer.kind === 'begin') onBegin?.(answer.index);
      else if (answer.kind === 'result') finish(answer.index, answer.result as StageTypes[S]['result']);
    };
    const abort = () => stop.abort(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    const next = new Int32Array(new SharedArrayBuffer(4));
    for (const thread of threads) thread.postMessage({ given, inputs, next } satisfies ThreadWork);
    const own = (async () => {
      const run = await (await stages[stage]()).setUp(given);
      const report = (progress: TaskProgress) => onProgress?.(progress);
      const onStart = (index: number) => onBegin?.(index);
      await takeTasks(run, { inputs, next, signal: stop.signal }, { report, onStart, onResult: finish });
    })();
    try {
      await Promise.all([own, ...ends]);
    } finally {
      signal?.removeEventListener('abort', abort);
      stop.abort();
      await own.catch(() => {});
    }
    return results;
  }
}

type Run<S extends StageName> = (
  job: Job<S>,
  options: RunOptions<StageTypes[S]['result']>,
) => Promise<StageTypes[S]['result'][]>;

/**
 * Runs a job whose tasks write to a bucket. The receipts of finished tasks are known here, from one listing; threads would
 * have to ask for each.
 */
async function runFar<S extends StageName>(
  job: Job<S>,
  options: RunOptions<StageTypes[S]['result']>,
  run: Run<S>,
): Promise<StageTypes[S]['result'][]> {
  await flushPlaces();
  const { finished } = await stages[job.stage]();
  const results = job.inputs.map((input) => finished(job.folder, job.setting, input));
  const left = [...results.keys()].filter((task) => results[task] === null);
  const made = await run(
    { ...job, inputs: left.map((task) => job.inputs[task]!) },
    {
      ...options,
      onBegin: (index) => options.onBegin?.(left[index]!),
      onResult: (index, result) => options.onResult?.(left[index]!, result),
    },
  );
  for (const [i, task] of left.entries()) results[task] = made[i]!;
  await refreshPlace(job.folder, false);
  return results as StageTypes[S]['result'][];
}

/** The most tasks per worker whose files are still being synced while the next task runs: a disk answers slowly. */
const mostCommitting = 16;

export interface TaskList<Input> {
  readonly inputs: readonly Input[];
  /** The number of the next input, in memory that all workers share. */
  readonly next: Int32Array;
  readonly signal?: AbortSignal;
}

export interface TaskAnswers<Result> {
  report(progress: TaskProgress): void;
  onStart?(index: number): void;
  onResult(index: number, result: Result): void;
}

/** Which input's task threw an error: beside the error, which stays as it was thrown. */
const indexes = new WeakMap<object, number>();

/** Index of the input whose task threw the error; undefined: no task did. */
export function failedIndex(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null ? indexes.get(error) : undefined;
}

async function ofTask<T>(index: number, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (typeof error === 'object' && error !== null) indexes.set(error, index);
    throw error;
  }
}

/** Takes inputs and runs their tasks until none is left. */
export async function takeTasks<Input, Result>(
  run: StageRun<Input, Result>,
  { inputs, next, signal }: TaskList<Input>,
  { report, onStart, onResult }: TaskAnswers<Result>,
): Promise<void> {
  const committing: Promise<void>[] = [];
  try {
    for (let index = Atomics.add(next, 0, 1); index < inputs.length; index = Atomics.add(next, 0, 1)) {
      onStart?.(index);
      const { committed } = await ofTask(index, run(inputs[index]!, report, signal));
      const done = ofTask(index, committed).then((result) => onResult(index, result));
      // Avoid an unhandled rejection: the promise is awaited later.
      done.catch(() => {});
      committing.push(done);
      if (committing.length > mostCommitting) await committing.shift();
      // Let the event loop run, for signals: a synchronous stage never yields to it.
      await setImmediate();
      signal?.throwIfAborted();
    }
  } finally {
    await Promise.allSettled(committing);
  }
  await Promise.all(committing);
}

/** Resolves when the thread has finished its tasks; rejects if it reports an error, or dies. */
function endOf(thread: Worker, onAnswer: (answer: ThreadAnswer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.on('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'done') resolve();
      else if (answer.kind === 'error') reject(fromPlain(answer.error));
      else onAnswer(answer);
    });
    thread.on('error', (cause) => reject(threadDied(cause)));
    thread.on('exit', (code) =>
      reject(threadDied(new Error(`a worker thread ended with exit code ${code}`))),
    );
  });
}

function threadDied(cause: unknown): Error {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return cause as Error;
  return new LongmixError('memory-exceeded', 'a worker ran out of memory', {
    cure: 'give more with --memory, or use fewer --workers',
    exitCode: 1,
    cause,
  });
}

/** The system's code for the cause of an error, such as EIO; undefined: the system did not cause it. */
export function systemCode({ cause }: Error): string | undefined {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : undefined;
}

export function toPlain(error: unknown): PlainError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const index = failedIndex(error);
  const task = index === undefined ? {} : { index };
  if (!(error instanceof LongmixError)) return { message, stack, user: null, ...task };
  const { code, where, cure, exitCode } = error;
  const optional = { ...(where === undefined ? {} : { where }), ...(cure === undefined ? {} : { cure }) };
  const system = systemCode(error);
  const cause = system === undefined ? {} : { system };
  return { message, stack, user: { code, exitCode, ...optional }, ...cause, ...task };
}

function fromPlain({ message, stack, user, system, index }: PlainError): Error {
  const cause = system === undefined ? {} : { cause: { code: system } };
  const error =
    user === null ? new Error(message) : new LongmixError(user.code, message, { ...user, ...cause });
  if (user === null && stack !== undefined) error.stack = stack;
  if (index !== undefined) indexes.set(error, index);
  return error;
}
