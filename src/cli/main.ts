#!/usr/bin/env node
/** Runs a command and turns what went wrong into a message and an exit code. */
import { CommanderError } from 'commander';
import { describeError, LongmixError } from '../errors.ts';
import { createProgram } from './program.ts';

const interrupted = 130;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => abort.abort(signal));
}
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run();

async function run(): Promise<number> {
  const program = createProgram(abort.signal);
  try {
    for (const command of [program, ...program.commands]) command.exitOverride();
    await program.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (abort.signal.aborted) {
      process.stderr.write(
        '\nlongmix: interrupted; what is finished is kept, and the same command goes on from there\n',
      );
      return interrupted;
    }
    if (error instanceof LongmixError) {
      process.stderr.write(`longmix: ${describeError(error)}\n`);
      return error.exitCode;
    }
    process.stderr.write(
      `longmix: this is a bug in longmix, please report it\n${(error as Error).stack ?? String(error)}\n`,
    );
    return 1;
  }
}
