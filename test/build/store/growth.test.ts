/** A corpus that changes: what is made again, what is said, and that a store does not remember how it came to be. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noProgress } from '../../../src/base/progress.ts';
import type { StoreOptions, TokenStore } from '../../../src/build/nouns.ts';
import { pruneStore } from '../../../src/build/store/prune-store.ts';
import { ensureStore } from '../../../src/build/store/token-store.ts';
import { parseRecipe } from '../../../src/recipe/parse-recipe.ts';
import { documentRuns, loadDocuments } from '../../../src/store/reader.ts';
import { hashes, temporaryFolder } from '../../support/folder.ts';
import { fuzz, fuzzTimeout } from '../../support/fuzz.ts';

/** A record whose file is as large as asked for, and cheap to tokenize: most of it is a field that nobody reads. */
function lines(text: string, bytes: number, count = 1): string {
  const padding = 'x'.repeat(Math.floor(bytes / count));
  return Array.from(
    { length: count },
    (_, i) => `${JSON.stringify({ text: `${text} ${i}`, padding })}\n`,
  ).join('');
}

const sources = {
  records: { path: 'records' },
  pages: { path: 'pages' },
  books: { path: 'books', join: 'directory' },
  named: { path: 'named', source: 'text' },
};

interface Corpus {
  readonly folder: string;
  put(name: string, content: string): void;
  /** Brings a store up to date. @returns it, and what was said */
  tokenize(
    store: string,
    options?: Partial<StoreOptions>,
    only?: readonly string[],
  ): Promise<TokenStore & { said: string[] }>;
}

function corpus(): Corpus {
  const folder = temporaryFolder();
  const put = (name: string, content: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  put('records/a.jsonl', lines('first', 10));
  put('pages/a.txt', 'a page');
  put('books/one/1.txt', 'a chapter');
  put('named/a.jsonl', lines('x', 10));
  return {
    folder,
    put,
    async tokenize(store, options = {}, only = Object.keys(sources)) {
      const said: string[] = [];
      const chosen = Object.fromEntries(only.map((name) => [name, sources[name as keyof typeof sources]]));
      const recipe = parseRecipe(
        JSON.stringify({ tokenizer: 'gpt2', sources: chosen }),
        join(folder, 'mix.yaml'),
      );
      const progress = { ...noProgress, note: (text: string) => void said.push(text), ...options.progress };
      const made = await ensureStore(recipe, join(folder, store), { workers: 1, ...options, progress });
      return { ...made, said };
    },
  };
}

const partFiles = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('part-'));
const inodes = (folder: string) =>
  new Map(partFiles(folder).map((name) => [name, statSync(join(folder, name)).ino] as const));

