/** The loop that runs tasks: every task once, the first error, and files that are being written when it ends. */
import { expect, it, vi } from 'vitest';
import type { StageRun } from '../../src/execute/task.ts';
import { takeTasks, threads } from '../../src/execute/tasks.ts';

const fake = vi.hoisted(() => ({
  run: undefined as unknown as StageRun<number, string>,
}));
vi.mock('../../src/execute/stages.ts', () => ({
  stages: { shard: async () => ({ setUp: async () => fake.run }) },
}));

const counter = () => new Int32Array(new SharedArrayBuffer(4));
const noReport = () => {};
const inputs = Array.from({ length: 40 }, (_, i) => i);

/** A promise that is settled from outside. */
function pending<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

it('does every task once, however many take from the counter, and reports by index', async () => {
  const next = counter();
  const results: string[] = [];
  const taken: number[] = [];
  const run: StageRun<number, string> = async (input, report) => {
    taken.push(input);
    report({ done: 1, tokens: input });
    return { committed: Promise.resolve(`result ${input}`) };
  };
  let tokens = 0;
  const take = () =>
    takeTasks(
      run,
      { inputs, next },
      {
        report: (progress) => (tokens += progress.tokens),
        onResult: (index, result) => (results[index] = result),
      },
    );
  await Promise.all([take(), take(), take()]);
  expect(taken.sort((a, b) => a - b)).toEqual(inputs);
  expect(results).toEqual(inputs.map((input) => `result ${input}`));
  expect(tokens).toBe(780);
});

it('goes on while files are on their way to the disk, but not without bound', async () => {
  const commits = inputs.map(() => pending<string>());
  let begun = 0;
  const run: StageRun<number, string> = async (input) => {
    begun = input + 1;
    return { committed: commits[input]!.promise };
  };
  const done = takeTasks(run, { inputs, next: counter() }, { report: noReport, onResult: () => {} });
  await vi.waitFor(() => expect(begun).toBe(17));
  commits[0]!.resolve('');
  await vi.waitFor(() => expect(begun).toBe(18));
  for (const { resolve } of commits) resolve('');
  await done;
  expect(begun).toBe(inputs.length);
});

it('ends with the first error, takes no further task, and waits for what is being committed', async () => {
  const commit = pending<string>();
  const results: string[] = [];
  const taken: number[] = [];
  const run: StageRun<number, string> = async (input) => {
    taken.push(input);
    if (input === 2) throw new Error('task 2');
    return { committed: input === 0 ? commit.promise : Promise.resolve('') };
  };
  let ended = false;
  const done = takeTasks(
    run,
    { inputs, next: counter() },
    { report: noReport, onResult: (index, result) => (results[index] = result) },
  );
  const outcome = done.catch((error: Error) => error).finally(() => (ended = true));
  await vi.waitFor(() => expect(taken).toEqual([0, 1, 2]));
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toBe(false);
  commit.resolve('late');
  expect(await outcome).toMatchObject({ message: 'task 2' });
  expect(results[0]).toBe('late');
  expect(taken).toEqual([0, 1, 2]);
});

it('ends with the error of a commit, that of the first task where several fail', async () => {
  const first = pending<string>();
  const run: StageRun<number, string> = async (input) => {
    if (input === 3) setImmediate(() => first.reject(new Error('commit 1')));
    const failed = input === 1 ? first.promise : input === 2 ? Promise.reject(new Error('commit 2')) : null;
    return { committed: failed ?? Promise.resolve('') };
  };
  const done = takeTasks(
    run,
    { inputs: inputs.slice(0, 4), next: counter() },
    { report: noReport, onResult: () => {} },
  );
  await expect(done).rejects.toThrow('commit 1');
});

it('ends between tasks when it is aborted, once what is being committed is there', async () => {
  const controller = new AbortController();
  const commit = pending<string>();
  const results: string[] = [];
  const run: StageRun<number, string> = async (input) => {
    if (input === 1) controller.abort(new Error('interrupted'));
    return { committed: input === 0 ? commit.promise : Promise.resolve('') };
  };
  let ended = false;
  const onResult = (index: number, result: string) => (results[index] = result);
  const done = takeTasks(
    run,
    { inputs, next: counter(), signal: controller.signal },
    { report: noReport, onResult },
  );
  const outcome = done.catch((error: Error) => error).finally(() => (ended = true));
  await vi.waitFor(() => expect(controller.signal.aborted).toBe(true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toBe(false);
  commit.resolve('committed');
  expect(await outcome).toMatchObject({ message: 'interrupted' });
  expect(results).toEqual(['committed', '']);
});

it('a stage in this thread gives its results in the order of the inputs', async () => {
  fake.run = async (input) => ({ committed: Promise.resolve(`result ${input}`) });
  const workers = threads(1).ready('shard', inputs.length);
  expect(await workers.run({ inputs } as never, {})).toEqual(inputs.map((i) => `result ${i}`));
  await workers.close();
});

it('a stage ends with the reason of its signal, also of one that was aborted before', async () => {
  fake.run = async (_, __, signal) => {
    signal?.throwIfAborted();
    return { committed: Promise.resolve('') };
  };
  const workers = threads(1).ready('shard', inputs.length);
  const signal = AbortSignal.abort(new Error('interrupted'));
  await expect(workers.run({ inputs } as never, { signal })).rejects.toThrow('interrupted');
  await workers.close();
});
