/** A worker thread of `tasks.ts`. It loads its stage's code, then takes tasks until none is left. */
import { parentPort, workerData } from 'node:worker_threads';
import { type StageName, stages } from './stages.ts';
import type { StageRun } from './task.ts';
import { type ThreadAnswer, type ThreadWork, takeTasks, toPlain } from './tasks.ts';

interface Stage {
  setUp(given: unknown): Promise<StageRun<unknown, unknown>>;
}

const answer = (message: ThreadAnswer) => parentPort!.postMessage(message);
const work = new Promise<ThreadWork>((resolve) => {
  parentPort!.once('message', resolve);
});

try {
  const stage = (await stages[workerData as StageName]()) as Stage;
  const { given, inputs, next } = await work;
  const report = (progress: (ThreadAnswer & { kind: 'progress' })['progress']) =>
    answer({ kind: 'progress', progress });
  const run = await stage.setUp(given);
  await takeTasks(
    run,
    { inputs, next },
    {
      report,
      onStart: (index) => answer({ kind: 'begin', index }),
      onResult: (index, result) => answer({ kind: 'result', index, result }),
    },
  );
  answer({ kind: 'done' });
} catch (error) {
  answer({ kind: 'error', error: toPlain(error) });
}