describe('a corpus that has changed', () => {
  it('is told in one line, and only parts that hold the changes are made', async () => {
    const { folder, put, tokenize } = corpus();
    for (let i = 0; i < 40; i += 1) put(`records/${i}.jsonl`, lines(`${i}`, 1_000_000));
    const first = await tokenize('store');
    expect(first.said).toEqual([]);
    const before = inodes(join(folder, 'store'));
    put('records/25-new.jsonl', lines('new', 5000));
    put('records/3.jsonl', lines('changed', 900_000));
    rmSync(join(folder, 'records/31.jsonl'));
    const { said, manifest } = await tokenize('store');
    expect(said).toEqual([
      expect.stringMatching(/^corpus: \+1 file, 1 changed, 1 gone: \d+\.\d% to tokenize$/),
    ]);
    const after = inodes(join(folder, 'store'));
    for (const [name, inode] of before) expect(after.get(name)).toBe(inode);
    const made = manifest.parts.filter(({ name }) => !before.has(`${name}.tokens`));
    expect(made.length).toBeGreaterThan(0);
    expect(made.length).toBeLessThanOrEqual(6);
    expect(manifest.parts.length).toBeGreaterThan(made.length + 3);
    expect((await tokenize('store')).said).toEqual([]);
  });

  it('is not told of files that were only touched, and tokenizes none of them', async () => {
    const { folder, tokenize } = corpus();
    await tokenize('store');
    const before = inodes(join(folder, 'store'));
    for (const name of ['records/a.jsonl', 'pages/a.txt', 'books/one/1.txt'])
      utimesSync(join(folder, name), new Date(), new Date(Date.now() + 5000));
    expect((await tokenize('store')).said).toEqual([]);
    expect(inodes(join(folder, 'store'))).toEqual(before);
  });

  it('counts as changed only files whose bytes changed, not files that were touched and share a part with them', async () => {
    const { folder, put, tokenize } = corpus();
    for (const name of ['b', 'c', 'd']) put(`pages/${name}.txt`, `page ${name}`);
    await tokenize('store');
    const touch = (name: string, seconds: number) =>
      utimesSync(join(folder, name), new Date(), new Date(Date.now() + seconds * 1000));
    touch('pages/a.txt', 5);
    await tokenize('store');
    touch('pages/b.txt', 5);
    put('pages/c.txt', 'PAGE c');
    touch('pages/c.txt', 5);
    expect((await tokenize('store', { asItWas: true })).said).toEqual([
      expect.stringMatching(/^corpus: 1 changed: /),
    ]);
    // As of a part that no note describes, because a file beside it is new.
    put('pages/b2.txt', 'new');
    expect((await tokenize('store')).said).toEqual([expect.stringMatching(/^corpus: \+1 file, 1 changed: /)]);
  });

  it('finds the parts of a store that was copied without its notes', async () => {
    const { folder, tokenize } = corpus();
    await tokenize('store');
    const before = inodes(join(folder, 'store'));
    rmSync(join(folder, 'store/.longmix'), { recursive: true });
    expect((await tokenize('store')).said).toEqual([]);
    expect(inodes(join(folder, 'store'))).toEqual(before);
  });

  it('notices bytes that changed while size and time did not', async () => {
    const { folder, put, tokenize } = corpus();
    const { manifest } = await tokenize('store');
    const { atime, mtime } = statSync(join(folder, 'pages/a.txt'));
    put('pages/a.txt', 'A page');
    utimesSync(join(folder, 'pages/a.txt'), atime, mtime);
    const again = await tokenize('store');
    expect(again.said).toEqual([expect.stringMatching(/^corpus: 1 changed: /)]);
    expect(again.manifest.fingerprint).not.toBe(manifest.fingerprint);
  });

  it('says what else is not as it was', async () => {
    const { folder, tokenize } = corpus();
    await tokenize('store', {}, ['records']);
    expect((await tokenize('store', {}, ['records', 'pages'])).said).toEqual([
      expect.stringMatching(/^corpus: source "pages" is new: \d+\.\d% to tokenize$/),
    ]);
    const read = { ...sources.records, id: 'padding' };
    const recipe = parseRecipe(
      JSON.stringify({ tokenizer: 'gpt2', sources: { records: read } }),
      join(folder, 'm.yaml'),
    );
    const said: string[] = [];
    const progress = { ...noProgress, note: (text: string) => void said.push(text) };
    await ensureStore(recipe, join(folder, 'store'), { workers: 1, progress });
    expect(said).toEqual([
      'corpus: source "records" was read with text: text, id: id, and is now read with text: text, id: padding: 100.0% to tokenize',
    ]);
  });

  it('is planned as it was, where that is asked for, and says so', async () => {
    const { put, tokenize } = corpus();
    const before = await tokenize('store');
    put('pages/b.txt', 'another');
    const plan = await tokenize('store', { asItWas: true });
    expect(plan.said).toEqual([
      expect.stringMatching(/^corpus: \+1 file: .* to tokenize\n.*as it was tokenized last/),
    ]);
    expect(plan.manifest).toEqual(before.manifest);
    // A source that is not there is tokenized all the same: without it there is no plan.
    const other = await tokenize('other', {}, ['records']);
    expect(
      (await tokenize('other', { asItWas: true }, ['records', 'pages'])).manifest.parts.length,
    ).toBeGreaterThan(other.manifest.parts.length);
  });
});

