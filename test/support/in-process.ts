/**
 * Runs the command in the tests' process: it calls the code that main.ts runs, and captures its output. It exports the
 * same names as command.ts, so that a test switches by changing one import. Threads need dist/, so commands that could
 * start threads get `--workers 1` unless a test gives a number. Use command.ts for signals, pipes, shells and standard
 * input.
 */
import { runCommand } from '../../src/cli/run-command.ts';
import { type Outcome, type Workplace, workplaceWith } from './workplace.ts';

export * from './workplace.ts';

const working = /^(build|tokenize|stats|plan|ablate)$/;
const signal = new AbortController().signal;
/** The working folder, the streams and the exit code are the process's, so commands take turns. */
let last: Promise<unknown> = Promise.resolve();

/** Runs the command to its end. */
export function longmix(args: readonly string[], { cwd }: { cwd?: string } = {}): Promise<Outcome> {
  const turn = last.then(() => inFolder(cwd, () => caught(() => runCommand(withOneWorker(args), signal))));
  last = turn.catch(() => {});
  return turn;
}

/** Runs the command, and fails with what it said if it did not end well. */
export async function longmixOk(args: readonly string[], cwd?: string): Promise<Outcome> {
  const outcome = await longmix(args, cwd === undefined ? {} : { cwd });
  if (outcome.code !== 0)
    throw new Error(`longmix ${args.join(' ')}: exit ${outcome.code}\n${outcome.stderr}`);
  return outcome;
}

export function workplace(): Workplace & Disposable {
  return workplaceWith(longmix);
}

function withOneWorker(args: readonly string[]): readonly string[] {
  if (!working.test(args[0] ?? '') || args.includes('--workers')) return args;
  return [args[0]!, '--workers', '1', ...args.slice(1)];
}

async function inFolder<T>(folder: string | undefined, run: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  if (folder !== undefined) process.chdir(folder);
  try {
    return await run();
  } finally {
    process.chdir(before);
  }
}

async function caught(run: () => Promise<number>): Promise<Outcome> {
  const { stdout, stderr, exitCode } = process;
  const said = [catchWrites(stdout), catchWrites(stderr)] as const;
  process.exitCode = undefined;
  try {
    const code = await run();
    return { code, signal: null, stdout: said[0].text(), stderr: said[1].text() };
  } finally {
    process.exitCode = exitCode;
    for (const { release } of said) release();
  }
}

function catchWrites(stream: NodeJS.WriteStream): { text: () => string; release: () => void } {
  const pieces: Buffer[] = [];
  const write = stream.write;
  stream.write = (piece: string | Uint8Array, ...rest: unknown[]) => {
    pieces.push(Buffer.from(piece as string));
    const done = rest.at(-1);
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
  return {
    text: () => Buffer.concat(pieces).toString('utf8'),
    release: () => {
      stream.write = write;
    },
  };
}
