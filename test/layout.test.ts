/** The layout of design section 11, as far as a machine can see it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../src/', import.meta.url));

/** Folders that know the nouns and themselves, and are put together by `build/`. */
const stages = ['read', 'tokenize', 'store', 'bucket', 'mix', 'pack', 'shard', 'recipe', 'feed'];
/** `feed/` reads what `shard/` wrote, and streams the same columns. */
const mayReadSiblings = new Map([['feed', /^shard\/(format|reader|schedule-file|schema)\.ts$/]]);
/** All others reach files through `storage/`. */
const mayTouchFiles = ['storage', 'cli'];
/** What stands below everything imports nothing but itself, with one library in one place. */
const mayUseLibraries = new Map([['base/arrow.ts', /^(node:module|apache-arrow)$/]]);
const longest = 350;

interface SourceFile {
  /** Relative to src/, with `/`. */
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** AssemblyScript, a language of its own by the same name, is left out. */
function sourceFiles(): SourceFile[] {
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.split(sep).includes('assembly'),
  );
  return names
    .filter((name) => statSync(join(src, name)).isFile())
    .map((path) => {
      const name = path.split(sep).join('/');
      const text = readFileSync(join(src, path), 'utf8');
      return { name, folder: name.includes('/') ? name.split('/')[0]! : '', text, imports: importsOf(text) };
    });
}

/** What a file imports, or exports from, by whatever form. */
function importsOf(text: string): string[] {
  const forms = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\s*\(\s*['"`]([^'"`]+)['"`]/g,
    /\bnew URL\s*\(\s*['"`](\.[^'"`]+)['"`]/g,
    /\brequire\s*\(\s*['"`]([^'"`]+)['"`]/g,
  ];
  return forms.flatMap((form) => Array.from(text.matchAll(form), (match) => match[1]!));
}

const files = sourceFiles();

/** Where an import of ours leads, relative to src/. */
function target(file: SourceFile, specifier: string): string {
  const path = resolve(dirname(join(src, file.name)), specifier);
  return relative(src, path).split(sep).join('/');
}

describe('importsOf', () => {
  it('sees every form', () => {
    const text = [
      "import a from './a.ts';",
      "import {\n  b,\n  type C,\n} from './b.ts';",
      "export * from './c.ts';",
      "export type { D } from './d.ts';",
      "import './e.ts';",
      "const f = await import('./f.ts');",
      "new Worker(new URL('./g.js', import.meta.url));",
      "const h = require('./h.ts');",
    ].join('\n');
    const found = importsOf(text).map((specifier) => specifier[2]);
    expect(found.sort().join('')).toBe('abcdefgh');
  });

  it('finds the files, and what most of them import', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter(({ imports }) => imports.length > 0).length).toBeGreaterThan(files.length * 0.8);
  });
});

describe('a stage folder', () => {
  it.each(stages)('%s/ imports nouns/, errors, base/, storage/ and itself, never a sibling', (stage) => {
    const own = files.filter(({ folder }) => folder === stage);
    expect(own.length).toBeGreaterThan(0);
    const strangers = own.flatMap((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => target(file, specifier))
        .filter((path) => path !== 'errors.ts' && !/^(base|nouns|storage)\//.test(path))
        .filter((path) => !path.startsWith(`${stage}/`) && mayReadSiblings.get(stage)?.test(path) !== true)
        .map((path) => `${file.name} imports ${path}`),
    );
    expect(strangers).toEqual([]);
  });
});

it('nouns/, errors and base/ stand below everything', () => {
  const base = files.filter(({ name, folder }) => /^(base|nouns)$/.test(folder) || name === 'errors.ts');
  const strangers = base.flatMap((file) =>
    file.imports
      .map((specifier) => (specifier.startsWith('.') ? target(file, specifier) : specifier))
      // `..` is the package's folder, which is no module.
      .filter((path) => path !== '..' && !/^(base|nouns)\//.test(path))
      .filter((path) => mayUseLibraries.get(file.name)?.test(path) !== true)
      .map((path) => `${file.name} imports ${path}`),
  );
  expect(strangers).toEqual([]);
});

it('storage/ stands below the stages: it imports nouns/, errors, base/ and itself', () => {
  const strangers = files
    .filter(({ folder }) => folder === 'storage')
    .flatMap((file) =>
      file.imports
        .filter((specifier) => !specifier.startsWith('node:'))
        .map((specifier) => (specifier.startsWith('.') ? target(file, specifier) : specifier))
        .filter((path) => path !== 'errors.ts' && !/^(base|nouns|storage)\//.test(path))
        .map((path) => `${file.name} imports ${path}`),
    );
  expect(strangers).toEqual([]);
});

it('no file imports itself, by whatever way round and whatever kind of import', () => {
  const importsOfFile = new Map(
    files.map((file) => [
      file.name,
      file.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => target(file, specifier)),
    ]),
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]) => {
    const begin = way.indexOf(name);
    if (begin >= 0) circles.push([...way.slice(begin), name].join(' -> '));
    if (begin >= 0 || done.has(name)) return;
    for (const next of importsOfFile.get(name) ?? []) visit(next, [...way, name]);
    done.add(name);
  };
  for (const { name } of files) visit(name, []);
  expect(circles).toEqual([]);
});

it('execute/, build/, init/ and report/ do not know the command line', () => {
  const users = files.filter(({ folder, name }) => folder !== 'cli' && name !== 'index.ts');
  const strangers = users.flatMap((file) =>
    file.imports
      .filter((specifier) => specifier.startsWith('.') && target(file, specifier).startsWith('cli/'))
      .map((specifier) => `${file.name} imports ${specifier}`),
  );
  expect(strangers).toEqual([]);
});

it(`only ${mayTouchFiles.join(', ')} touch files`, () => {
  const touching = files.filter(({ imports }) => imports.some((name) => /^(node:)?fs(\/|$)/.test(name)));
  expect(touching.length).toBeGreaterThan(0);
  expect(touching.filter(({ folder }) => !mayTouchFiles.includes(folder)).map(({ name }) => name)).toEqual(
    [],
  );
});

it('Arrow is loaded from base/arrow.ts', () => {
  const loading = files.filter(({ text }) => /^import (?!type\b)[^;]*'apache-arrow/m.test(text));
  expect(loading.map(({ name }) => name)).toEqual([]);
});

it('there are no barrels inside folders', () => {
  expect(files.map(({ name }) => name).filter((name) => /\/index\.ts$/.test(name))).toEqual([]);
});

it(`no file is longer than ${longest} lines`, () => {
  const long = files
    .map(({ name, text }) => ({ name, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > longest);
  expect(long).toEqual([]);
});
