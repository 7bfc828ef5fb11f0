/**
 * For all tests except those of the command: starting the output of `npm run build` is an error, so that these tests
 * work in a fresh clone, and test src/, not the last build.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';

function refuse(what: unknown): void {
  if (!/[\\/]dist[\\/](bin|cli|index\.js)/.test(String(what))) return;
  throw new Error(
    `${what} is started, which npm run build makes: a test that needs it imports test/support/command.ts, and so belongs to npm run test:command`,
  );
}

workerThreads.Worker = class extends workerThreads.Worker {
  constructor(...args: ConstructorParameters<typeof workerThreads.Worker>) {
    refuse(args[0]);
    super(...args);
  }
};
const { spawn } = childProcess;
childProcess.spawn = ((...args: Parameters<typeof spawn>) => {
  refuse(args.flat().join(' '));
  return spawn(...args);
}) as typeof spawn;
syncBuiltinESMExports();
