import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { discover } from '../../../src/read/input/discover.ts';
import { errorOf, readSource, sourceOf, temporaryFolder } from '../helpers.ts';

/** Writes files, each with its own name as its text. */
function folderWith(...names: string[]): string {
  const root = temporaryFolder();
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), name);
  }
  return root;
}

async function namesIn(path: string, more: Parameters<typeof sourceOf>[1] = {}): Promise<string[]> {
  return (await discover(sourceOf(path, more))).units.map((unit) => unit.name);
}

describe('directories', () => {
  test('names are sorted by code unit, over folders, and not by locale or number', async () => {
    const root = folderWith('b.txt', 'B.txt', 'a/z.txt', 'a.txt', 'a-b.txt', 'ä.txt', '10.txt', '9.txt');
    expect(await namesIn(root)).toEqual([
      '10.txt',
      '9.txt',
      'B.txt',
      'a-b.txt',
      'a.txt',
      'a/z.txt',
      'b.txt',
      'ä.txt',
    ]);
  });

  test('hidden entries, node_modules and unknown extensions are left out', async () => {
    const root = folderWith(
      'a.txt',
      '.hidden.txt',
      '.git/config.txt',
      'x/node_modules/y.txt',
      'image.png',
      'README',
      'x.constructor',
    );
    expect(await namesIn(root)).toEqual(['README', 'a.txt']);
  });

  test('a root inside node_modules is walked, and include can name what is left out', async () => {
    const root = folderWith(
      'node_modules/p/readme.md',
      'node_modules/p/node_modules/q/readme.md',
      '.github/a.md',
    );
    expect(await namesIn(join(root, 'node_modules'))).toEqual(['p/readme.md']);
    expect(await namesIn(root, { include: ['node_modules/**/*.md'] })).toHaveLength(2);
    expect(await namesIn(root, { include: ['.github/*.md'] })).toEqual(['.github/a.md']);
  });

  test('formats and compressions follow from the names, and format: overrides them', async () => {
    const root = folderWith(
      'a.jsonl',
      'b.NDJSON.gz',
      'c.jsonl.zst',
      'd.csv.br',
      'e.tsv',
      'f.parquet',
      'g.feather',
      'h.rs',
    );
    const { units } = await discover(sourceOf(root));
    expect(units.map(({ files }) => [files[0]!.format, files[0]!.compression])).toEqual([
      ['jsonl', 'none'],
      ['jsonl', 'gzip'],
      ['jsonl', 'zstd'],
      ['csv', 'brotli'],
      ['tsv', 'none'],
      ['parquet', 'none'],
      ['arrow', 'none'],
      ['text', 'none'],
    ]);
    const { units: overridden } = await discover(sourceOf(root, { format: 'text', include: ['[ab]*'] }));
    expect(overridden.map(({ files }) => [files[0]!.format, files[0]!.compression])).toEqual([
      ['text', 'none'],
      ['text', 'gzip'],
    ]);
  });

  test('include and exclude are matched against the relative path', async () => {
    const root = folderWith('a/x.ts', 'a/x.js', 'b/y.ts', 'z.ts');
    expect(await namesIn(root, { include: ['**/*.ts'], exclude: ['b/**'] })).toEqual(['a/x.ts', 'z.ts']);
  });

  test('a link to a directory above does not loop, and links to files are followed', async () => {
    const root = folderWith('a/x.txt', 'a/b/y.txt');
    symlinkSync(root, join(root, 'a', 'b', 'up'));
    symlinkSync(join(root, 'a'), join(root, 'a', 'b', 'self'));
    symlinkSync(join(root, 'a', 'x.txt'), join(root, 'link.txt'));
    expect(await namesIn(root)).toEqual(['a/b/y.txt', 'a/x.txt', 'link.txt']);
  });

  test('a dead link is an error if it names something to read', async () => {
    const root = folderWith('a.txt');
    symlinkSync('nowhere', join(root, 'dead.png'));
    expect(await namesIn(root)).toEqual(['a.txt']);
    symlinkSync('nowhere', join(root, 'dead.txt'));
    expect(await errorOf(discover(sourceOf(root)))).toMatchObject({
      code: 'input-unreadable',
      where: join(root, 'dead.txt'),
    });
  });

  test('an empty file of text, JSON or a table is no document and no error', async () => {
    const root = temporaryFolder();
    for (const name of ['a.txt', 'b.jsonl', 'c.json', 'd.csv', 'e.tsv']) writeFileSync(join(root, name), '');
    const { documents, counts } = await readSource(sourceOf(root));
    expect([documents, counts.badRecords]).toEqual([[], 0]);
  });

  test.each(['a.txt.gz', 'd.csv.zst', 'g.jsonl.br', 'e.parquet', 'f.arrow', 'h.json.gz'])(
    'an empty %s is an error that names it: each has a header at least',
    async (name) => {
      const path = join(temporaryFolder(), name);
      writeFileSync(path, '');
      const error = await errorOf(readSource(sourceOf(path)));
      expect(error).toMatchObject({ code: 'input-corrupt', where: path });
      expect(error.message).toContain('is empty');
    },
  );
});

