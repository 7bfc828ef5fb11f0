/** The recipe that init writes must build without changes, whatever the corpus looks like. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { expectMessage, jsonLines, longmix, type Workplace, workplace } from '../support/in-process.ts';

let place: Workplace & Disposable;
beforeEach(() => {
  place = workplace();
});
afterEach(() => place[Symbol.dispose]());

interface Written {
  readonly sources: Record<
    string,
    { path: string; text?: string; id?: string; source?: string; include?: string; exclude?: string[] }
  >;
}

/** Runs init, then a build of what it wrote; gives the recipe and the documents that were read. */
async function initAndBuild(corpus: string): Promise<{ recipe: Written; text: string; documents: number }> {
  const made = await place.run('init', corpus, '--out', 'mix.yaml');
  expect(made).toMatchObject({ code: 0, stdout: '' });
  const text = readFileSync(join(place.path, 'mix.yaml'), 'utf8');
  const built = await place.run('build', 'mix.yaml', '--json', '--quiet');
  expect(built).toMatchObject({ code: 0, stderr: '' });
  const { store } = JSON.parse(built.stdout) as { store: { documents: number } };
  return { recipe: parse(text) as Written, text, documents: store.documents };
}

test('a directory of files', async () => {
  place.write('notes/a.txt', 'one');
  place.write('notes/b.md', 'two');
  const { recipe, documents, text } = await initAndBuild('notes');
  expect(recipe.sources).toEqual({ notes: { path: './notes' } });
  expect(text).toContain('# 2 files, about 6 B');
  expect(documents).toBe(2);
});

test('directories of files, and files beside them', async () => {
  place.write('c/books/x/1.txt', 'one');
  place.write('c/web/w.jsonl', jsonLines(5));
  place.write('c/README.md', 'read me');
  const { recipe, documents } = await initAndBuild('c');
  expect(recipe.sources).toEqual({
    c: { path: './c', include: '*' },
    books: { path: './c/books' },
    web: { path: './c/web' },
  });
  expect(documents).toBe(7);
});

test('the shares that it proposes are valid', async () => {
  for (const name of ['a', 'b', 'c']) place.write(`c/${name}/1.txt`, name);
  await place.run('init', 'c', '--out', 'mix.yaml');
  const text = readFileSync(join(place.path, 'mix.yaml'), 'utf8');
  place.write('shares.yaml', text.replace('  # shares:', '  shares:'));
  const { code, stderr } = await place.run('tokenize', 'shares.yaml', '--quiet');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect((parse(readFileSync(join(place.path, 'shares.yaml'), 'utf8')) as { mix: object }).mix).toMatchObject(
    {
      shares: { a: '34%', b: '33%', c: '33%' },
    },
  );
});

test('a single file, whose text has another name', async () => {
  place.write('data/web.jsonl', jsonLines(5, 'content'));
  const { recipe, documents } = await initAndBuild('data/web.jsonl');
  expect(recipe.sources).toEqual({ web: { path: './data/web.jsonl', text: 'content' } });
  expect(documents).toBe(5);
});

