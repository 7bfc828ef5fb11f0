/** Files in encodings other than UTF-8 are read if the source names the encoding, else left out and reported. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Binary, Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodingOf } from '../../src/base/encodings.ts';
import { decodeBlocks } from '../../src/read/input/decode.ts';
import { createReadCounts } from '../../src/read/read.ts';
import { fuzz } from '../support/fuzz.ts';
import { errorOf, type ReadResult, readSource, sourceOf, temporaryFolder } from './helpers.ts';

function fileWith(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

function utf16(text: string, order: 'le' | 'be' = 'le'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

function utf32(text: string, order: 'le' | 'be'): Buffer {
  return Buffer.concat(
    [...text].map((character) => {
      const bytes = Buffer.alloc(4);
      if (order === 'le') bytes.writeUInt32LE(character.codePointAt(0)!);
      else bytes.writeUInt32BE(character.codePointAt(0)!);
      return bytes;
    }),
  );
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const texts = ({ documents }: ReadResult) => documents.map(({ text }) => text);
const faults = ({ counts }: ReadResult) => counts.fileFaults.map(({ what }) => what);

const greek = 'Ελληνικά, κείμενο\nκαι άλλο 😀';
/** Bytes of a text, made with Python's codecs. */
const legacy: readonly (readonly [string, string, string])[] = [
  ['windows-1252', 'Größe: 5 €', '4772f6df653a20352080'],
  ['latin1', 'Größe', '4772f6df65'],
  ['cp1251', 'Привет, мир', 'cff0e8e2e5f22c20ece8f0'],
  ['koi8-r', 'Привет, мир', 'f0d2c9d7c5d42c20cdc9d2'],
  ['shift_jis', '日本語のテキスト', '93fa967b8cea82cc8365834c83588367'],
  ['cp932', '日本語のテキスト', '93fa967b8cea82cc8365834c83588367'],
  ['euc-jp', '日本語のテキスト', 'c6fccbdcb8eca4cea5c6a5ada5b9a5c8'],
  ['iso-2022-jp', '日本語', '1b2442467c4b5c386c1b2842'],
  ['gb18030', '中文文本', 'd6d0cec4cec4b1be'],
  ['gbk', '中文文本', 'd6d0cec4cec4b1be'],
  ['big5', '中文文本', 'a4a4a4e5a4e5a5bb'],
  ['euc-kr', '한국어 문장', 'c7d1b1b9beee20b9aec0e5'],
];

