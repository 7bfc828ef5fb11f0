/** Ids that are not strings, or too large for a double, keep every digit as written, in every format. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DateDay,
  Decimal,
  Dictionary,
  Int32,
  Int64,
  makeData,
  makeVector,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import {
  bytesText,
  decimalText,
  timestampText,
  timeText,
  uuidText,
} from '../../src/read/formats/column-ids.ts';
import { readSource, sourceOf, temporaryFolder } from './helpers.ts';

async function idsOf(name: string, content: string | Uint8Array): Promise<(string | null)[]> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return (await readSource(sourceOf(path))).documents.map(({ id }) => id);
}

const numbers = [
  '12345678901234567890',
  '9007199254740993',
  '18446744073709551615',
  '-5',
  '0',
  '-0',
  '1.0',
  '1e3',
  '12345678901234567890.123456789012345678901',
  '1E+400',
  '-9223372036854775808',
];

test.each(['jsonl', 'json'])('numbers of .%s', async (format) => {
  const records = numbers.map((id) => `{"n":1e5,"text":"q\\"1 {\\\\","id":${id}}`);
  const content = format === 'jsonl' ? records.join('\n') : `[${records.join(',\n')}]`;
  expect(await idsOf(`a.${format}`, content)).toEqual(numbers);
  // A key that is written otherwise is not read by the scanner.
  const odd = records.map((record) => record.replace('"id"', '"i\\u0064"'));
  expect(await idsOf(`a.${format}`, format === 'jsonl' ? odd.join('\n') : `[${odd.join()}]`)).toEqual(
    numbers,
  );
});

test.each(['csv', 'tsv'])('numbers of .%s', async (format) => {
  const delimiter = format === 'csv' ? ',' : '\t';
  const rows = numbers.map((id) => `${id}${delimiter}a`);
  expect(await idsOf(`a.${format}`, [`id${delimiter}text`, ...rows].join('\n'))).toEqual(numbers);
});

test('what is no id in JSON', async () => {
  const values = ['null', 'true', '[1]', '{"a":1}', 'NaN', '-Infinity'];
  const lines = values.map((id) => `{"text":"a","id":${id}}`).join('\n');
  expect(await idsOf('a.jsonl', lines)).toEqual(values.map(() => null));
});

async function arrowIds(id: Vector): Promise<(string | null)[]> {
  const text = vectorFromArray(
    Array.from({ length: id.length }, () => 'a'),
    new Utf8(),
  );
  return await idsOf('a.arrow', tableToIPC(new Table({ id, text }), 'stream'));
}

test('numbers, decimals, dates and times of Arrow', async () => {
  expect(await arrowIds(vectorFromArray([2n ** 53n + 1n, -(2n ** 63n), null], new Int64()))).toEqual([
    '9007199254740993',
    '-9223372036854775808',
    null,
  ]);
  expect(await arrowIds(vectorFromArray([2n ** 64n - 1n], new Uint64()))).toEqual(['18446744073709551615']);
  const unscaled = [1234567890123456789012n, -150n];
  const words = unscaled.flatMap((value) =>
    [0n, 32n, 64n, 96n].map((bit) => Number((value >> bit) & 0xffffffffn)),
  );
  const type = new Decimal(2, 22, 128);
  const decimals = makeVector(makeData({ type, length: 2, nullCount: 0, data: Uint32Array.from(words) }));
  expect(await arrowIds(decimals)).toEqual(['12345678901234567890.12', '-1.50']);
  expect(await arrowIds(vectorFromArray([new Date('2024-01-05'), null], new DateDay()))).toEqual([
    '2024-01-05',
    null,
  ]);
  const times = makeData({
    type: new TimestampMicrosecond(),
    length: 2,
    nullCount: 0,
    data: BigInt64Array.of(1704412800123456n, -1n),
  });
  expect(await arrowIds(makeVector(times))).toEqual([
    '2024-01-05T00:00:00.123456',
    '1969-12-31T23:59:59.999999',
  ]);
  const dictionary = new Dictionary(new Int64(), new Int32());
  expect(await arrowIds(vectorFromArray([2n ** 60n, 5n, 2n ** 60n], dictionary))).toEqual([
    String(2n ** 60n),
    '5',
    String(2n ** 60n),
  ]);
});

test('numbers, decimals, dates and times of Parquet', async () => {
  const text = { name: 'text', data: ['a', 'b'], type: 'STRING' as const };
  const ids = (column: object) =>
    idsOf(
      'a.parquet',
      Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'id', ...column }, text] } as never)),
    );
  const withSchema = (element: object, data: unknown[]) => {
    const schema = [
      { name: 'root', num_children: 2 },
      { name: 'id', repetition_type: 'OPTIONAL', ...element },
      { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    ];
    const columnData = [
      { name: 'id', data },
      { name: 'text', data: text.data },
    ];
    return idsOf('a.parquet', Buffer.from(parquetWriteBuffer({ columnData, schema } as never)));
  };
  expect(await ids({ data: [2n ** 53n + 1n, -(2n ** 63n)], type: 'INT64' })).toEqual([
    '9007199254740993',
    '-9223372036854775808',
  ]);
  const int64 = { type: 'INT64' };
  expect(await withSchema({ ...int64, converted_type: 'UINT_64' }, [2n ** 64n - 1n, 5n])).toEqual([
    '18446744073709551615',
    '5',
  ]);
  const date = new Date('2024-01-05T06:07:08.009Z');
  expect(await withSchema({ type: 'INT32', converted_type: 'DATE' }, [date, null])).toEqual([
    '2024-01-05',
    null,
  ]);
  expect(await withSchema({ ...int64, converted_type: 'TIMESTAMP_MILLIS' }, [date, null])).toEqual([
    '2024-01-05T06:07:08.009Z',
    null,
  ]);
});

test('a decimal of Parquet that pyarrow wrote', async () => {
  const path = join(import.meta.dirname, 'golden', 'decimal-ids.parquet');
  const { documents } = await readSource(sourceOf(path));
  expect(documents.map(({ id, text }) => [id, text])).toEqual([
    ['12345678901234567890.12', 'p'],
    ['1.50', 'q'],
  ]);
});

test('how the values of columns are written', () => {
  expect([decimalText(-5n, 3), decimalText(12n, 0), decimalText(12n, -2), decimalText(0n, 2)]).toEqual([
    '-0.005',
    '12',
    '1200',
    '0.00',
  ]);
  expect(timestampText(0n, 9, true)).toBe('1970-01-01T00:00:00.000000000Z');
  expect(timestampText(10n ** 30n, 0, false)).toBe(String(10n ** 30n));
  expect(timeText(86_399_000n, 3)).toBe('23:59:59.000');
  expect(uuidText(Uint8Array.from({ length: 16 }, (_, i) => i))).toBe('00010203-0405-0607-0809-0a0b0c0d0e0f');
  expect([bytesText(Buffer.from('ä-1')), bytesText(Buffer.from([0xff, 0]))]).toEqual(['ä-1', 'ff00']);
});