const lines = (records: readonly object[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join('');

test('a flat directory whose records name their sources, with ids of another name', async () => {
  const records = (source: string) =>
    [1, 2, 3].map((i) => ({ content: `${source} ${i}`, source, url: `${source}/${i}` }));
  place.write('c/1.jsonl', lines([...records('web'), ...records('a b')]));
  place.write('c/2.jsonl', lines(records('books')));
  const { recipe, text, documents } = await initAndBuild('c');
  expect(recipe.sources).toEqual({ c: { path: './c', text: 'content', id: 'url', source: 'source' } });
  expect(documents).toBe(9);
  // The shares that it proposes are of the sources that the records name.
  place.write('shares.yaml', text.replace('  # shares:', '  shares:'));
  const plan = await place.run('plan', 'shares.yaml', '--quiet', '--json');
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(text).toContain('# shares: { "a b": 34%, books: 33%, web: 33% }');
  // In the folder itself, too, where the output will be below the corpus.
  const cwd = join(place.path, 'c');
  const inside = await longmix(['init', '.', '--out', 'mix.yaml'], { cwd });
  expect(await longmix(['plan', 'mix.yaml', '--quiet', '--json'], { cwd })).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect(inside.stderr).toMatch(/^wrote mix\.yaml: 1 source; next.*\n$/);
});

test('a field `source` that names none: addresses, one name only, or not in every record', async () => {
  const records = (source: (i: number) => unknown) =>
    lines([1, 2, 3, 4].map((i) => ({ text: `text ${i}`, source: source(i) })));
  for (const source of [
    (i: number) => `https://example.org/${i}`,
    () => 'web',
    (i: number) => (i === 4 ? null : `s${i % 2}`),
  ]) {
    place.write('c.jsonl', records(source));
    const { stdout } = await place.run('init', 'c.jsonl');
    expect((parse(stdout) as Written).sources).toEqual({ c: { path: './c.jsonl' } });
  }
});

test('a handful of files of records are a source each, unless their names differ in numbers only', async () => {
  for (const name of ['books', 'web-1'])
    place.write(`c/${name}.jsonl`, lines([1, 2].map((i) => ({ text: `${name} ${i}`, id: i }))));
  const { recipe, documents } = await initAndBuild('c');
  expect(recipe.sources).toEqual({
    books: { path: './c/books.jsonl' },
    'web-1': { path: './c/web-1.jsonl' },
  });
  expect(documents).toBe(4);
  place.write('c/web-2.jsonl', jsonLines(2));
  expect((parse((await place.run('init', 'c')).stdout) as Written).sources).toEqual({ c: { path: './c' } });
});

test('records without any field that could be the text: the recipe says what to mend', async () => {
  place.write('web.jsonl', '{"a": 1}\n');
  const { code, stdout } = await place.run('init', 'web.jsonl');
  expect(code).toBe(0);
  expect(stdout).toContain('  # fix this source: web.jsonl: no field "text"; the records have "a"\n');
  expect((parse(stdout) as Written).sources).toEqual({ web: { path: './web.jsonl' } });
});

test('names that YAML or globs would read as something else', async () => {
  const names = ['no', 'null', '2024', '1e3', 'a: b', '#c', 'it"s', '[x]', 'ż 本', '~', '-'];
  for (const name of names) place.write(`c/${name}/1.txt`, name);
  const { recipe, documents } = await initAndBuild('c');
  expect(Object.keys(recipe.sources).sort()).toEqual([...names].sort());
  expect(documents).toBe(names.length);
});

test('a directory with the name of the corpus', async () => {
  place.write('c/c/1.txt', 'one');
  place.write('c/2.txt', 'two');
  const { recipe, documents } = await initAndBuild('c');
  expect(recipe.sources).toEqual({ 'c-files': { path: './c', include: '*' }, c: { path: './c/c' } });
  expect(documents).toBe(2);
});

test('very many directories are one source', async () => {
  for (let i = 0; i < 41; i += 1) place.write(`c/author-${i}/1.txt`, String(i));
  const { recipe, documents } = await initAndBuild('c');
  expect(recipe.sources).toEqual({ c: { path: './c' } });
  expect(documents).toBe(41);
});

test('says what is done with files that are not simply read, in the recipe too', async () => {
  for (const name of ['a.html', 'b.html', 'c.tex', 'd.pdf', 'e.pdf', 'f.zip', 'g.txt'])
    place.write(`c/${name}`, 'text');
  const { stderr, stdout } = await place.run('init', 'c');
  const kinds = [
    '2 .html: text taken out (extract: false reads them raw)',
    '1 .tex: read as text, markup included',
    '2 .pdf: left out; command: reads them',
    '1 .zip: left out, unknown format; format: reads them',
  ];
  expect(stderr).toBe(kinds.map((kind) => `note: ${kind}\n`).join(''));
  for (const kind of kinds) expect(stdout).toContain(`  # ${kind}\n`);
  place.write('mix.yaml', stdout);
  const built = await place.run('build', 'mix.yaml', '--quiet');
  expect(built.stderr).toBe(`note: source "c": ${kinds.join('. ')}\n`);
  // Once: not again of a store that is there.
  expect((await place.run('plan', 'mix.yaml', '--quiet')).stderr).toBe('');
});

test('proposes join: directory where repositories are', async () => {
  for (const repo of ['x', 'y']) {
    place.write(`c/code/${repo}/package.json`, '{}');
    place.write(`c/code/${repo}/src/1.ts`, `let ${repo} = 1;`);
  }
  for (let i = 0; i < 12; i += 1) place.write(`c/more/z/src/${i}.py`, `x = ${i}`);
  place.write('c/web/1.txt', 'one');
  place.write('c/tool/.git/HEAD', 'ref');
  place.write('c/tool/main.c', 'int x;');
  place.write('c/tool/lib/a.c', 'int y;');
  const made = await place.run('init', 'c', '--out', 'mix.yaml');
  expect(made.stderr).toContain('note: tool, code, more: a repository is one document (join: directory)\n');
  expect((parse(readFileSync(join(place.path, 'mix.yaml'), 'utf8')) as Written).sources).toEqual({
    tool: { path: './c', join: 'directory', include: ['tool/**'] },
    code: { path: './c/code', join: 'directory' },
    more: { path: './c/more', join: 'directory' },
    web: { path: './c/web' },
  });
  const built = await place.run('build', 'mix.yaml', '--json', '--quiet');
  expect(JSON.parse(built.stdout)).toMatchObject({ store: { documents: 5 } });
});

describe('init --preset', () => {
  test('puts found sources in the place of those of the same name or kind, leaves the rest out, and plans as it is', async () => {
    for (const name of ['GitHub', 'Common-Crawl', 'wiki_pedia', 'books', 'novels'])
      place.write(`c/${name}/1.txt`, name);
    place.write('c/arxiv/1.jsonl', jsonLines(3, 'content'));
    const made = await place.run('init', '--preset', 'fu-per-source', 'c', '--out', 'mix.yaml');
    expect(made).toMatchObject({ code: 0, stdout: '' });
    expect(made.stderr).toBe(
      [
        'note: Common-Crawl is its commoncrawl',
        'note: GitHub is its github',
        'note: books is its book',
        'note: wiki_pedia is its wikipedia',
        'note: left out, because no source has that name: c4, stackexchange (the shares of the others keep their proportions)',
        'note: not read, because the preset has no such source: novels',
        'note: tokens: all instead of 5B, which is more than the corpus has',
        'wrote mix.yaml: 6 sources; next: longmix plan mix.yaml\n',
      ].join('\n'),
    );
    const text = readFileSync(join(place.path, 'mix.yaml'), 'utf8');
    const recipe = parse(text) as Written & { mix: { shares: object } };
    expect(recipe.sources).toEqual({
      commoncrawl: { path: './c/Common-Crawl' },
      github: { path: './c/GitHub' },
      arxiv: { path: './c/arxiv', text: 'content' },
      book: { path: './c/books' },
      wikipedia: { path: './c/wiki_pedia' },
    });
    expect(text).toContain('  # not here: c4\n');
    expect(text).toContain('  #   novels: { path: ./c/novels }   # 1 file, about 6 B\n');
    // Shares and comments are the preset's, the source of it and what is whose to fill in first of all.
    expect(Object.keys(recipe.mix.shares)).toEqual(Object.keys(recipe.sources));
    expect(text).toContain('arXiv 2402.10171');
    expect(text).toContain('    # not here: c4: 26.609933%                #     15%\n');
    const shares = Object.values(recipe.mix.shares).map((share) => Number.parseFloat(String(share)));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 6);
    expect(shares[0]! / shares[1]!).toBeCloseTo(53.374772 / 5.004782, 4);
    expect(await place.run('plan', 'mix.yaml', '--quiet')).toMatchObject({ code: 0 });
  });

  test('takes any sources where the preset gives none a role, and plans as it is', async () => {
    place.write('c/a/1.txt', 'one two three');
    place.write('c/b/1.jsonl', jsonLines(5, 'body'));
    const made = await place.run('init', 'c', '--preset', 'l2long-original', '--out', 'mix.yaml');
    expect(made.stderr).toBe('wrote mix.yaml: 2 sources; next: longmix plan mix.yaml\n');
    const text = readFileSync(join(place.path, 'mix.yaml'), 'utf8');
    expect((parse(text) as Written).sources).toEqual({
      a: { path: './c/a' },
      b: { path: './c/b', text: 'body' },
    });
    expect(text).toContain('  # [yours] what the short model was trained on');
    expect(await place.run('plan', 'mix.yaml', '--quiet')).toMatchObject({ code: 0 });
    const { stdout } = await place.run('init', 'c', '--preset', 'fu-global');
    expect(stdout).toContain(
      '\nsources:                          # [P] SlimPajama, by its own sources\n  a: {',
    );
    expect(stdout).toMatch(/^ {2}b: .*\n\ndocuments:\n/m);
  });

  test('needs no name where there is one role and one source, and says what to mend in it', async () => {
    place.write('web.jsonl', '{"a": 1}\n');
    const { stdout, stderr } = await place.run('init', 'web.jsonl', '--preset', 'ultralong');
    expect({ stderr, sources: (parse(stdout) as Written).sources }).toEqual({
      stderr: 'note: web is its corpus\nnote: tokens: all instead of 1B, which is more than the corpus has\n',
      sources: { corpus: { path: './web.jsonl' } },
    });
    expect(stdout).toContain('  # fix this source: web.jsonl: no field "text"; the records have "a"\n');
  });

  test('keeps what the preset says of a source beside its path', async () => {
    place.write('c/code/repo/1.ts', 'let a = 1;');
    place.write('c/books/1.txt', 'one');
    const { stdout, stderr } = await place.run('init', 'c', '--preset', 'prolong-64k');
    expect((parse(stdout) as Written).sources).toMatchObject({
      code: { path: './c/code', join: 'directory' },
      books: { path: './c/books' },
    });
    expect(stderr).toMatch(/^note: left out, because no source has that name: textbooks, .*$/m);
    const { documents, mix } = parse(stdout) as Record<string, object>;
    expect(documents).toEqual({ min_tokens: { code: '64K', books: '64K' } });
    expect(mix).toMatchObject({ tokens: 'all', shares: { code: '50%', books: '50%' } });
  });

  test('where no source has a role, the other rules of the preset hold for all of them', async () => {
    for (const name of ['left', 'right']) place.write(`c/${name}/1.txt`, `${name} `.repeat(200));
    const made = await place.run('init', 'c', '--preset', 'l2long-new-source', '--out', 'mix.yaml');
    expect(made.stderr).toContain('note: no source is named original, new-long: ');
    const recipe = parse(readFileSync(join(place.path, 'mix.yaml'), 'utf8')) as Written & { mix: object };
    expect(Object.keys(recipe.sources)).toEqual(['left', 'right']);
    expect(recipe.mix).toEqual({ tokens: 'all' });
    expect(await place.run('plan', 'mix.yaml', '--quiet')).toMatchObject({ code: 0 });
  });

  test('the one role of a preset is played by all that there is; roles in cells go like those in shares', async () => {
    for (const name of ['books', 'web']) place.write(`c/${name}/1.txt`, name);
    const one = await place.run('init', 'c', '--preset', 'ultralong');
    expect((parse(one.stdout) as Written).sources).toEqual({ corpus: { path: './c' } });
    const { stdout } = await place.run('init', 'c', '--preset', 'prolong-512k');
    const { cells } = (parse(stdout) as { mix: { cells: { source: string; share: string }[] } }).mix;
    expect(new Set(cells.map(({ source }) => source))).toEqual(new Set(['books', 'fineweb-edu']));
    expect(cells.reduce((sum, { share }) => sum + Number.parseFloat(share), 0)).toBeCloseTo(100, 6);
  });

  test('lists the presets, and says which one was meant', async () => {
    const { code, stdout } = await place.run('init', '--presets');
    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines.length).toBeGreaterThanOrEqual(17);
    for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+ +\S.{20,}$/);
    expect(stdout).not.toMatch(/^sample/m);
    place.write('a.txt', 'one');
    expectMessage(
      await place.run('init', 'a.txt', '--preset', 'prolong-64'),
      2,
      /there is no preset "prolong-64"; did you mean `prolong-64k`\?/,
      /ultralong.*--presets/,
    );
  });

  test('needs a corpus', async () => {
    expectMessage(await place.run('init', '--preset', 'shortmix'), 2, /init needs a corpus/, /--presets/);
  });
});

