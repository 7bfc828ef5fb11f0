/** The code follows the layout in ARCHITECTURE.md, as far as a machine can check it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { projectOf, testFiles } from './support/projects.ts';

const src = fileURLToPath(new URL('../src/', import.meta.url));

/** Arrows run one way: each room imports those after it, and itself. */
const rooms = [
  ...['index.ts', 'cli', 'train', 'init', 'report', 'build', 'execute'],
  ...['feed', 'recipe', 'read', 'chat', 'tokenize', 'store', 'bucket'],
  ...['mix', 'near', 'pack', 'steps', 'shard'],
  ...['storage', 'base', 'nouns', 'errors.ts'],
];
/** Folders that know the nouns and themselves, and are put together by `build/`. */
const stages = [
  ...['read', 'chat', 'tokenize', 'store', 'bucket', 'mix', 'near'],
  ...['pack', 'shard', 'steps', 'recipe', 'feed'],
];
/** `feed/` reads what `shard/` wrote, streams the same columns, and follows the steps as they were planned. */
const mayReadSiblings = new Map([
  ['feed', /^(shard\/(format|reader|row-columns|schema)|steps\/(schedule-file|step-rows))\.ts$/],
]);
/** All others reach files through `storage/`. */
const mayTouchFiles = ['storage', 'cli'];
/** What stands below everything uses no library, with one in one place. */
const mayUseLibraries = new Map([
  ['base/arrow.ts', /^(node:module|apache-arrow)$/],
  ['base/fingerprint.ts', /^node:crypto$/],
]);
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

describe('the order of the rooms', () => {
  const roomOf = (path: string) => path.split('/')[0]!;

  it('has every room', () => {
    expect([...new Set(files.map(({ name }) => roomOf(name)))].sort()).toEqual([...rooms].sort());
  });

  it.each(rooms)('%s imports what comes after it, and itself', (room) => {
    const after = rooms.slice(rooms.indexOf(room));
    const strangers = files
      .filter(({ name }) => roomOf(name) === room)
      .flatMap((file) =>
        file.imports
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => target(file, specifier))
          // The package's folder, which is not a module.
          .filter((path) => path !== '..' && !after.includes(roomOf(path)))
          .map((path) => `${file.name} imports ${path}`),
      );
    expect(strangers).toEqual([]);
  });
});

it('nouns/, errors and base/ use no library, but for one in one place', () => {
  const low = files.filter(({ name, folder }) => /^(base|nouns)$/.test(folder) || name === 'errors.ts');
  const strangers = low.flatMap((file) =>
    file.imports
      .filter((specifier) => !specifier.startsWith('.'))
      .filter((specifier) => mayUseLibraries.get(file.name)?.test(specifier) !== true)
      .map((specifier) => `${file.name} imports ${specifier}`),
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

it('a plan reads no disk: nothing that planBuild runs does', () => {
  const reached = new Map<string, readonly string[]>();
  const visit = (name: string, way: readonly string[]) => {
    if (reached.has(name)) return;
    const file = files.find((one) => one.name === name)!;
    // Imports of types alone run nothing.
    const run = importsOf(file.text.replace(/^(import|export) type\b[^;]*;/gm, ''));
    reached.set(name, [...way, ...run.filter((specifier) => /^(node:)?fs(\/|$)/.test(specifier))]);
    for (const specifier of run)
      if (specifier.startsWith('.')) visit(target(file, specifier), [...way, name]);
  };
  visit('build/plan/build-plan.ts', []);
  expect(reached.size).toBeGreaterThan(20);
  const reading = [...reached].filter(([, way]) => way.some((step) => /^(node:)?fs/.test(step)));
  expect(reading.map(([name, way]) => [...way, name].join(' <- '))).toEqual([]);
});

it(`only ${mayTouchFiles.join(', ')} touch files`, () => {
  const touching = files.filter(({ imports }) => imports.some((name) => /^(node:)?fs(\/|$)/.test(name)));
  expect(touching.length).toBeGreaterThan(0);
  expect(touching.filter(({ folder }) => !mayTouchFiles.includes(folder)).map(({ name }) => name)).toEqual(
    [],
  );
});

it('clients of remote places are loaded by import() alone, so a command without addresses does not wait for them', () => {
  /** Without any client, and without node:http. */
  const light = /^storage\/remote\/(read-ahead|address)\.ts$/;
  const early = files
    .filter(({ folder, name }) => folder !== 'storage' || !name.startsWith('storage/remote/'))
    .flatMap((file) => {
      const atOnce = importsOf(
        file.text.replace(/^(import|export) type\b[^;]*;/gm, '').replace(/\bimport\s*\([^)]*\)/g, ''),
      );
      return atOnce
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => target(file, specifier))
        .filter((path) => path.startsWith('storage/remote/') && !light.test(path))
        .map((path) => `${file.name} imports ${path}`);
    });
  expect(early).toEqual([]);
  const reached = files.find(({ name }) => name === 'storage/remote.ts')!;
  expect(
    importsOf(reached.text).filter((specifier) => specifier.startsWith('./remote/')).length,
  ).toBeGreaterThan(3);
});

it('Arrow is loaded from base/arrow.ts', () => {
  const loading = files.filter(({ text }) => /^import (?!type\b)[^;]*'apache-arrow/m.test(text));
  expect(loading.map(({ name }) => name)).toEqual([]);
});

describe('trainers/', () => {
  const trainers = fileURLToPath(new URL('../trainers/', import.meta.url));
  const names = readdirSync(trainers, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );

  it('knows of longmix what a user knows: the package, by its name', () => {
    expect(names.length).toBeGreaterThan(5);
    const strangers = names.flatMap((name) =>
      importsOf(readFileSync(join(trainers, name), 'utf8'))
        .filter((specifier) => !/^(node:|@tensorflow\/|\.\/)/.test(specifier) && specifier !== 'longmix')
        .map((specifier) => `${name} imports ${specifier}`),
    );
    expect(strangers).toEqual([]);
  });
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

describe('test files', () => {
  const tests = testFiles().map((name) => ({
    name,
    project: projectOf(name),
    text: readFileSync(join(src, '..', name), 'utf8'),
  }));

  it.each(stages)('%s/ has unit tests', (stage) => {
    const own = tests.filter(({ name, project }) => project === 'unit' && name.startsWith(`test/${stage}/`));
    expect(own.length).toBeGreaterThan(0);
  });

  it('that name what npm run build makes are tests of the command', () => {
    const naming = tests.filter(({ text }) => /['"`/]dist\/(?!2020)[\w/]+\.js\b/.test(text));
    expect(naming.map(({ name }) => name)).toContain('test/cli/shell.test.ts');
    expect(naming.filter(({ project }) => project !== 'command').map(({ name }) => name)).toEqual([]);
  });
});
