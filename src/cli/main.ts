#!/usr/bin/env node
/**
 * Runs a command and turns what went wrong into a message and an exit code.
 *
 * Ctrl-C stops the work in order, so that temporary files go too. Work that does not stop in a few seconds (a read
 * that waits, a long loop) is left as it is: an interruption of any kind costs temporary files, never a wrong result.
 * `train` waits longer, for a checkpoint of the command that it started. A second Ctrl-C ends the process at once.
 */
import { CommanderError } from 'commander';
import { describeError, LongmixError, systemReason } from '../errors.ts';
import {
  interruptedExitCode,
  interruptedWords,
  type StopSignal,
  signalExitCodes,
  timeToStop,
} from './interrupted.ts';
import { createProgram } from './program.ts';

const abort = new AbortController();
for (const signal of Object.keys(signalExitCodes) as StopSignal[]) {
  // `once`: for the second one Node's default, to end the process, is back.
  process.once(signal, () => {
    abort.abort(signal);
    setTimeout(() => process.exit(interrupted()), timeToStop() * 1000).unref();
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

process.exitCode = await run();

async function run(): Promise<number> {
  const program = createProgram(abort.signal);
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (abort.signal.aborted) return interrupted();
    if (error instanceof LongmixError) {
      say(`longmix: ${describeError(error)}`);
      return error.exitCode;
    }
    say(`longmix: this is a bug in longmix, please report it\n${(error as Error).stack ?? String(error)}`);
    return 1;
  }
}

function interrupted(): number {
  say(`longmix: ${interruptedWords()}`);
  return interruptedExitCode(abort.signal);
}

/** On a terminal the message takes the place of the progress line, which has no line end yet. */
function say(message: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${message}\n`);
}
