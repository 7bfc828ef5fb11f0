/** The built command, run as a user's shell would, and folders to run it in. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const main: string = fileURLToPath(new URL('../../dist/bin/longmix.js', import.meta.url));
if (!existsSync(main))
  throw new Error(`${main} is missing: npm run build makes it (make test does that first)`);

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

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

export interface Workplace {
  /** An empty folder. */
  readonly path: string;
  /** Writes a file, folders included, and gives its path. */
  readonly write: (name: string, text: string | Uint8Array) => string;
  readonly run: (...args: string[]) => Promise<Outcome>;
}

/** A folder with a space and a letter beyond ASCII in its name, as users have them. */
export function workplace(): Workplace & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'longmix cłi-'));
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    run: (...args) => longmix(args, { cwd: path }),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** JSON Lines of so many short documents. */
export function jsonLines(count: number, field = 'text'): string {
  return Array.from(
    { length: count },
    (_, i) =>
      `${JSON.stringify({ id: `d${i}`, [field]: `Document ${i} has some words. `.repeat(1 + (i % 50)) })}\n`,
  ).join('');
}

/** Asserts that a command failed in the way that users can read: one message, its parts, the cure, no stack. */
export function expectMessage(outcome: Outcome, code: 1 | 2, ...parts: (string | RegExp)[]): void {
  const { stderr } = outcome;
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr).not.toContain('this is a bug');
  expect(stderr.match(/^longmix: /gm), stderr).toHaveLength(1);
  for (const part of parts) expect(stderr).toMatch(part);
  expect(stderr, 'no cure').toMatch(/^longmix: .*\n(.*\n)* {2}\S/m);
  expect(outcome.code).toBe(code);
}

/** Files below a folder, by relative path, in order. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

export function expectNothingFinished(folder: string): void {
  const marks = filesBelow(folder).filter((name) => /(store|manifest|dataset_dict)\.json$/.test(name));
  expect(marks).toEqual([]);
}

export function temporaryFiles(folder: string): string[] {
  return filesBelow(folder).filter((name) => /\.(tmp|partial)$/.test(name));
}

/** Waits until there is what is looked for. */
export async function until(what: string, isThere: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !isThere(); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
