/**
 * Where tasks run. A task is a pure function of its stage's setting and its own input, so it may run in this thread
 * or in any of a pool's, in any order, and the results are the same; they come back in the order of the inputs.
 *
 * One worker runs here, without a thread. More are worker threads that take the next input when they are done with
 * one; the first error ends the stage.
 */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type ErrorDetails, LongmixError } from '../errors.ts';
import { type StageName, type StageTypes, stages } from './stages.ts';

export interface TaskProgress {
  /** Work done since the last report, in the stage's unit (bytes of text, rows). */
  readonly done: number;
  readonly tokens: number;
}

export interface RunOptions {
  readonly workers: number;
  /** Ends the stage early: every thread is stopped, and runTasks rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
}

export async function runTasks<S extends StageName>(
  stage: S,
  setting: StageTypes[S]['setting'],
  inputs: readonly StageTypes[S]['input'][],
  options: RunOptions,
): Promise<StageTypes[S]['result'][]> {
  const workers = Math.min(options.workers, inputs.length);
  if (workers > 1) return await runInThreads(stage, setting, inputs, { ...options, workers });
  const results: StageTypes[S]['result'][] = [];
  if (inputs.length === 0) return results;
  const run = await stages[stage](setting);
  for (const input of inputs) {
    results.push(await run(input, (progress) => options.onProgress?.(progress), options.signal));
    // A turn of the event loop, for signals: a task of a synchronous stage gives it none.
    await setImmediate();
    options.signal?.throwIfAborted();
  }
  return results;
}

/** What a thread is started with, what it is sent and what it answers. */
export interface ThreadData {
  readonly stage: StageName;
  readonly setting: unknown;
}
export interface ThreadRequest {
  readonly index: number;
  readonly input: unknown;
}
export type ThreadAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: TaskProgress }
  | { readonly kind: 'result'; readonly index: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: PlainError };

/** A LongmixError in a form that crosses threads; any other error with its stack. */
export interface PlainError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly user: (ErrorDetails & { readonly code: string }) | null;
}

async function runInThreads<S extends StageName>(
  stage: S,
  setting: StageTypes[S]['setting'],
  inputs: readonly StageTypes[S]['input'][],
  options: RunOptions,
): Promise<StageTypes[S]['result'][]> {
  let resolve: () => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const finished = new Promise<void>((onDone, onFail) => {
    resolve = onDone;
    reject = onFail;
  });
  const results = new Array<StageTypes[S]['result']>(inputs.length);
  let next = 0;
  let left = inputs.length;
  const threads = Array.from({ length: options.workers }, () => {
    const workerData: ThreadData = { stage, setting };
    const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData });
    const send = () => {
      if (next < inputs.length)
        thread.postMessage({ index: next, input: inputs[next++] } satisfies ThreadRequest);
    };
    thread.on('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'ready') send();
      else if (answer.kind === 'progress') options.onProgress?.(answer.progress);
      else if (answer.kind === 'error') reject(fromPlain(answer.error));
      else {
        results[answer.index] = answer.result as StageTypes[S]['result'];
        left -= 1;
        if (left === 0) resolve();
        else send();
      }
    });
    thread.on('error', (cause) => reject(threadDied(cause)));
    thread.on('exit', (code) => {
      if (left > 0 && code !== 0) reject(threadDied(new Error(`exit code ${code}`)));
    });
    return thread;
  });
  const abort = () => reject(options.signal!.reason);
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    options.signal?.throwIfAborted();
    await finished;
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return results;
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

export function toPlain(error: unknown): PlainError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (!(error instanceof LongmixError)) return { message, stack, user: null };
  const { code, where, cure, exitCode } = error;
  const optional = { ...(where === undefined ? {} : { where }), ...(cure === undefined ? {} : { cure }) };
  return { message, stack, user: { code, exitCode, ...optional } };
}

function fromPlain({ message, stack, user }: PlainError): Error {
  if (user !== null) return new LongmixError(user.code, message, user);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
