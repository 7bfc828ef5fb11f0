/**
 * Runs the built command as a user's shell would. A test that needs no separate process (no signal, pipe, shell or
 * thread) should import the same names from in-process.ts, which is many times as fast. Test files that import this
 * file form the project `command` (vitest.config.ts).
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Outcome, type Workplace, workplaceWith } from './workplace.ts';

export * from './workplace.ts';

const main: string = fileURLToPath(new URL('../../dist/bin/longmix.js', import.meta.url));
if (!existsSync(main))
  throw new Error(`${main} is missing: npm run build makes it (make test does that first)`);

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Outcome>;
}

export interface Setting {
  /** Default: where the tests run. */
  readonly cwd?: string;
  /** Asked every few ms; true: SIGKILL, the signal that nothing can be done about. */
  readonly killWhen?: () => boolean;
  /** Standard input; null: it stays open. Default: nothing. */
  readonly input?: string | null;
}

export function start(args: readonly string[], { cwd, input = '', killWhen }: Setting = {}): Started {
  const started = follow(spawn(process.execPath, [main, ...args], { cwd }), input);
  if (killWhen !== undefined) {
    const timer = setInterval(() => {
      if (killWhen()) started.child.kill('SIGKILL');
    }, 2);
    started.child.on('close', () => clearInterval(timer));
  }
  return started;
}

/** The command with its output as bytes, for the caller to read or not. */
export function spawnLongmix(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs the command to its end. */
export function longmix(args: readonly string[], setting?: Setting): Promise<Outcome> {
  return start(args, setting).finished;
}

/** Runs the command, and fails with what it said if it did not end well. */
export async function longmixOk(args: readonly string[], cwd?: string): Promise<Outcome> {
  const outcome = await longmix(args, cwd === undefined ? {} : { cwd });
  if (outcome.code !== 0)
    throw new Error(`longmix ${args.join(' ')}: exit ${outcome.code}\n${outcome.stderr}`);
  return outcome;
}

/** A line for bash, with `longmix` as a command. */
export function shell(line: string, { cwd, input = '' }: Pick<Setting, 'cwd' | 'input'>): Promise<Outcome> {
  const longmixFunction = `longmix() { '${process.execPath}' '${main}' "$@"; }`;
  return follow(spawn('bash', ['-c', `${longmixFunction}; ${line}`], { cwd }), input).finished;
}

function follow(child: ChildProcess, input: string | null): Started {
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that fails at once does not read its input.
  child.stdin!.on('error', () => {});
  if (input !== null) child.stdin!.end(input);
  const finished = new Promise<Outcome>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, finished };
}

export function workplace(): Workplace & Disposable {
  return workplaceWith(longmix);
}
