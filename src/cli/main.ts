#!/usr/bin/env node
/**
 * The command as a process: it runs run-command.ts, and handles signals and readers that close their end of a pipe.
 *
 * Ctrl-C stops the work in an orderly way, so that temporary files are removed. Work that does not stop in a few
 * seconds (a waiting read, a long loop) is abandoned: an interruption may leave temporary files, but never a wrong
 * result. `train` waits longer, for a checkpoint of the command that it started. A second Ctrl-C ends the process at
 * once.
 */
import { systemReason } from '../errors.ts';
import { type StopSignal, signalExitCodes, timeToStop } from './interrupted.ts';
import { interrupted, runCommand, say } from './run-command.ts';

const abort = new AbortController();
for (const signal of Object.keys(signalExitCodes) as StopSignal[]) {
  // `once`: a second signal has Node's default effect, which is to end the process.
  process.once(signal, () => {
    abort.abort(signal);
    setTimeout(() => process.exit(interrupted(abort.signal)), timeToStop() * 1000).unref();
    // A pending read of standard input would keep the process alive for ever.
    process.stdin.destroy();
  });
}
// Schedulers send what they are told to before a time limit; only a worker takes it, for Node's debugger uses it otherwise.
if (process.argv[2] === 'worker') process.once('SIGUSR1', () => process.kill(process.pid, 'SIGTERM'));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is not an error. Keep an exit code that is already set, such as verify's.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  say(`longmix: can't write to standard output: ${systemReason(error)}`);
  process.exit(1);
});
// If nobody reads the progress any more, the work continues.
process.stderr.on('error', () => {});

process.exitCode = await runCommand(process.argv.slice(2), abort.signal);
