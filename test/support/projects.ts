/**
 * Decides which vitest project a test file belongs to, by its imports, direct or through other files of test/, so that
 * nobody must maintain a list.
 *
 * - `command` runs the built command: it imports support/command.ts, or runs a script that loads the built library. It
 *   needs `npm run build`.
 * - `peers` compares with other software and vocabularies: it needs what `make test` and `.ci/run` install.
 * - `pipeline` runs several stages, or the command in the tests' process: it imports src/build/ or src/cli/. It also
 *   has `*.slow.test.ts`, which take many times as long as other tests of one stage, and those with `vi.mock`.
 * - `unit` has all other tests: one stage at a time, and quick.
 *
 * Only `command` may use the output of `npm run build`; the others only need WebAssembly, which wasm.ts compiles.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export type Project = 'unit' | 'pipeline' | 'peers' | 'command';

const root = resolve(import.meta.dirname, '../..');

/** The first that fits. */
const signs: readonly (readonly [Project, (file: TestSource) => boolean])[] = [
  ['command', ({ imports, texts }) => imports.has('test/support/command.ts') || texts.some(runsScriptOfDist)],
  [
    'peers',
    ({ imports, texts }) =>
      // Written so that this file is none of them.
      texts.some((text) => /[/]vocabularies\b|from 'tokenizer[s]'/.test(text)) ||
      [
        'test/support/peers.ts',
        'test/support/python.ts',
        'test/support/s3-server.ts',
        'test/report/in-page.ts',
      ].some((name) => imports.has(name)),
  ],
  [
    'pipeline',
    ({ imports, texts }) =>
      // Unit tests share their modules, so none of them may put another in the place of one.
      texts.some((text) => /\bvi\.mock\(/.test(text)) ||
      [...imports].some((name) => /\.slow\.test\.ts$|^src\/(build|cli|index\.ts)/.test(name)),
  ],
];

/** Scripts of ours that load the built library. */
function runsScriptOfDist(text: string): boolean {
  if (!text.includes('execFile')) return false;
  const scripts = Array.from(text.matchAll(/\bscripts\/[\w-]+\.mjs\b/g), ([name]) => join(root, name));
  return scripts.some((path) => existsSync(path) && /\.\.\/dist\//.test(readFileSync(path, 'utf8')));
}

interface TestSource {
  /**
   * Paths from the root of this file and its imports from test/ and src/; imports of files in src/ are not followed.
   */
  readonly imports: ReadonlySet<string>;
  readonly texts: readonly string[];
}

/** Paths from the root, with `/`. */
export function testFiles(): string[] {
  const below = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  return below
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .sort();
}

export function projectOf(file: string): Project {
  const source = sourceOf(file, new Map());
  return signs.find(([, isSo]) => isSo(source))?.[0] ?? 'unit';
}

function sourceOf(file: string, seen: Map<string, string>): TestSource {
  follow(file, seen);
  return { imports: new Set(seen.keys()), texts: [...seen.values()] };
}

function follow(file: string, seen: Map<string, string>): void {
  if (seen.has(file)) return;
  const text =
    /^test\/.*\.ts$/.test(file) && existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
  seen.set(file, text);
  for (const [, specifier] of text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g))
    follow(join(dirname(file), specifier!).replaceAll('\\', '/'), seen);
}