test('the schema that the recipe names is in the package, and can be printed', async () => {
  place.write('a.txt', 'one');
  const { stdout: recipe } = await place.run('init', 'a.txt');
  expect(recipe.split('\n')[0]).toBe('# yaml-language-server: $schema=.recipe.schema.json');
  for (const kind of ['recipe', 'ablation']) {
    const { code, stdout } = await place.run('schema', kind);
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(new URL(`../../schemas/${kind}.schema.json`, import.meta.url), 'utf8'));
  }
  expect((await place.run('schema')).stdout).toBe((await place.run('schema', 'recipe')).stdout);
  expectMessage(await place.run('schema', 'recipes'), 2, /no schema of "recipes"; did you mean `recipe`/);
});

test('the schema beside the recipe is no text of the corpus', async () => {
  place.write('1.txt', 'one');
  expect((await place.run('init', '.', '--out', 'mix.yaml')).stderr).toMatch(/^wrote mix\.yaml.*\n$/);
  place.write('.recipe.schema.json', (await place.run('schema')).stdout);
  const { stdout } = await place.run('build', 'mix.yaml', '--json', '--quiet');
  expect(JSON.parse(stdout)).toMatchObject({ store: { documents: 1 } });
});

// With the recipe from a shell's `>` it is in shell.test.ts.
test('a recipe inside the corpus is no text of it, nor is the output', async () => {
  place.write('1.txt', 'one');
  place.write('more/2.txt', 'two');
  expect((await place.run('init', '.', '--out', 'a+b.yaml')).code).toBe(0);
  // Twice: the second run must not find the output of the first, nor the recipe.
  const build = ['build', 'a+b.yaml', '--json', '--quiet'];
  expect(await place.run(...build)).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout, stderr } = await place.run(...build);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ written: false, store: { documents: 2 } });
  // Nor does another init read them.
  const again = await place.run('init', '.');
  expect(Object.keys((parse(again.stdout) as Written).sources)).toHaveLength(2);
});

describe('no recipe', () => {
  test('for nothing', async () => {
    expectMessage(await place.run('init', 'nowhere'), 2, /no such file or directory: nowhere/);
    mkdirSync(join(place.path, 'empty'));
    expectMessage(await place.run('init', 'empty'), 2, /nothing to read in .*empty/);
  });

  test('over one that is there', async () => {
    place.write('a.txt', 'one');
    place.write('mix.yaml', 'mine');
    expectMessage(
      await place.run('init', 'a.txt', '--out', 'mix.yaml'),
      2,
      /mix\.yaml already exists/,
      /--out/,
    );
    expect(readFileSync(join(place.path, 'mix.yaml'), 'utf8')).toBe('mine');
  });

  test('where none can be written', async () => {
    place.write('a.txt', 'one');
    expectMessage(
      await place.run('init', 'a.txt', '--out', 'a.txt/mix.yaml'),
      2,
      /cannot write .*a\.txt\/mix\.yaml/,
    );
  });

  test('of what longmix wrote', async () => {
    place.write('a.txt', 'one');
    await place.run('build', 'a.txt', '--out', 'made', '--quiet');
    expectMessage(await place.run('init', 'made'), 2, /made is not a corpus; longmix created it/);
  });
});
