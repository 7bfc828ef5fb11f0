/** Fields of records that the store keeps: the same values, whatever the format. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, it } from 'vitest';
import type { FieldValue } from '../../src/nouns/documents.ts';
import { readSource, sourceOf, temporaryFolder } from './helpers.ts';

const fields = ['lang', 'n', 'score'];

async function keptOf(name: string, content: string | Uint8Array, chunkBytes = 40): Promise<FieldValue[][]> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  const { chunks, documents } = await readSource(sourceOf(path, { columns: { fields } }), { chunkBytes });
  const lists = fields.map((_, f) =>
    chunks.flatMap((chunk) => chunk.fields![f]!.slice(0, chunk.open ? -1 : undefined)),
  );
  expect(lists.every((list) => list.length === documents.length)).toBe(true);
  return lists;
}

const texts = ['one', `two ${'long '.repeat(50)}`, 'three'];
const expected = [
  ['en', null, 'de'],
  [1, 2, '12345678901234567890'],
  [0.5, -3, null],
];

it('JSON Lines, JSON, CSV, Parquet and Arrow give the same values, also of documents that span chunks', async () => {
  const rows = texts.map((text, i) => {
    const long = i === 2 ? '12345678901234567890' : String(i + 1);
    return `{"text":${JSON.stringify(text)},"lang":${JSON.stringify(expected[0]![i])},"n":${long},"score":${expected[2]![i]}}`;
  });
  expect(await keptOf('a.jsonl', rows.join('\n'))).toEqual(expected);
  expect(await keptOf('a.json', `[${rows.join(',')}]`)).toEqual(expected);

  const csv = texts.map((text, i) =>
    [text, expected[0]![i] ?? '', expected[1]![i], expected[2]![i] ?? ''].join(','),
  );
  const asText = expected.map((list) => list.map((value) => (value === null ? null : String(value))));
  expect(await keptOf('a.csv', ['text,lang,n,score', ...csv].join('\n'))).toEqual(asText);

  const big = [1n, 2n, 12345678901234567890n];
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: 'text', data: texts, type: 'STRING' },
      { name: 'lang', data: expected[0]!, type: 'STRING' },
      { name: 'n', data: ['1', '2', '12345678901234567890'], type: 'STRING' },
      { name: 'score', data: expected[2]!, type: 'DOUBLE' },
    ],
  });
  const [lang, , score] = expected;
  expect(await keptOf('a.parquet', new Uint8Array(parquet))).toEqual([lang, asText[1], score]);
  const table = new Table({
    text: vectorFromArray(texts),
    lang: vectorFromArray(lang as string[]),
    n: vectorFromArray(BigUint64Array.from(big)),
    score: vectorFromArray(score as number[]),
  });
  expect(await keptOf('a.arrow', tableToIPC(table, 'file'))).toEqual(expected);
});

it('a path leads into objects, and what is neither a number nor a text is no value', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'a.jsonl');
  const records = [
    { meta: { score: 1 } },
    { meta: [1] },
    { 'meta.score': true },
    { meta: { score: [1] } },
    {},
  ];
  writeFileSync(path, records.map((record) => JSON.stringify({ text: 'x', ...record })).join('\n'));
  const { chunks } = await readSource(sourceOf(path, { columns: { fields: ['meta.score'] } }));
  expect(chunks.flatMap((chunk) => chunk.fields![0])).toEqual([1, null, 'true', null, null]);
});