describe('a store and several recipes', () => {
  it('is not planned with the corpus of another recipe that has a source of the same name', async () => {
    const { folder, put, tokenize } = corpus();
    put('other/a.jsonl', lines('other', 10, 3));
    await tokenize('store', {}, ['records']);
    const recipe = parseRecipe(
      JSON.stringify({ tokenizer: 'gpt2', sources: { records: 'other' } }),
      join(folder, 'other.yaml'),
    );
    const { manifest } = await ensureStore(recipe, join(folder, 'store'), { workers: 1, asItWas: true });
    expect(manifest.totals.documents).toBe(3);
    // They take turns, and nothing is tokenized again.
    const before = inodes(join(folder, 'store'));
    const mine = await tokenize('store', { asItWas: true }, ['records']);
    expect(mine.manifest.totals.documents).toBe(1);
    expect(inodes(join(folder, 'store'))).toEqual(before);
  });

  it('serves each in its own order, and none depends on what else is there', async () => {
    const { folder, put, tokenize } = corpus();
    put('pages/b.txt', 'more');
    const alone = await tokenize('alone', {}, ['pages', 'named']);
    await tokenize('shared', {}, ['records', 'books']);
    await tokenize('shared', {}, ['named', 'records']);
    const view = await tokenize('shared', {}, ['pages', 'named']);
    expect(view.manifest).toEqual(alone.manifest);
    const origins = async ({ folder: place, manifest }: TokenStore) => {
      const found: unknown[] = [];
      for await (const run of documentRuns(place, manifest))
        for (let i = 0; i < run.count; i += 1) found.push({ n: run.first + i, ...run.origin(i) });
      return found;
    };
    expect(await origins(view)).toEqual(await origins(alone));
    expect([...loadDocuments(view.folder, view.manifest).lengths]).toEqual([
      ...loadDocuments(alone.folder, alone.manifest).lengths,
    ]);
    // Turned around it is another view of the same parts.
    const turned = await tokenize('shared', {}, ['named', 'pages']);
    expect(turned.said).toEqual([]);
    expect(turned.manifest.parts.map(({ name }) => name).sort()).toEqual(
      view.manifest.parts.map(({ name }) => name).sort(),
    );
    const record = JSON.parse(readFileSync(join(folder, 'shared/store.json'), 'utf8'));
    expect(record.reading.map(({ source }: { source: string }) => source)).toEqual([
      'books',
      'named',
      'pages',
      'records',
    ]);
  });

  it('may be made by several commands at once', async () => {
    const { folder, tokenize } = corpus();
    const all = await Promise.all([
      tokenize('shared', {}, ['records', 'pages']),
      tokenize('shared', {}, ['pages', 'books']),
      tokenize('shared', {}, ['named', 'records']),
    ]);
    await tokenize('alone');
    expect(all.map(({ manifest }) => manifest.reading.length)).toEqual([2, 2, 2]);
    expect(hashes(join(folder, 'shared'))).toEqual(hashes(join(folder, 'alone')));
  });
});

type Step =
  | { readonly kind: 'put'; readonly file: number; readonly bytes: number; readonly text: number }
  | { readonly kind: 'append'; readonly file: number; readonly bytes: number }
  | { readonly kind: 'remove' | 'rename' | 'touch'; readonly file: number; readonly to: number }
  | { readonly kind: 'tokenize'; readonly only: number; readonly crash: number };

const MB = 1_000_000;
const names = [
  ...Array.from({ length: 14 }, (_, i) => `records/${String.fromCharCode(98 + i)}.jsonl`),
  ...Array.from({ length: 6 }, (_, i) => `pages/${i}.txt`),
  ...['books/one/2.txt', 'books/two/1.txt', 'books/three/a/1.txt', 'named/b.jsonl', 'named/c.jsonl'],
];
const fileAt = fc.nat(names.length - 1);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        file: fileAt,
        bytes: fc.oneof(
          fc.nat(2000),
          fc.integer({ min: MB, max: 5 * MB }),
          fc.integer({ min: 8 * MB, max: 11 * MB }),
        ),
        text: fc.nat(5),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        file: fileAt,
        bytes: fc.integer({ min: 1, max: 6 * MB }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('remove' as const, 'rename' as const, 'touch' as const),
        file: fileAt,
        to: fileAt,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('tokenize' as const), only: fc.nat(15), crash: fc.nat(12) }),
    },
  ),
  { minLength: 4, maxLength: 24 },
);

