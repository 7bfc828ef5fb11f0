/**
 * Tests the package that npm gets: it is packed, unpacked into an empty project and used there, with only the
 * dependencies that package.json declares. The dependencies are links to those of this folder, so that no network is
 * needed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as library from '../src/index.ts';
import { filesBelow, jsonLines, workplace } from './support/command.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const place = workplace();
afterAll(() => place[Symbol.dispose]());
const installed = join(place.path, 'node_modules/longmix');

function run(file: string, ...args: string[]): string {
  return execFileSync(process.execPath, [file, ...args], { cwd: place.path, encoding: 'utf8' });
}

function link(name: string): void {
  const path = join(place.path, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), path, 'junction');
}

let command = '';
beforeAll(() => {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', place.path];
  // An older npm gives a list, a newer one an object by name.
  const said: unknown = JSON.parse(execFileSync('npm', pack, { cwd: root, encoding: 'utf8' }));
  const [{ filename }] = Object.values(said as object) as [{ filename: string }];
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(place.path, filename), '-C', installed, '--strip-components=1']);
  const { bin, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    bin: { longmix: string };
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) link(name);
  command = join(installed, bin.longmix);
  place.write('package.json', '{ "type": "module" }');
  place.write('web.jsonl', jsonLines(40));
}, 60_000);

test('the command builds, in two threads, and verifies what it built', () => {
  place.write('more.jsonl', jsonLines(40));
  place.write('mix.yaml', 'sources: { web: web.jsonl, more: more.jsonl }\nsequences: { length: 256 }\n');
  run(command, 'build', 'mix.yaml', '--out', 'out', '--workers', '2', '--quiet');
  expect(run(command, 'verify', 'out', '--deep')).toMatch(/^ok: /);
  expect(run(command, 'init', '--presets')).toContain('prolong-64k');
  expect(run(command, 'schema')).toBe(readFileSync(join(installed, 'schemas/recipe.schema.json'), 'utf8'));
});

test('the library has its exports, and they work', () => {
  place.write(
    'use.js',
    `import * as longmix from 'longmix';
import pkg from 'longmix/package.json' with { type: 'json' };
const { shardSets } = await longmix.build(longmix.defaultRecipe('web.jsonl', 'web'), 'library', { workers: 1 });
console.log(JSON.stringify({ names: Object.keys(longmix), rows: shardSets[0].rows, version: pkg.version }));
`,
  );
  const { names, rows, version } = JSON.parse(run('use.js')) as Record<string, unknown>;
  expect(names).toEqual(Object.keys(library).sort());
  expect(rows).toBeGreaterThan(0);
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test('its types are found and right, and a wrong use is an error', () => {
  link('@types/node');
  const options = '--strict --noEmit --target es2023 --module nodenext --types node --skipLibCheck'.split(
    ' ',
  );
  place.write(
    'types.ts',
    `import { build, openFeed, parseRecipe, type BuildResult } from 'longmix';
const recipe = parseRecipe('sources: { web: web.jsonl }', 'mix.yaml');
const result: BuildResult = await build(recipe, 'out', { workers: 1 });
const rows: number = result.shardSets[0]!.rows;
// @ts-expect-error: it is a number.
const words: string = result.shardSets[0]!.rows;
export const all = [openFeed, rows, words];
`,
  );
  expect(run(join(root, 'node_modules/typescript/bin/tsc'), 'types.ts', ...options)).toBe('');
});

test('no document in it links to what is not in it', () => {
  const files = filesBelow(installed);
  const pages = files.filter((name) => name.endsWith('.md'));
  expect(pages).toContain('README.md');
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(installed, page), 'utf8');
    return Array.from(text.matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, to]) => posix.join(dirname(page), to!))
      .filter((to) => !existsSync(join(installed, to)))
      .map((to) => `${page}: ${to}`);
  });
  expect(broken).toEqual([]);
});
