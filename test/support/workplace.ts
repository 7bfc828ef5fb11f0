/** Shared by command.ts and in-process.ts: a command's result, checks of what a user sees, and folders to run it in. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect } from 'vitest';

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workplace {
  /** An empty folder. */
  readonly path: string;
  /** Writes a file, folders included, and gives its path. */
  readonly write: (name: string, text: string | Uint8Array) => string;
  readonly run: (...args: string[]) => Promise<Outcome>;
}

/** A folder with a space and a letter beyond ASCII in its name, as users have them. */
export function workplaceWith(
  longmix: (args: readonly string[], setting: { readonly cwd: string }) => Promise<Outcome>,
): Workplace & Disposable {
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
