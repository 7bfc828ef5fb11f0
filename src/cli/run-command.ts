/**
 * Runs one command line, and turns errors into a message and an exit code. main.ts runs it in the command's own
 * process, and handles signals and closed pipes; tests run it in their process.
 */
import { CommanderError } from 'commander';
import { describeError, LongmixError } from '../errors.ts';
import { onWaiting } from '../storage/waiting.ts';
import { interruptedExitCode, interruptedWords } from './interrupted.ts';
import { createProgram } from './program.ts';

/**
 * @param args the arguments after `longmix`
 * @param signal ends the command early; its reason is the name of a system signal
 * @returns the exit code. Commands that worked but found something bad set `process.exitCode`.
 */
export async function runCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  // Commands with --quiet replace it.
  onWaiting(say);
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

/** Says that the command was interrupted, and returns the exit code for that. */
export function interrupted(signal: AbortSignal): number {
  say(`longmix: ${interruptedWords()}`);
  return interruptedExitCode(signal);
}

/** Writes a message. On a terminal it replaces the progress line, which has no line end yet. */
export function say(message: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${message}\n`);
}