describe('.json in a directory', () => {
  test('holds records if it begins as an array, and an object without the text is text like the source code around it', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'package.json'), '{"name": "settings"}');
    writeFileSync(join(root, 'records.json'), '\ufeff\n [{"text": "a"}]');
    writeFileSync(join(root, 'none.json'), '');
    const { units } = await discover(sourceOf(root));
    expect(units.map(({ name, files }) => [name, files[0]!.format])).toEqual([
      ['none.json', 'text'],
      ['package.json', 'text'],
      ['records.json', 'json'],
    ]);
    const { units: asked } = await discover(sourceOf(root, { format: 'json' }));
    expect(asked.map(({ files }) => files[0]!.format)).toEqual(['json', 'json', 'json']);
  });

  test('is JSON Lines if a second line begins with an object of its own, alone or in a directory', async () => {
    const root = temporaryFolder();
    const texts = {
      'blank.json': '\ufeff\n{"text": "a"} \r\n\n {"text": "b"}',
      'lines.json': '{"text": "a"}\n{"text": "b"}\n',
      // The first line does not end in the first block that is read.
      'long.json': `{"text": "${'a'.repeat(300_000)}"}\n{"text": "b"}\n`,
      'nested.json': '{"a": {}\n}\n',
      'one.json': '{"text": "a"}\n',
      'pretty.json': '{\n  "a": [\n    {}\n  ]\n}\n',
    };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(root, name), text);
    const { units } = await discover(sourceOf(root));
    expect(units.map(({ files }) => files[0]!.format)).toEqual([
      'jsonl',
      'jsonl',
      'jsonl',
      'text',
      'json',
      'text',
    ]);
    const [alone] = (await discover(sourceOf(join(root, 'lines.json')))).units;
    expect(alone!.files[0]!.format).toBe('jsonl');
  });

  test("the same where it is compressed, as C4's", async () => {
    const root = temporaryFolder();
    const lines = `{"text": "${'a'.repeat(600_000)}"}\n{"text": "b"}\n`;
    writeFileSync(join(root, 'array.json.br'), brotliCompressSync('[{"text": "a"}]'));
    writeFileSync(join(root, 'lines.json.gz'), gzipSync(lines));
    writeFileSync(join(root, 'one.json.gz'), gzipSync('{"text": "a"}'));
    const { units } = await discover(sourceOf(root));
    expect(units.map(({ files }) => files[0]!.format)).toEqual(['json', 'jsonl', 'json']);
    expect((await readSource(sourceOf(join(root, 'lines.json.gz')))).documents).toHaveLength(2);
    writeFileSync(join(root, 'torn.json.gz'), gzipSync(lines).subarray(0, 100));
    expect(await errorOf(discover(sourceOf(root)))).toMatchObject({
      code: 'input-corrupt',
      where: join(root, 'torn.json.gz'),
    });
  });

  test('that `datasets` writes beside its Arrow files is no document', async () => {
    const notes = ['dataset_dict.json', 'train/dataset_info.json', 'train/state.json'];
    expect(await namesIn(folderWith(...notes, 'train/data-00000-of-00001.arrow', 'other.json'))).toEqual([
      'other.json',
      'train/data-00000-of-00001.arrow',
    ]);
    expect(await namesIn(folderWith(...notes))).toEqual(notes);
  });
});

describe('globs', () => {
  test('names are relative to the part without wildcards', async () => {
    const root = folderWith('a/1.txt', 'a/2.md', 'a/deep/3.txt', 'b/4.txt');
    expect(await namesIn(`${root}/*/*.txt`)).toEqual(['a/1.txt', 'b/4.txt']);
    expect(await namesIn(`${root}/a/**/*.txt`)).toEqual(['1.txt', 'deep/3.txt']);
    expect(await namesIn(`${root}/{a,b}/*.{txt,md}`)).toEqual(['a/1.txt', 'a/2.md', 'b/4.txt']);
  });

  test('a file whose name looks like a glob is that file', async () => {
    const root = folderWith('a[1].txt', 'a1.txt');
    expect(await namesIn(join(root, 'a[1].txt'))).toEqual(['a[1].txt']);
  });
});

