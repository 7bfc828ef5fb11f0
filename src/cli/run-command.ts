/**
 * Runs one command line and turns what went wrong into a message and an exit code. main.ts runs it for a process of its
 * own, with signals and closed pipes; tests run it in theirs.
 */
import { CommanderError } from 'commander';
import { describeError, LongmixError } from '../errors.ts';
import { interruptedExitCode, interruptedWords } from './interrupted.ts';
import { createProgram } from './program.ts';

/**
 * @param args what stands behind `longmix`
 * @param signal ends the command early; its reason is the name of a signal of the system
 * @returns the exit code. Commands that worked and found something bad say so in `process.exitCode`.
 */
export async function runCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    await createProgram(signal).parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (signal.aborted) return interrupted(signal);
    if (error instanceof LongmixError) {
      say(`longmix: ${describeError(error)}`);
      return error.exitCode;
    }
    say(`longmix: this is a bug in longmix, please report it\n${(error as Error).stack ?? String(error)}`);
    return 1;
  }
}

/** Says that the command was interrupted, and gives the exit code for that. */
export function interrupted(signal: AbortSignal): number {
  say(`longmix: ${interruptedWords()}`);
  return interruptedExitCode(signal);
}

/** On a terminal the message takes the place of the progress line, which has no line end yet. */
export function say(message: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${message}\n`);
}
