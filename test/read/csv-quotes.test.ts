/** Quotes in tables: around fields, in unquoted tables, and without a closing quote. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvRows } from '../../src/read/formats/csv-rows.ts';
import { discover } from '../../src/read/input/discover.ts';
import { createReadCounts, read } from '../../src/read/read.ts';
import { fuzz } from '../support/fuzz.ts';
import { errorOf, type ReadResult, readSource, sourceOf, temporaryFolder } from './helpers.ts';

function fileWith(name: string, content: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const pairs = ({ documents }: ReadResult) => documents.map(({ id, text }) => [id, text]);

const unquoted = 'id\ttext\n1\tplain\n2\t"He said\n3\tin the middle\n4\tends here"\n5\tlast\n';
const asItStands = [
  ['1', 'plain'],
  ['2', '"He said'],
  ['3', 'in the middle'],
  ['4', 'ends here"'],
  ['5', 'last'],
];

describe('a TSV', () => {
  test('whose quotes are text loses no row', async () => {
    for (const quote of ['auto', 'none'] as const) {
      const result = await readSource(sourceOf(fileWith('a.tsv', unquoted), { quote }));
      expect([pairs(result), result.counts.badRecords]).toEqual([asItStands, 0]);
    }
  });

  test('with double quotes by the rule is told where they go around rows', async () => {
    const result = await readSource(sourceOf(fileWith('a.tsv', unquoted), { quote: 'double' }));
    expect(pairs(result)).toEqual([
      ['1', 'plain'],
      ['2', 'He said\n3\tin the middle\n4\tends here'],
      ['5', 'last'],
    ]);
  });

  test('with quoted fields over several lines keeps them', async () => {
    const path = fileWith('a.tsv', 'id\ttext\n1\t"two\nlines, ""quoted"""\r\n2\t"a\ttab"\n3\t"x\n\ny"\n');
    expect(pairs(await readSource(sourceOf(path)))).toEqual([
      ['1', 'two\nlines, "quoted"'],
      ['2', 'a\ttab'],
      ['3', 'x\n\ny'],
    ]);
  });

  test('with a quote that nothing closes has all its rows', async () => {
    const path = fileWith('a.tsv', 'id\ttext\n1\t"open\n2\tb\n3\t"also\n4\td');
    const result = await readSource(sourceOf(path));
    expect(pairs(result)).toEqual([
      ['1', '"open'],
      ['2', 'b'],
      ['3', '"also'],
      ['4', 'd'],
    ]);
  });
});

describe('a CSV', () => {
  test('with a quote that nothing closes loses that row only, and says where', async () => {
    const path = fileWith('a.csv', 'id,text\n1,one\n2,"never closed\n3,three\n');
    const result = await readSource(sourceOf(path));
    expect(pairs(result)).toEqual([
      ['1', 'one'],
      ['3', 'three'],
    ]);
    expect(result.counts.badSamples).toEqual([
      {
        file: path,
        start: 0,
        record: 2,
        reason: 'line 3 has a quote that is never closed (quote: none treats quotes as text)',
      },
    ]);
  });

  test('whose quotes hold lines together that look like rows is read by the rule, and told', async () => {
    const path = fileWith('a.csv', unquoted.replaceAll('\t', ','));
    const result = await readSource(sourceOf(path));
    expect(result.documents).toHaveLength(3);
    expect(result.counts.fileFaults).toEqual([
      {
        path,
        what: 'quotes join lines that look like separate rows, from line 3 (quote: none treats quotes as text)',
        leftOut: false,
      },
    ]);
    const plain = await readSource(sourceOf(path, { quote: 'none' }));
    expect([pairs(plain), plain.counts.fileFaults]).toEqual([asItStands, []]);
  });

  test('with quotes inside and after quotes keeps them', async () => {
    const path = fileWith('a.csv', 'id,text\n1,"say "hi" to me, please"\n2,5" disk\n3,"""q"""\n4,""\n');
    expect(pairs(await readSource(sourceOf(path)))).toEqual([
      ['1', 'say "hi" to me, please'],
      ['2', '5" disk'],
      ['3', '"q"'],
      ['4', ''],
    ]);
  });

  test('a field that is larger than the memory allows is an error that names its line', async () => {
    const path = fileWith('a.csv', `id,text\n1,one\n2,"${'long\n'.repeat(400_000)}`);
    const all = async () => {
      const [unit] = (await discover(sourceOf(path))).units;
      for await (const chunk of read(unit!, createReadCounts(), { recordBytes: 1_000_000 })) void chunk;
    };
    expect(await errorOf(all())).toMatchObject({ code: 'memory-exceeded', where: `${path}:3` });
  });

  test('with a byte-order mark, and lines that end in a carriage return alone', async () => {
    const path = fileWith('a.csv', '\ufeffid,text\r1,a\r\r2,"b\rc"\r');
    expect(pairs(await readSource(sourceOf(path)))).toEqual([
      ['1', 'a'],
      ['2', 'b\rc'],
    ]);
  });
});

/** Field by field, character by character. */
function plainRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    let quoted = false;
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        quoted = true;
        for (at += 1; !(text[at] === '"' && text[at + 1] !== '"'); at += text[at] === '"' ? 2 : 1)
          field += text[at];
        at += 1;
      } else for (; at < text.length && !`${delimiter}\r\n`.includes(text[at]!); at += 1) field += text[at];
      row.push(field);
      if (text[at] !== delimiter) break;
      at += 1;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (quoted || row.length > 1 || row[0] !== '') rows.push(row);
  }
  return rows;
}

test('any table comes back as it was written, in blocks of any size', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', '\t', '"', '\n', '\r', ' '), maxLength: 6 });
  const written = fc
    .tuple(
      fc.array(fc.array(field, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
    )
    .map(([rows, end, ended]) => {
      const line = (row: string[]) =>
        row.map((one) => (/[",\t\r\n]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one)).join(',');
      return rows.map(line).join(end) + (ended ? end : '');
    });
  fc.assert(
    fc.property(written, fc.integer({ min: 1, max: 12 }), (text, size) => {
      const rows = new CsvRows(',', 'double');
      const found: string[][] = [];
      const take = (some: Iterable<{ fields: readonly Uint8Array[] }>) => {
        for (const { fields } of some) found.push(fields.map((one) => Buffer.from(one).toString()));
      };
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) take(rows.push(bytes.subarray(at, at + size)));
      take(rows.end());
      expect(found).toEqual(plainRows(text, ','));
    }),
    fuzz(1500),
  );
});