describe('join: directory', () => {
  const join_ = { join: 'directory', separator: '|' } as const;

  test('each first-level directory is a document of its files in path order, and the root is one', async () => {
    const root = folderWith(
      'repo-b/z.txt',
      'repo-b/a/x.txt',
      'repo-b/a.txt',
      'repo-a/m.md',
      'top.txt',
      'repo-a/d.csv',
    );
    const { units } = await discover(sourceOf(root, join_));
    expect(units.map(({ name }) => name)).toEqual(['.', 'repo-a', 'repo-b']);
    const { documents } = await readSource(sourceOf(root, join_));
    expect(documents.map(({ text }) => text)).toEqual([
      'top.txt',
      'repo-a/m.md',
      'repo-b/a.txt|repo-b/a/x.txt|repo-b/z.txt',
    ]);
  });

  test('a directory of the name of the root is another document, and no name is that of the root', async () => {
    const root = folderWith('requests/setup.py', 'requests/requests/api.py');
    const { units } = await discover(sourceOf(join(root, 'requests'), join_));
    expect(units.map(({ name, files }) => [name, files[0]!.name])).toEqual([
      ['.', 'setup.py'],
      ['requests', 'requests/api.py'],
    ]);
  });

  test('byte-order marks inside a joined document are dropped', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'r'));
    for (const name of ['1.txt', '2.txt']) writeFileSync(join(root, 'r', name), `\ufeff${name}`);
    expect((await readSource(sourceOf(root, join_))).documents[0]!.text).toBe('1.txt|2.txt');
  });

  test('formats with records, and single files, are errors', async () => {
    const root = folderWith('r/a.jsonl', 'a.txt');
    const format = await errorOf(discover(sourceOf(root, { ...join_, format: 'jsonl' })));
    expect(format).toMatchObject({
      code: 'source-format',
      message: expect.stringContaining('format: jsonl'),
    });
    const single = await errorOf(discover(sourceOf(join(root, 'a.txt'), join_)));
    expect(single).toMatchObject({ code: 'source-format' });
  });
});

describe('errors', () => {
  test('a missing path', async () => {
    const error = await errorOf(discover(sourceOf('/no/such/corpus')));
    expect(error).toMatchObject({ code: 'source-missing', exitCode: 2 });
    expect(error.message).toContain('/no/such/corpus');
    expect((await errorOf(discover(sourceOf('/no/such/*.txt')))).code).toBe('source-missing');
  });

  test('a link to nothing is named with what it leads to', async () => {
    const root = folderWith('a.txt');
    symlinkSync('gone.txt', join(root, 'b.txt'));
    const error = await errorOf(discover(sourceOf(root)));
    expect(error).toMatchObject({ code: 'input-unreadable', where: join(root, 'b.txt') });
    expect(error.message).toBe('a link to gone.txt, which is not there');
  });

  test('files of unknown format are told', async () => {
    const root = folderWith('a.txt', 'b.zip', 'c/d.xz', 'e.log', 'core');
    const { units, leftOut } = await discover(sourceOf(root, { exclude: ['*.log'] }));
    expect(units).toHaveLength(1);
    expect(leftOut.map(({ name }) => name).sort()).toEqual(['b.zip', 'c/d.xz', 'core']);
  });

  test('a directory without anything to read says what it has and what would be read', async () => {
    const root = folderWith('picture.png');
    const error = await errorOf(discover(sourceOf(root, { exclude: ['*.md'] })));
    expect(error).toMatchObject({ code: 'source-empty', exitCode: 2 });
    expect(error.message).toContain(`${root} (exclude *.md)`);
    expect(error.message).toContain('picture.png');
    expect(error.cure).toContain('.jsonl');
    expect((await errorOf(discover(sourceOf(`${root}/*.txt`)))).code).toBe('source-empty');
  });

  test.each(['a.jsonl', 'b.parquet', 'c.txt'])('a pointer of Git LFS in place of %s', async (name) => {
    const root = folderWith(name);
    writeFileSync(join(root, name), 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n');
    expect(await errorOf(discover(sourceOf(root)))).toMatchObject({
      code: 'input-unfetched',
      where: join(root, name),
    });
  });

  test('a single file of unknown format lists the formats, and format: reads it', async () => {
    const path = join(folderWith('words.dat'), 'words.dat');
    const error = await errorOf(discover(sourceOf(path)));
    expect(error.code).toBe('source-format');
    expect(error.cure).toContain('.parquet');
    expect((await readSource(sourceOf(path, { format: 'text' }))).documents[0]!.text).toBe('words.dat');
  });

  test.skipIf(process.getuid?.() === 0)('an unreadable file or directory is named', async () => {
    const root = folderWith('a.txt', 'b/c.txt');
    chmodSync(join(root, 'a.txt'), 0);
    expect(await errorOf(discover(sourceOf(root)))).toMatchObject({
      code: 'input-unreadable',
      where: join(root, 'a.txt'),
    });
    chmodSync(join(root, 'a.txt'), 0o600);
    chmodSync(join(root, 'b'), 0);
    const error = await errorOf(discover(sourceOf(root)));
    chmodSync(join(root, 'b'), 0o700);
    expect(error).toMatchObject({ code: 'input-unreadable', where: join(root, 'b') });
  });
});
