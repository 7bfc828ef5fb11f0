/** A worker thread of `tasks.ts`: loads its stage's code, then takes tasks as long as there are any. */
import { parentPort, workerData } from 'node:worker_threads';
import type { StageRun } from '../build/nouns.ts';
import { type StageName, stages } from './stages.ts';
import { type ThreadAnswer, type ThreadWork, takeTasks, toPlain } from './tasks.ts';

type SetUp = (setting: unknown) => Promise<StageRun<unknown, unknown>>;

const answer = (message: ThreadAnswer) => parentPort!.postMessage(message);
const work = new Promise<ThreadWork>((resolve) => {
  parentPort!.once('message', resolve);
});

try {
  const setUp = (await stages[workerData as StageName]()) as SetUp;
  const { setting, inputs, next } = await work;
  const report = (progress: (ThreadAnswer & { kind: 'progress' })['progress']) =>
    answer({ kind: 'progress', progress });
  const run = await setUp(setting);
  await takeTasks(run, inputs, next, report, (index, result) => answer({ kind: 'result', index, result }));
  answer({ kind: 'done' });
} catch (error) {
  answer({ kind: 'error', error: toPlain(error) });
}