describe('encoding:', () => {
  test.each(legacy)('%s', async (label, text, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const encoding = encodingOf(label);
    expect(encoding).not.toBeNull();
    const result = await readSource(sourceOf(fileWith('a.txt', bytes), { encoding }));
    expect([texts(result), result.counts.replaced, faults(result)]).toEqual([[text], 0, []]);
    // In blocks of any size, characters are the same.
    async function* single() {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    const parts: Uint8Array[] = [];
    for await (const part of decodeBlocks(single(), encoding!, createReadCounts())) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe(text);
  });

  test.each([
    ['utf-16', utf16(`\ufeff${greek}`)],
    ['utf-16', utf16(greek)],
    // The mark knows better.
    ['utf-16', utf16(`\ufeff${greek}`, 'be')],
    ['windows-1252', utf16(`\ufeff${greek}`)],
    ['windows-1252', Buffer.from(`\ufeff${greek}`)],
    ['UTF_16_BE', utf16(greek, 'be')],
    ['utf-32', utf32(greek, 'le')],
    ['utf-32', utf32(`\ufeff${greek}`, 'be')],
    ['utf-32be', utf32(greek, 'be')],
  ])('%s of Unicode, with and without a mark', async (label, bytes) => {
    const result = await readSource(sourceOf(fileWith('a.txt', bytes), { encoding: encodingOf(label) }));
    expect([texts(result), result.counts.replaced, result.counts.badRecords]).toEqual([[greek], 0, 0]);
  });

  test('any text comes back from UTF-16 and UTF-32 in blocks of any size', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (whole, size, isWide) => {
        const bytes = isWide ? utf32(whole, 'be') : utf16(whole, 'be');
        async function* blocks() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        }
        const parts: Uint8Array[] = [];
        const encoding = isWide ? 'utf-32be' : 'utf-16be';
        for await (const part of decodeBlocks(blocks(), encoding, createReadCounts())) parts.push(part);
        const expected = whole.startsWith('\ufeff') ? whole.slice(1) : whole;
        expect(Buffer.concat(parts).toString()).toBe(expected);
      }),
      fuzz(200),
    );
  });

  test('every format that is text', async () => {
    const files: [string, string][] = [
      ['a.jsonl', '{"text":"ä 1","id":"1"}\r\n{"text":"ä 2","id":"2"}\r\n'],
      ['a.json', '[{"text":"ä 1","id":"1"},{"text":"ä 2","id":"2"}]'],
      ['a.csv', 'text,id\r\nä 1,1\r\nä 2,2\r\n'],
      ['a.tsv', 'text\tid\nä 1\t1\nä 2\t2\n'],
    ];
    for (const [name, content] of files) {
      for (const [encoding, bytes] of [
        ['utf-16le', utf16(`\ufeff${content}`)],
        ['windows-1252', latin1(content)],
      ] as const) {
        for (const suffix of ['', '.gz']) {
          const path = fileWith(name + suffix, suffix === '' ? bytes : gzipSync(bytes));
          const result = await readSource(sourceOf(path, { encoding }), { rangeBytes: 10 });
          const label = `${name}${suffix} in ${encoding}`;
          expect(
            result.documents.map(({ text, id }) => [text, id]),
            label,
          ).toEqual([
            ['ä 1', '1'],
            ['ä 2', '2'],
          ]);
        }
      }
    }
  });

  test('a file that is UTF-8 all the same, or something else, is left out and named', async () => {
    const read = async (bytes: Uint8Array, encoding: string) =>
      faults(await readSource(sourceOf(fileWith('a.txt', bytes), { encoding })));
    expect(await read(Buffer.from('plain text'), 'utf-16le')).toEqual([
      expect.stringContaining('UTF-8, not'),
    ]);
    expect(await read(Buffer.from(greek), 'windows-1252')).toEqual([expect.stringContaining('UTF-8, not')]);
    const japanese = Buffer.from('93fa967b8cea82cc8365834c83588367'.repeat(4), 'hex');
    expect(await read(japanese, 'euc-jp')).toEqual([expect.stringContaining('not euc-jp')]);
  });

  test('utf-8 takes the text whatever it has', async () => {
    const path = fileWith('a.txt', latin1('na\u00efve caf\u00e9 \u00e0 la \0'));
    const result = await readSource(sourceOf(path, { encoding: 'utf-8' }));
    expect(texts(result)).toEqual(['na\ufffdve caf\ufffd \ufffd la \0']);
    expect(result.counts.replaced).toBe(3);
  });

  test('names that are none', () => {
    for (const label of ['utf-7', 'ebcdic', '', 'utf-33', 'klingon']) expect(encodingOf(label)).toBeNull();
  });
});

