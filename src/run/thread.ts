/** A worker thread of `tasks.ts`: sets its stage up once, then runs the inputs that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { type StageRun, stages } from './stages.ts';
import { type ThreadAnswer, type ThreadData, type ThreadRequest, toPlain } from './tasks.ts';

const { stage, setting } = workerData as ThreadData;
const answer = (message: ThreadAnswer) => parentPort!.postMessage(message);

try {
  const setUp = stages[stage] as (setting: unknown) => Promise<StageRun<unknown, unknown>>;
  const run = await setUp(setting);
  parentPort!.on('message', ({ index, input }: ThreadRequest) => {
    run(input, (progress) => answer({ kind: 'progress', progress })).then(
      (result) => answer({ kind: 'result', index, result }),
      (error: unknown) => answer({ kind: 'error', error: toPlain(error) }),
    );
  });
  answer({ kind: 'ready' });
} catch (error) {
  answer({ kind: 'error', error: toPlain(error) });
}
