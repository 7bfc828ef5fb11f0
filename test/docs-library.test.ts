/** The examples of docs/library.md and docs/errors.md, run as a package user would, print what the pages show. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longmixOk } from './support/command.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

interface Example {
  readonly name: string;
  readonly code: string;
  /** What its comments say that it prints: behind a call of console.log, or in lines of their own at the end. */
  readonly says: readonly string[];
}

function examples(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8');
  return Array.from(text.matchAll(/^```js\n(.*?)^```/gms), ([, code], i) => {
    const lines = code!.trimEnd().split('\n');
    const named = /^\/\/ (\S+\.mjs)$/.exec(lines[0]!);
    const told = lines
      .slice(named === null ? 0 : 1)
      .flatMap(
        (line) => /console\.log\(.*\); \/\/ (.*)$/.exec(line)?.[1] ?? /^\/\/ (.*)$/.exec(line)?.[1] ?? [],
      );
    return { name: named?.[1] ?? `${i}.mjs`, code: code!, says: told };
  });
}

const library = examples('docs/library.md');
const errors = examples('docs/errors.md');

/** One process for all: each example is a module, and console.log notes whose line it is. */
const runner = `
const printed = {};
for (const name of process.argv.slice(2)) {
  console.log = (...words) => (printed[name] ??= []).push(words.join(' '));
  await import('./' + name);
}
process.stdout.write(JSON.stringify(printed));
`;

describe('the examples of the library', () => {
  let printed: Record<string, string[] | undefined> = {};

  const folder = mkdtempSync(join(tmpdir(), 'longmix-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/longmix'), 'junction');
    writeFileSync(join(folder, 'runner.mjs'), runner);
    const all = [...library, ...errors];
    for (const { name, code } of all) writeFileSync(join(folder, name), code);
    const names = all.map(({ name }) => name);
    const { stdout } = await promisify(execFile)(process.execPath, ['runner.mjs', ...names], { cwd: folder });
    printed = JSON.parse(stdout) as typeof printed;
  });

  it('are all of recipe, plan, build, ablate and feed', () => {
    expect(library.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['recipe.mjs', 'plan.mjs', 'build.mjs', 'ablate.mjs', 'feed.mjs']),
    );
  });

  it('docs/add-a-trainer.md has a module that trains, saves and resumes', async () => {
    const [{ code, name }] = examples('docs/add-a-trainer.md') as [Example];
    writeFileSync(join(folder, name), code);
    const train = ['train', 'out', '--out', 'run', '--trainer', `./${name}`, '--quiet'];
    await longmixOk([...train, '--steps', '2', '--set', 'label=docs'], folder);
    await longmixOk([...train, '--steps', '3', '--resume', '--set', 'label=docs'], folder);
    const lines = readFileSync(join(folder, 'run/metrics.jsonl'), 'utf8').trim().split('\n');
    // A row of 32 tokens, 4 of them padding, in every step.
    expect(lines.map((line) => (JSON.parse(line) as { seen: number }).seen)).toEqual([28, 56, 84]);
  });

  it.each([...library, ...errors])('$name prints what it says', ({ name, says }) => {
    expect(printed[name] ?? []).toEqual(says);
  });
});