function apply(folder: string, put: Corpus['put'], step: Exclude<Step, { kind: 'tokenize' }>): void {
  const name = names[step.file]!;
  const path = join(folder, name);
  const content = (text: string, bytes: number) =>
    name.endsWith('.jsonl')
      ? lines(text, bytes, 1 + Math.floor(bytes / 300_000))
      : `${text} `.repeat(1 + (bytes % 50));
  if (step.kind === 'put') put(name, content(`text ${step.text}`, step.bytes));
  if (!existsSync(path)) return;
  if (step.kind === 'append') writeFileSync(path, readFileSync(path, 'utf8') + content('more', step.bytes));
  if (step.kind === 'remove') rmSync(path);
  if (step.kind === 'touch') utimesSync(path, new Date(), new Date(Date.now() + 5000));
  if (step.kind === 'rename') {
    const to = names[step.to]!;
    if (to.slice(-4) !== name.slice(-4)) return;
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    renameSync(path, join(folder, to));
  }
}

describe('a store after any history', () => {
  it(
    'is a store that was made at once, byte for byte',
    async () => {
      let crashes = 0;
      let kept = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          const { folder, put, tokenize } = corpus();
          for (const step of history) {
            if (step.kind !== 'tokenize') {
              apply(folder, put, step);
              continue;
            }
            const only = Object.keys(sources).filter((_, i) => (step.only >> i) & 1);
            const stop = new AbortController();
            let seen = 0;
            const advance = () => {
              seen += 1;
              if (seen > step.crash) stop.abort(new Error('crash'));
            };
            const options =
              step.crash < 10 ? { signal: stop.signal, progress: { ...noProgress, advance } } : {};
            await tokenize('grown', options, only.length === 0 ? undefined : only).catch((error: Error) => {
              if (error.message !== 'crash') throw error;
              crashes += 1;
            });
          }
          const there = existsSync(join(folder, 'grown')) ? inodes(join(folder, 'grown')) : new Map();
          const grown = await tokenize('grown');
          const once = await tokenize('once');
          expect(grown.manifest).toEqual(once.manifest);
          expect(readFileSync(join(folder, 'grown/store.json'), 'utf8')).toBe(
            readFileSync(join(folder, 'once/store.json'), 'utf8'),
          );
          for (const { files } of grown.manifest.parts)
            for (const { name } of files) if (there.has(name)) kept += 1;
          await pruneStore(join(folder, 'grown'));
          expect(hashes(join(folder, 'grown'))).toEqual(hashes(join(folder, 'once')));
          expect((await tokenize('grown')).said).toEqual([]);
          rmSync(folder, { recursive: true });
        }),
        fuzz(12),
      );
      // Else nothing was seen.
      expect(kept).toBeGreaterThan(10);
      expect(crashes).toBeGreaterThan(0);
    },
    fuzzTimeout(120_000),
  );
});

it('a program that writes another text makes another part, and the one before stays until it is pruned', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'corpus'));
  writeFileSync(join(folder, 'corpus/a.pdf'), 'x');
  const recipeOf = () =>
    parseRecipe(
      JSON.stringify({ sources: { pdf: { path: 'corpus', command: ['sh', 'to-text.sh', '{file}'] } } }),
      join(folder, 'mix.yaml'),
    );
  const store = join(folder, 'store');
  const made = async (text: string, fresh: boolean) => {
    writeFileSync(join(folder, 'to-text.sh'), `echo ${text}\n`);
    const here = process.cwd();
    process.chdir(folder);
    try {
      return (await ensureStore(recipeOf(), store, { workers: 1, fresh })).manifest.parts[0]!.name;
    } finally {
      process.chdir(here);
    }
  };
  const first = await made('one', false);
  const kept = readFileSync(join(store, `${first}.tokens`));
  expect(await made('one', true)).toBe(first);
  expect(await made('two', true)).not.toBe(first);
  expect(readFileSync(join(store, `${first}.tokens`)).equals(kept)).toBe(true);
});
