/** Documents of token ids as files, in every format that may hold them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  Field,
  FixedSizeList,
  Int32,
  Int64,
  List,
  Table,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';

type Documents = readonly (readonly number[])[];

/** Writes documents, and gives what the recipe says of the source. */
type Writer = (folder: string, documents: Documents, eosId: number) => object;

const arrowFile =
  (type: 'uint16' | 'uint32' | 'int32' | 'int64', kind: 'file' | 'stream'): Writer =>
  (folder, documents) => {
    const item = { uint16: new Uint16(), uint32: new Uint32(), int32: new Int32(), int64: new Int64() }[type];
    const lists = documents.map((ids) => (type === 'int64' ? ids.map(BigInt) : [...ids]));
    const all = new Table({
      id: vectorFromArray(
        documents.map((_, d) => `doc-${d}`),
        new Utf8(),
      ),
      input_ids: vectorFromArray(lists, new List<Int32>(new Field('item', item as Int32, true))),
    });
    const half = documents.length >> 1;
    const path = join(folder, `ids-${type}-${kind}.arrow`);
    writeFileSync(path, tableToIPC(all.slice(0, half).concat(all.slice(half)), kind));
    return { path, tokens: true };
  };

const parquetFile =
  (type: 'INT32' | 'INT64', codec: 'UNCOMPRESSED' | 'SNAPPY'): Writer =>
  (folder, documents) => {
    const path = join(folder, `ids-${type}-${codec}.parquet`);
    const buffer = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'name', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
        { name: 'tokens', repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type, repetition_type: 'OPTIONAL' },
      ],
      columnData: [
        { name: 'name', data: documents.map((_, d) => `doc-${d}`) },
        {
          name: 'tokens',
          data: documents.map((ids) => (type === 'INT64' ? ids.map(BigInt) : [...ids])),
        },
      ],
      codec,
      rowGroupSize: 7,
    });
    writeFileSync(path, Buffer.from(buffer));
    return { path, tokens: 'tokens', id: 'name' };
  };

const jsonLines: Writer = (folder, documents) => {
  const path = join(folder, 'ids.jsonl');
  writeFileSync(path, documents.map((ids, d) => JSON.stringify({ id: d, meta: { ids } })).join('\n'));
  return { path, tokens: 'meta.ids' };
};

/** With EOS after each document, as numpy.save writes it. */
export function npyFile(path: string, values: Uint16Array | Uint32Array | Int32Array | BigInt64Array): void {
  const descr = { 2: '<u2', 4: values instanceof Int32Array ? '<i4' : '<u4', 8: '<i8' }[
    values.BYTES_PER_ELEMENT
  ]!;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${values.length},), }`;
  const header = Buffer.from(`${dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11)}\n`, 'latin1');
  const head = Buffer.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    header.length & 255,
    header.length >> 8,
  ]);
  const body = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  writeFileSync(path, Buffer.concat([head, header, body]));
}

const npy =
  (type: typeof Uint16Array | typeof Uint32Array | typeof Int32Array, bosId: number | null = null): Writer =>
  (folder, documents, eosId) => {
    const path = join(folder, `ids-${type.name}.npy`);
    const before = bosId === null ? [] : [bosId];
    npyFile(path, type.from(documents.flatMap((ids) => [...before, ...ids, eosId])));
    return { path, tokens: true };
  };

const npy64: Writer = (folder, documents, eosId) => {
  const path = join(folder, 'ids-64.npy');
  npyFile(path, BigInt64Array.from(documents.flatMap((ids) => [...ids, eosId]).map(BigInt)));
  return { path, tokens: true };
};

const raw =
  (gzip: boolean): Writer =>
  (folder, documents, eosId) => {
    const path = join(folder, `ids.bin${gzip ? '.gz' : ''}`);
    // The last document ends with the file.
    const ids = Uint16Array.from(documents.flatMap((one) => [...one, eosId]).slice(0, -1));
    const bytes = Buffer.from(ids.buffer);
    writeFileSync(path, gzip ? gzipSync(bytes) : bytes);
    return { path, format: 'bin', dtype: 'uint16', tokens: true };
  };

/** Lists with the special tokens that rows would add. */
const withEnds: Writer = (folder, documents, eosId) => {
  const path = join(folder, 'ends.jsonl');
  writeFileSync(path, documents.map((ids) => JSON.stringify({ input_ids: [...ids, eosId] })).join('\n'));
  return { path, tokens: true };
};

export const tokenFiles: Readonly<Record<string, Writer>> = {
  'Arrow, uint16 file': arrowFile('uint16', 'file'),
  'Arrow, uint32 stream': arrowFile('uint32', 'stream'),
  'Arrow, int32 stream': arrowFile('int32', 'stream'),
  'Arrow, int64 file': arrowFile('int64', 'file'),
  'Parquet, int32': parquetFile('INT32', 'SNAPPY'),
  'Parquet, int64': parquetFile('INT64', 'UNCOMPRESSED'),
  'JSON Lines': jsonLines,
  'JSON Lines, with EOS': withEnds,
  'npy, uint16': npy(Uint16Array),
  'npy, uint32': npy(Uint32Array),
  'npy, int32': npy(Int32Array),
  'npy, int64': npy64,
  'raw ids': raw(false),
  'raw ids, gzip': raw(true),
};

/** An Arrow file of lists of one length, and of bytes. */
export function arrowLists(path: string, rows: readonly (readonly number[])[]): void {
  const fixed = new FixedSizeList(rows[0]!.length, new Field('item', new Int32(), true));
  writeFileSync(
    path,
    tableToIPC(
      new Table({
        fixed: vectorFromArray(rows, fixed),
        bytes: vectorFromArray(rows, new List(new Field('item', new Uint8(), true))),
        nulls: vectorFromArray(
          rows.map((ids, d) => (d === 0 ? [null, ...ids] : ids)),
          new List(new Field('item', new Int32(), true)),
        ),
      }),
      'file',
    ),
  );
}
