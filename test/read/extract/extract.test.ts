/** Good and bad notebooks, books and programs, through `discover` and `read`. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import packageFile from '../../../package.json' with { type: 'json' };
import { extractorOf } from '../../../src/read/formats.ts';
import { errorOf as failureOf, readSource, sourceOf, temporaryFolder } from '../helpers.ts';
import { epubFile, zipFile } from './zip-file.ts';

const chapter = (body: string): string =>
  `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>${body}</body></html>`;

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const root = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

async function textsOf(
  files: Readonly<Record<string, string | Buffer>>,
  more: Parameters<typeof sourceOf>[1] = {},
) {
  const { documents, counts } = await readSource(sourceOf(folderOf(files), more));
  return {
    texts: documents.map(({ text }) => text),
    reasons: counts.badSamples.map(({ reason }) => reason),
    bad: counts.badRecords,
  };
}

const notebook = JSON.stringify({
  cells: [
    { cell_type: 'markdown', source: ['# Title\n', 'and [a link](u)'] },
    { cell_type: 'code', source: 'x = 1\nprint(x)\n', outputs: [{ text: 'output' }] },
    { cell_type: 'code', source: [] },
  ],
  metadata: { language_info: { name: 'julia' } },
  nbformat: 4,
});

test('a notebook is its cells in order, without outputs', async () => {
  const { texts } = await textsOf({ 'a.ipynb': notebook, 'b.ipynb.gz': gzipSync(notebook) });
  const text = '# Title\nand [a link](u)\n\n```julia\nx = 1\nprint(x)\n```';
  expect(texts).toEqual([text, text]);
});

test('what is no notebook is a bad record; one without cells is no document', async () => {
  const { texts, reasons } = await textsOf({
    'a.ipynb': '{"x": 1}',
    'b.ipynb': '{',
    'c.ipynb': '{"cells": []}',
    'd.ipynb': '['.repeat(100_000),
  });
  expect(texts).toEqual([]);
  expect(reasons).toEqual([
    'not a notebook: it has no cells',
    expect.stringMatching(/^not a notebook: /),
    expect.stringMatching(/^not a notebook: /),
  ]);
});

test('a book is its chapters in the order of the spine, without the table of contents', async () => {
  const book = epubFile(
    {
      'nav.xhtml': chapter('<nav>Contents</nav>'),
      'b.xhtml': chapter('<h1>Two</h1>'),
      'text/a 1.xhtml': chapter('<h1>One</h1><p>First &#8212; <i>text</i>.</p>'),
    },
    ['nav.xhtml', 'text/a 1.xhtml', 'b.xhtml'],
  );
  expect((await textsOf({ 'a.epub': book })).texts).toEqual(['# One\n\nFirst — *text*.\n\n# Two']);
});

test('every kind of unsound book is a bad record with its reason, and no file outside is read', async () => {
  const one = { 'a.xhtml': chapter('<p>One</p>') };
  const sound = epubFile(one);
  const encryption = '<encryption><CipherReference URI="OEBPS/a.xhtml"/></encryption>';
  const page = chapter('<p>One</p>');
  const { texts, reasons } = await textsOf({
    '01-cut.epub': sound.subarray(0, sound.length - 30),
    '02-empty.epub': '',
    '03-no-book.epub': zipFile([{ name: 'a.txt', content: 'x' }]),
    '04-check.epub': epubFile(one, ['a.xhtml'], [{ name: 'OEBPS/a.xhtml', content: page, check: 1 }]),
    '05-bomb.epub': epubFile(
      one,
      ['a.xhtml'],
      [{ name: 'OEBPS/a.xhtml', content: ' '.repeat(5_000_000), size: 10 }],
    ),
    '06-large.epub': epubFile(
      one,
      ['a.xhtml'],
      [{ name: 'OEBPS/a.xhtml', content: page, size: 4_000_000_000 }],
    ),
    '07-locked.epub': epubFile(one, ['a.xhtml'], [{ name: 'META-INF/encryption.xml', content: encryption }]),
    '08-password.epub': epubFile(one, ['a.xhtml'], [{ name: 'OEBPS/a.xhtml', content: page, flags: 1 }]),
    '09-outside.epub': epubFile(
      { '../../../../../../etc/passwd': '' },
      ['../../../../../../etc/passwd'],
      [{ name: 'OEBPS/../../../../../../etc/passwd', content: 'x' }],
    ),
    '10-missing.epub': epubFile(one, ['b.xhtml']),
    '11-no-text.epub': epubFile({ 'a.xhtml': chapter('<p></p>') }),
    '12-sound.epub': sound,
  });
  expect(texts).toEqual(['One']);
  expect(reasons).toEqual([
    expect.stringContaining('not a valid EPUB'),
    expect.stringContaining('not a valid EPUB'),
    'not an EPUB: it has no META-INF/container.xml',
    'OEBPS/a.xhtml is damaged: its checksum differs',
    expect.stringContaining('not a valid EPUB'),
    'its chapters are 4000 MB unpacked; at most 268 MB are read',
    'its chapters are encrypted (OEBPS/a.xhtml)',
    'OEBPS/a.xhtml is encrypted',
    expect.stringContaining('not a valid EPUB'),
    'the EPUB\'s spine names "b.xhtml", which it does not list',
    'there is no text in it',
  ]);
});

test('a page that is longer than pages are is a bad record; one without text, too; an empty file is nothing', async () => {
  const { texts, reasons } = await textsOf({
    'a.html': `<p>${'long '.repeat(7_000_000)}`,
    'b.html': '<script>1</script>',
    'c.html': '',
    'd.html': '<p>d',
  });
  expect(texts).toEqual(['d']);
  expect(reasons).toEqual([
    expect.stringMatching(/^it has 35 MB; .*extract: false/),
    'there is no text in it',
  ]);
});

test('extract: false reads pages and notebooks as they are, and no book', async () => {
  const { texts } = await textsOf(
    { 'a.html': '<p>a</p>', 'b.ipynb': notebook, 'c.epub': epubFile({}), 'd.txt': 'd' },
    { extract: false },
  );
  expect(texts).toEqual(['<p>a</p>', notebook, 'd']);
});

test('joined files have their text taken out, and a bad one is left out of them', async () => {
  const { texts, bad } = await textsOf(
    { 'r/a.ts': 'let a', 'r/b.ipynb': '{', 'r/c.html': '<p>c</p>', 'r/d.md': 'd' },
    { join: 'directory', separator: '\n--\n' },
  );
  expect({ texts, bad }).toEqual({ texts: ['let a\n--\nc\n--\nd'], bad: 1 });
});

test('a command reads what longmix does not, file by file, without a shell', async () => {
  const script = `const { readFileSync } = require('fs'); const [, path, word] = process.argv;
    const text = readFileSync(path, 'utf8'); if (text === 'fail') { console.error('one\\ntwo'); process.exit(3); }
    if (text === 'die') process.kill(process.pid, 'SIGABRT');
    process.stdout.write(text.toUpperCase() + word);`;
  const command = [process.execPath, '-e', script, '--', '{file}', '$(x) {}'];
  const files = { "a '$b.pdf": 'one', 'b.pdf': 'fail', 'c.pdf': '', 'd.pdf': 'die' };
  const { texts, reasons } = await textsOf(files, { command });
  expect(texts).toEqual([
    expect.stringMatching(/^ONE\$\(x\) \/.*\/a '\$b\.pdf$/),
    expect.stringMatching(/^\$\(x\) /),
  ]);
  expect(reasons).toEqual([
    expect.stringMatching(/: exit code 3: one; two$/),
    expect.stringMatching(/: ended by SIGABRT$/),
  ]);
});

test.each([
  ['by a signal', "process.kill(process.pid, 'SIGTERM'); setTimeout(console.log, 5000)"],
  ['as a shell says it', 'process.exit(137)'],
])('a program that is ended from outside, %s, is an error: its file is not to blame', async (_, script) => {
  const command = [process.execPath, '-e', script];
  await expect(textsOf({ 'a.pdf': 'one' }, { command })).rejects.toMatchObject({
    code: 'command-killed',
    exitCode: 1,
  });
});

test('a program that writes no text makes a bad record, and what is not UTF-8 is counted', async () => {
  const root = folderOf({
    'a.pdf': '',
    'run.sh': '#!/bin/sh\ncase "$1" in *a.pdf) ;; *) printf "x\\377y" ;; esac\n',
    'b.pdf': '',
  });
  chmodSync(join(root, 'run.sh'), 0o755);
  const { documents, counts } = await readSource(
    sourceOf(root, { include: ['*.pdf'], command: [join(root, 'run.sh'), '{}'] }),
  );
  expect(documents.map(({ text }) => text)).toEqual(['x\ufffdy']);
  expect(counts).toMatchObject({ badRecords: 1, replaced: 1 });
});

test('a text that is too large for the memory is an error, and never a bad record, which depends on no setting', async () => {
  const page = chapter(`<p>${'long '.repeat(2000)}</p>`);
  const epub = epubFile({ 'one.xhtml': page });
  const command = [process.execPath, '-e', "process.stdout.write('text '.repeat(2000))"];
  for (const [files, more] of [
    [{ 'a.html': page }, {}],
    [{ 'a.epub': epub }, {}],
    [{ 'a.pdf': '' }, { command }],
  ] as const) {
    const source = sourceOf(folderOf(files), more);
    expect((await readSource(source)).documents).toHaveLength(1);
    expect(await failureOf(readSource(source, { recordBytes: 5000 }))).toMatchObject({
      code: 'memory-exceeded',
      exitCode: 1,
      where: expect.stringContaining('/a.') as string,
    });
  }
});

test('the record of a store names the very version that takes the text out', () => {
  const name = (format: 'html' | 'epub') =>
    extractorOf({
      source: sourceOf('/nowhere'),
      files: [{ path: '', name: '', bytes: 0, stamp: '', format, compression: 'none' }],
    });
  for (const format of ['html', 'epub'] as const)
    expect(name(format)).toContain(`htmlparser2 ${packageFile.dependencies.htmlparser2}`);
});
