#!/usr/bin/env node
/**
 * The command as a process: what run-command.ts does, with the system's signals and with readers that go away.
 *
 * Ctrl-C stops the work in order, so that temporary files go too. Work that does not stop in a few seconds (a read
 * that waits, a long loop) is left as it is: an interruption of any kind costs temporary files, never a wrong result.
 * `train` waits longer, for a checkpoint of the command that it started. A second Ctrl-C ends the process at once.
 */
import { systemReason } from '../errors.ts';
import { type StopSignal, signalExitCodes, timeToStop } from './interrupted.ts';
import { interrupted, runCommand, say } from './run-command.ts';

const abort = new AbortController();
for (const signal of Object.keys(signalExitCodes) as StopSignal[]) {
  // `once`: for the second one Node's default, to end the process, is back.
  process.once(signal, () => {
    abort.abort(signal);
    setTimeout(() => process.exit(interrupted(abort.signal)), timeToStop() * 1000).unref();
    // A read of standard input that nobody answers would keep the process for ever.
    process.stdin.destroy();
  });
}
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no error; what verify has found stays its exit code.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  say(`longmix: can't write to standard output: ${systemReason(error)}`);
  process.exit(1);
});
// Nobody reads the progress any more: no reason to stop the work.
process.stderr.on('error', () => {});

process.exitCode = await runCommand(process.argv.slice(2), abort.signal);
