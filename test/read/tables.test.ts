/** Special properties of CSV, JSON, Parquet and Arrow. golden.test.ts tests the documents themselves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Field,
  Int64,
  makeData,
  makeVector,
  RecordBatchStreamWriter,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { discover } from '../../src/read/input/discover.ts';
import { createReadCounts, read as readUnit } from '../../src/read/read.ts';
import { errorOf, readSource, sourceOf, temporaryFolder } from './helpers.ts';

function fileWith(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

function utf8(text: string, ends: readonly number[]) {
  return { length: ends.length - 1, data: Buffer.from(text), valueOffsets: Int32Array.from(ends) };
}

describe('CSV', () => {
  test('quotes, delimiters and line ends inside quotes, a byte-order mark, and CRLF between rows', async () => {
    const path = fileWith(
      'a.csv',
      '\ufeffid,text,set\r\n1,"a ""b"", c\r\nd\n",s1\r\n\r\n2,5" disk,s2\r\n3,,s3',
    );
    const fields = { text: 'text', id: 'id', source: 'set' };
    const { documents } = await readSource(sourceOf(path, { fields }));
    expect(documents).toEqual([
      { text: 'a "b", c\r\nd\n', id: '1', record: 1, source: 's1' },
      { text: '5" disk', id: '2', record: 2, source: 's2' },
      { text: '', id: '3', record: 3, source: 's3' },
    ]);
  });

  test('a row with too few or too many fields is a bad record with its number', async () => {
    const path = fileWith('a.csv', 'id,text\n1,one\n2\n3,three\n4,four,more\n5,five\n');
    const { documents, counts } = await readSource(sourceOf(path));
    expect(documents.map(({ record }) => record)).toEqual([1, 3, 5]);
    expect(counts.badSamples.map(({ record }) => record)).toEqual([2, 4]);
  });

  test('a wrong column is an error that names the columns', async () => {
    const path = fileWith('a.tsv', 'url\tbody\nu\tb\n');
    const error = await errorOf(readSource(sourceOf(path)));
    expect(error).toMatchObject({ code: 'field-missing', where: path });
    expect(error.message).toContain('"url", "body"');
  });
});

describe('a table with other separators', () => {
  test('is told as one, and a name that is a line of text is cut', async () => {
    const error = await errorOf(readSource(sourceOf(fileWith('a.csv', 'id;text\n1;one\n'))));
    expect(error.cure).toContain('commas (csv) or tabs (tsv)');
    const long = await errorOf(readSource(sourceOf(fileWith('b.csv', `${'x'.repeat(100_000)}\n1\n`))));
    expect(long.message.length).toBeLessThan(300);
  });
});

describe('JSON', () => {
  test('an element that is larger than the memory allows is an error that names it', async () => {
    const path = fileWith('a.json', `[{"text":"a"},{"text":"${'b'.repeat(3_000_000)}"}]`);
    const read = async (recordBytes: number) => {
      const [unit] = (await discover(sourceOf(path))).units;
      const counts = createReadCounts();
      for await (const chunk of readUnit(unit!, counts, { recordBytes })) void chunk;
      return counts.documents;
    };
    expect(await read(4_000_000)).toBe(2);
    expect(await errorOf(read(1_000_000))).toMatchObject({
      code: 'memory-exceeded',
      where: `${path}: element 2`,
    });
  });

  test('elements that are no documents are bad records', async () => {
    const path = fileWith(
      'a.json',
      '\ufeff [{"text":"a"}, 5, {"text":null}, [{"text":"x"}], {"text":"b","id":2.5}]\n',
    );
    const { documents, counts } = await readSource(sourceOf(path));
    expect(documents.map(({ text, record, id }) => [text, record, id])).toEqual([
      ['a', 1, null],
      ['b', 5, '2.5'],
    ]);
    expect(counts.badSamples.map(({ record }) => record)).toEqual([2, 3, 4]);
  });

  test.each(['[{"text":"a"},', '[{"text":"a"', '[{"text":"a"}] x', '[{"text":a}]'])(
    '%s is an error',
    async (content) => {
      const path = fileWith('a.json', content);
      expect(await errorOf(readSource(sourceOf(path)))).toMatchObject({ code: 'input-corrupt', where: path });
    },
  );

  test('an empty array is no document; lone surrogates are replaced and counted', async () => {
    expect((await readSource(sourceOf(fileWith('a.json', '[]')))).documents).toEqual([]);
    const { documents, counts } = await readSource(sourceOf(fileWith('a.json', '[{"text":"\\udc00x"}]')));
    expect([documents[0]!.text, counts.replaced]).toEqual(['\ufffdx', 1]);
  });
});

describe('Parquet', () => {
  const columnData = [
    { name: 'body', data: ['a', null, 'c'], type: 'STRING' as const, nullable: true },
    { name: 'key', data: [1n, 2n, 2n ** 60n], type: 'INT64' as const },
  ];

  test('null texts are bad records, 64-bit ids are exact', async () => {
    const path = fileWith('a.parquet', Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 2 })));
    const { documents, counts } = await readSource(
      sourceOf(path, { fields: { text: 'body', id: 'key', source: null } }),
    );
    expect(documents.map(({ text, id, record }) => [text, id, record])).toEqual([
      ['a', '1', 1],
      ['c', String(2n ** 60n), 3],
    ]);
    expect(counts.badSamples).toEqual([
      { file: path, start: 0, record: 2, reason: expect.stringContaining('not a string') },
    ]);
  });

  test('a wrong column, and a file cut short, are errors that name the file', async () => {
    const bytes = Buffer.from(parquetWriteBuffer({ columnData }));
    const path = fileWith('a.parquet', bytes);
    const error = await errorOf(readSource(sourceOf(path)));
    expect(error).toMatchObject({ code: 'field-missing', where: path });
    expect(error.message).toContain('"body", "key"');
    const cut = fileWith('b.parquet', bytes.subarray(0, bytes.length - 9));
    expect(await errorOf(readSource(sourceOf(cut)))).toMatchObject({ code: 'input-corrupt', where: cut });
  });
});

describe('Arrow', () => {
  test('what lies below a null struct is no document', async () => {
    const text = makeData({ type: new Utf8(), ...utf8('onetwothree', [0, 3, 6, 11]) });
    const type = new Struct<{ t: Utf8 }>([new Field('t', new Utf8())]);
    const meta = makeVector(
      makeData({ type, children: [text], length: 3, nullCount: 1, nullBitmap: new Uint8Array([0b101]) }),
    );
    const path = fileWith('a.arrow', tableToIPC(new Table({ meta })));
    const { documents, counts } = await readSource(
      sourceOf(path, { fields: { text: 'meta.t', id: 'id', source: null } }),
    );
    expect(documents.map((one) => one.text)).toEqual(['one', 'three']);
    expect(counts.badRecords).toBe(1);
  });

  const table = new Table({
    body: vectorFromArray(['a', null, '長い'], new Utf8()),
    key: vectorFromArray([1n, 2n, 2n ** 60n], new Int64()),
  });
  const fields = { text: 'body', id: 'key', source: null };

  test.each(['file', 'stream'] as const)(
    '%s: null texts are bad records, 64-bit ids are exact',
    async (kind) => {
      const path = fileWith('a.arrow', tableToIPC(table, kind));
      const { documents, counts } = await readSource(sourceOf(path, { fields }));
      expect(documents.map(({ text, id, record }) => [text, id, record])).toEqual([
        ['a', '1', 1],
        ['長い', String(2n ** 60n), 3],
      ]);
      expect(counts.badSamples.map(({ record }) => record)).toEqual([2]);
    },
  );

  test.each(['file', 'stream'] as const)(
    '%s: a wrong column, and a file cut short, are errors',
    async (kind) => {
      const bytes = tableToIPC(table, kind);
      const path = fileWith('a.arrow', bytes);
      const error = await errorOf(readSource(sourceOf(path)));
      expect(error).toMatchObject({ code: 'field-missing', where: path });
      expect(error.message).toContain('"body", "key"');
      for (const length of [6, 100, bytes.length >> 1, bytes.length - 60]) {
        const cut = fileWith('b.arrow', bytes.subarray(0, length));
        expect(
          await errorOf(readSource(sourceOf(cut, { fields }))),
          `cut at ${length} of ${bytes.length}`,
        ).toMatchObject({
          code: 'input-corrupt',
          where: cut,
        });
      }
    },
  );

  test('a schema without record batches is no document', async () => {
    const writer = new RecordBatchStreamWriter();
    writer.reset(undefined, table.schema);
    writer.finish();
    const path = fileWith('a.arrow', writer.toUint8Array(true));
    expect((await readSource(sourceOf(path, { fields }))).documents).toEqual([]);
  });
});

test('no column of the name that `source` has is an error at once, which names the columns', async () => {
  const fields = { text: 'body', id: 'id', source: 'set' };
  const columnData = [
    { name: 'body', data: ['a'], type: 'STRING' as const },
    { name: 'origin', data: ['o'], type: 'STRING' as const },
  ];
  const body = vectorFromArray(['a'], new Utf8());
  const table = new Table({ body, origin: body });
  const files = [
    fileWith('a.csv', 'body,origin\na,o\n'),
    fileWith('a.json', '[{"body":"a","origin":"o"}]'),
    fileWith('a.parquet', Buffer.from(parquetWriteBuffer({ columnData }))),
    fileWith('a.arrow', tableToIPC(table, 'file')),
  ];
  for (const path of files) {
    const error = await errorOf(readSource(sourceOf(path, { fields })));
    expect(error).toMatchObject({ code: 'field-missing', where: path });
    expect(error.message).toBe('no field "set"; the records have "body", "origin"');
    expect(error.cure).toContain('source: NAME');
  }
});
