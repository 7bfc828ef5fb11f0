/** The same 200 documents through every reader and every compression. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Dictionary, Int32, LargeUtf8, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { compressors, corpus, writers } from './corpus.ts';
import { readSource, sourceOf, temporaryFolder } from './helpers.ts';
import { zstdFrames } from './zstd-frames.ts';

const expected = corpus.map(({ id, text }, number) => ({ id, text, record: number + 1, source: null }));

const chunkSizes = [1000, 1024 * 1024];

async function expectCorpus(path: string): Promise<void> {
  for (const chunkBytes of chunkSizes) {
    const { documents, chunks, counts } = await readSource(sourceOf(path), { chunkBytes });
    expect(documents).toEqual(expected);
    expect(counts).toEqual({ documents: 200, replaced: 0, badRecords: 0, badSamples: [] });
    expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(chunkBytes);
  }
}

describe.each(Object.keys(compressors))('compression "%s"', (suffix) => {
  const compress = compressors[suffix]!;

  test.each(Object.keys(writers))(
    '%s gives the documents, their ids and their record numbers',
    async (format) => {
      const path = join(temporaryFolder(), `documents.${format}${suffix}`);
      writeFileSync(path, compress(Buffer.from(writers[format]!(corpus))));
      await expectCorpus(path);
    },
  );

  test('a directory of text files gives the documents in the order of their names', async () => {
    const root = temporaryFolder();
    // Written backwards, so that the directory's own order is unlikely to be the right one.
    for (const [number, { text }] of [...corpus.entries()].reverse()) {
      const folder = join(root, `part-${Math.floor(number / 100)}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, `${String(number).padStart(3, '0')}.txt${suffix}`),
        compress(Buffer.from(text)),
      );
    }
    for (const chunkBytes of chunkSizes) {
      const { documents, counts } = await readSource(sourceOf(root), { chunkBytes });
      expect(documents).toEqual(corpus.map(({ text }) => ({ text, id: null, record: 0, source: null })));
      expect(counts.documents).toBe(200);
    }
  });
});

describe('Parquet', () => {
  const codecs = {
    GZIP: (bytes: Uint8Array) => gzipSync(bytes),
    BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
    ZSTD: zstdFrames,
  };

  test.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD'] as const)(
    '%s, several row groups',
    async (codec) => {
      const path = join(temporaryFolder(), 'documents.parquet');
      const buffer = parquetWriteBuffer({
        columnData: [
          { name: 'other', data: corpus.map((_, number) => number), type: 'INT32' },
          { name: 'text', data: corpus.map(({ text }) => text), type: 'STRING' },
          { name: 'id', data: corpus.map(({ id }) => id), type: 'STRING' },
        ],
        codec,
        compressors: codecs,
        rowGroupSize: 70,
      });
      writeFileSync(path, Buffer.from(buffer));
      await expectCorpus(path);
    },
  );
});

describe('Arrow', () => {
  const types = { utf8: () => new Utf8(), large_utf8: () => new LargeUtf8(), dictionary };

  describe.each(Object.keys(types) as (keyof typeof types)[])('%s', (type) => {
    test.each(['file', 'stream'] as const)('IPC %s, several record batches', async (kind) => {
      const all = new Table({
        id: vectorFromArray(
          corpus.map(({ id }) => id),
          new Utf8(),
        ),
        text: vectorFromArray(
          corpus.map(({ text }) => text),
          types[type](),
        ),
      });
      const table = all.slice(0, 1).concat(all.slice(1, 120), all.slice(120));
      expect(table.batches.length).toBe(3);
      const path = join(temporaryFolder(), 'documents.arrow');
      writeFileSync(path, tableToIPC(table, kind));
      await expectCorpus(path);
    });
  });

  function dictionary(): Dictionary<Utf8, Int32> {
    return new Dictionary(new Utf8(), new Int32());
  }
});
