/** The input of the golden tests: the same 200 documents in every format and compression. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Dictionary, Int32, LargeUtf8, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { compressors, corpus, writers } from './corpus.ts';
import { temporaryFolder } from './helpers.ts';
import { zstdFrames } from './zstd-frames.ts';

/** Name of the case -> writes it, gives its path. */
type Inputs = Readonly<Record<string, () => string>>;

/** Files whose records have ids and numbers. */
export const recordInputs: Inputs = {
  ...Object.fromEntries(
    Object.keys(writers).flatMap((format) =>
      Object.keys(compressors).map((suffix) => [`${format}${suffix}`, () => writeRecords(format, suffix)]),
    ),
  ),
  ...Object.fromEntries(
    (['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'] as const).map((codec) => [
      `parquet, ${codec}, several row groups`,
      () => writeParquet(codec),
    ]),
  ),
  ...Object.fromEntries(
    (['file', 'stream'] as const).flatMap((kind) =>
      Object.keys(arrowTypes()).map((type) => [
        `Arrow IPC ${kind}, ${type}, several record batches`,
        () => writeArrow(kind, type),
      ]),
    ),
  ),
};

/** Folders with a file a document. */
export const folderInputs: Inputs = Object.fromEntries(
  Object.keys(compressors).map((suffix) => [`a directory of .txt${suffix}`, () => writeFolder(suffix)]),
);

function writeRecords(format: string, suffix: string): string {
  const path = join(temporaryFolder(), `documents.${format}${suffix}`);
  writeFileSync(path, compressors[suffix]!(Buffer.from(writers[format]!(corpus))));
  return path;
}

/** A file of text has no NULs. */
export function withoutZeros(text: string): string {
  return text.replaceAll('\0', '');
}

function writeFolder(suffix: string): string {
  const root = temporaryFolder();
  // Written backwards, so that the directory's own order is unlikely to be the right one.
  for (const [number, { text }] of [...corpus.entries()].reverse()) {
    const folder = join(root, `part-${Math.floor(number / 100)}`);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${String(number).padStart(3, '0')}.txt${suffix}`);
    writeFileSync(path, compressors[suffix]!(Buffer.from(withoutZeros(text))));
  }
  return root;
}

function writeParquet(codec: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP' | 'BROTLI' | 'ZSTD'): string {
  const path = join(temporaryFolder(), 'documents.parquet');
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'other', data: corpus.map((_, number) => number), type: 'INT32' },
      { name: 'text', data: corpus.map(({ text }) => text), type: 'STRING' },
      { name: 'id', data: corpus.map(({ id }) => id), type: 'STRING' },
    ],
    codec,
    compressors: {
      GZIP: (bytes: Uint8Array) => gzipSync(bytes),
      BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
      ZSTD: zstdFrames,
    },
    rowGroupSize: 70,
  });
  writeFileSync(path, Buffer.from(buffer));
  return path;
}

function arrowTypes(): Record<string, Utf8 | LargeUtf8 | Dictionary<Utf8, Int32>> {
  return {
    utf8: new Utf8(),
    large_utf8: new LargeUtf8(),
    dictionary: new Dictionary(new Utf8(), new Int32()),
  };
}

function writeArrow(kind: 'file' | 'stream', type: string): string {
  const ids = corpus.map(({ id }) => id);
  const texts = corpus.map(({ text }) => text);
  const all = new Table({
    id: vectorFromArray(ids, new Utf8()),
    text: vectorFromArray(texts, arrowTypes()[type]!),
  });
  const table = all.slice(0, 1).concat(all.slice(1, 120), all.slice(120));
  if (table.batches.length !== 3) throw new Error('the table should have three record batches');
  const path = join(temporaryFolder(), 'documents.arrow');
  writeFileSync(path, tableToIPC(table, kind));
  return path;
}