describe('without encoding:', () => {
  const german = 'Größe und Maß: schöne Grüße aus München, überall';
  const russian = 'Это обычный русский текст, в котором есть слова. ';
  const foreign: [string, Uint8Array, string][] = [
    ['UTF-16 with a mark', utf16('\ufeffhello'), 'utf-16le'],
    ['UTF-16 with the other mark', utf16('\ufeffhello', 'be'), 'utf-16be'],
    ['UTF-16 without a mark', utf16('hello world'), 'utf-16le'],
    ['UTF-16 without a mark, the other order', utf16('hello world', 'be'), 'utf-16be'],
    ['Greek in UTF-16', utf16(greek), 'utf-16le'],
    ['Chinese in UTF-16', utf16('这是一个没有标记的文件，里面是中文。'), 'utf-16le'],
    ['UTF-32 with a mark', utf32('\ufeffhello', 'le'), 'utf-32le'],
    ['UTF-32 without a mark', utf32('hello', 'be'), 'utf-32be'],
    ['Latin-1', latin1(german), 'windows-1252'],
    ['a word in Latin-1', latin1('Käse'), 'windows-1252'],
    ['KOI8-R', Buffer.from('f0d2c9d7c5d42c20cdc9d221'.repeat(9), 'hex'), 'koi8-r'],
    ['Shift-JIS', Buffer.from('93fa967b8cea82cc8365834c83588367'.repeat(4), 'hex'), 'shift_jis'],
    ['EUC-JP', Buffer.from('c6fccbdcb8eca4cea5c6a5ada5b9a5c8a4c7a4b9'.repeat(4), 'hex'), 'euc-jp'],
    ['ISO-2022-JP', Buffer.from('1b2442467c4b5c386c1b2842', 'hex'), 'iso-2022-jp'],
  ];

  test.each(foreign)('%s is one bad record, named with what it probably is', async (_, bytes, encoding) => {
    const result = await readSource(sourceOf(fileWith('a.txt', bytes)));
    expect(texts(result)).toEqual([]);
    expect([result.counts.badRecords, result.counts.replaced]).toEqual([1, 0]);
    expect(faults(result)).toEqual([
      expect.stringMatching(`^not UTF-8 .*${encoding}.*encoding: ${encoding}`),
    ]);
  });

  test('the same in tables, JSON and JSON Lines, of which a large one is in ranges', async () => {
    const lines = `${JSON.stringify({ text: german })}\n`.repeat(50);
    const files: [string, Uint8Array][] = [
      ['a.jsonl', utf16(lines)],
      ['b.jsonl', latin1(lines)],
      ['c.json', latin1(`[${lines.trim().replaceAll('\n', ',')}]`)],
      ['d.csv', utf16(`\ufefftext\n${german}\n`)],
      ['e.jsonl.gz', gzipSync(latin1(lines))],
    ];
    for (const [name, bytes] of files) {
      const result = await readSource(sourceOf(fileWith(name, bytes)), { rangeBytes: 500 });
      expect([texts(result), result.counts.badRecords, faults(result).length], name).toEqual([[], 1, 1]);
    }
  });

  test.each([
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'NUL bytes'],
    ['gzip data', gzipSync('text'), 'gzip data'],
    ['a zip archive', Buffer.from('504b03041400000008004d5a', 'hex'), 'a zip archive'],
    ['text with a NUL', Buffer.from('some text \0 and more'), 'NUL bytes'],
  ])('%s in a text file is no document', async (_, bytes, kind) => {
    const result = await readSource(sourceOf(fileWith('a.txt', bytes)));
    expect(texts(result)).toEqual([]);
    expect(faults(result)).toEqual([expect.stringMatching(`^binary content \\(.*${kind}.*\\), not text$`)]);
  });

  test('a NUL in a field of a table is a character like any other', async () => {
    const table = fileWith('a.csv', 'id,text\n1,one\n2,\0\n3,three\n');
    const result = await readSource(sourceOf(table));
    expect([texts(result), result.counts.badRecords]).toEqual([['one', '\0', 'three'], 0]);
  });

  test('a few wrong bytes in a text that is UTF-8 otherwise are replaced and counted', async () => {
    const parts = [
      Buffer.from(greek),
      Buffer.from([0xff]),
      Buffer.from(greek),
      Buffer.from([0xc3]),
      Buffer.from('x'),
    ];
    const result = await readSource(sourceOf(fileWith('a.txt', Buffer.concat(parts))));
    expect(texts(result)).toEqual([`${greek}\ufffd${greek}\ufffdx`]);
    expect([result.counts.replaced, result.counts.badRecords]).toEqual([2, 0]);
    // So are strays in a long ASCII text.
    const ascii = fileWith(
      'b.txt',
      Buffer.concat([Buffer.alloc(50_000, 'plain text '), Buffer.from([0xe9, 0x20, 0x96])]),
    );
    expect((await readSource(sourceOf(ascii))).counts.replaced).toBe(2);
  });

  test('lines of JSON that are not UTF-8, in a file that begins with some that are', async () => {
    const path = fileWith(
      'a.jsonl',
      Buffer.concat([
        Buffer.from(`${JSON.stringify({ text: 'x'.repeat(70_000) })}\n`),
        latin1(`${JSON.stringify({ text: german })}\n`),
        Buffer.from(`${JSON.stringify({ text: german })}\n`),
      ]),
    );
    const { documents, counts } = await readSource(sourceOf(path));
    expect(documents.map(({ record }) => record)).toEqual([1, 3]);
    expect(counts.badSamples).toEqual([expect.objectContaining({ record: 2, reason: 'not UTF-8' })]);
  });

  test('a column of bytes in another encoding is bad records, where some wrong bytes are replaced', async () => {
    const values = [
      latin1(german),
      Buffer.from(german),
      Buffer.concat([Buffer.from(german), latin1('\u00ff')]),
    ];
    const bytes = tableToIPC(new Table({ text: vectorFromArray(values, new Binary()) }));
    const { documents, counts } = await readSource(sourceOf(fileWith('a.arrow', bytes)));
    expect(documents.map(({ text }) => text)).toEqual([german, `${german}\ufffd`]);
    expect(counts.badSamples.map(({ reason }) => reason)).toEqual(['"text" is not UTF-8']);
  });

  test('a long text that changes its encoding in the middle is an error, not U+FFFD by the thousand', async () => {
    const path = fileWith(
      'a.txt',
      Buffer.concat([Buffer.alloc(2_000_000, 'text '), Buffer.alloc(300_000, 0xe9)]),
    );
    expect(await errorOf(readSource(sourceOf(path)))).toMatchObject({
      code: 'input-encoding',
      where: path,
      exitCode: 1,
    });
    const zeros = fileWith('b.txt', Buffer.concat([Buffer.alloc(2_000_000, 'text '), Buffer.alloc(300_000)]));
    expect((await errorOf(readSource(sourceOf(zeros)))).code).toBe('input-encoding');
    expect((await readSource(sourceOf(path, { encoding: 'utf-8' }))).counts.replaced).toBe(300_000);
  });

  test('a file of a joined document is left out without its separator', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'r'));
    const files: [string, Uint8Array][] = [
      ['0.txt', utf16('\ufefffirst')],
      ['1.txt', Buffer.from('one')],
      ['2.txt', latin1(german)],
      ['3.txt', Buffer.from('three')],
    ];
    for (const [name, bytes] of files) writeFileSync(join(root, 'r', name), bytes);
    const result = await readSource(sourceOf(root, { join: 'directory', separator: '|' }));
    expect(texts(result)).toEqual(['one|three']);
    expect([result.counts.badRecords, result.counts.fileFaults.map(({ path }) => path.slice(-5))]).toEqual([
      2,
      ['0.txt', '2.txt'],
    ]);
  });

  test('UTF-8 text of any script is read', async () => {
    const samples = [
      greek,
      russian,
      german,
      '日本語のテキスト。',
      '한국어',
      'ไทย',
      '😀😀',
      'a',
      'é',
      '\u001b[31mred\u001b[0m',
      '联通',
    ];
    for (const text of samples) {
      const result = await readSource(sourceOf(fileWith('a.txt', text)));
      expect([texts(result), result.counts.badRecords], text).toEqual([[text], 0]);
    }
  });
});
