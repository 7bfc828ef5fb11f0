/**
 * Small files of every kind, cut at every place and with changed bytes, give their documents (fewer only if the damage
 * can't be detected) or one error that names the file. They never give a stack trace, an endless loop, or wrong
 * documents.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Bool, Dictionary, Int32, Int64, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { LongmixError } from '../../src/errors.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { errorOf, readSource, sourceOf, temporaryFolder } from './helpers.ts';
import { zstdFrames } from './zstd-frames.ts';

const texts = ['hello world', 'second document', 'third one é'];
const ids = [1n, 2n ** 60n, 3n];
const lines = texts.map((text, i) => JSON.stringify({ id: String(ids[i]), text })).join('\n');

const table = new Table({
  id: vectorFromArray(ids, new Int64()),
  text: vectorFromArray(texts, new Utf8()),
  set: vectorFromArray(['x', 'y', 'x'], new Dictionary(new Utf8(), new Int32())),
  flag: vectorFromArray([true, false, null], new Bool()),
});
const parquet = (codec: 'UNCOMPRESSED' | 'SNAPPY') =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ids, type: 'INT64' },
        { name: 'text', data: texts, type: 'STRING' },
      ],
      codec,
      rowGroupSize: 2,
    }),
  );

const files: Readonly<Record<string, Uint8Array>> = {
  'a.arrow': tableToIPC(table, 'file'),
  'b.arrow': tableToIPC(table, 'stream'),
  'a.parquet': parquet('UNCOMPRESSED'),
  'b.parquet': parquet('SNAPPY'),
  'a.jsonl.gz': gzipSync(lines),
  'b.jsonl.gz': Buffer.concat([gzipSync(lines.slice(0, 20)), gzipSync(lines.slice(20))]),
  'a.jsonl.br': brotliCompressSync(lines),
  'a.jsonl.zst': zstdFrames(Buffer.from(lines)),
};

/** At every place where there is time for it. */
const step = fuzz(1).numRuns > 1 ? 1 : 7;

const path = (name: string) => join(temporaryFolder(), name);

/** The texts, or the error; any other throw fails the test. */
async function outcome(at: string, bytes: Uint8Array): Promise<string[] | LongmixError> {
  writeFileSync(at, bytes);
  try {
    return (await readSource(sourceOf(at))).documents.map(({ text }) => text);
  } catch (error) {
    if (!(error instanceof LongmixError)) throw error;
    expect(error.where).toBe(at);
    return error;
  }
}

describe('a cut', () => {
  test.each(Object.keys(files))('anywhere in %s is an error that names it', async (name) => {
    const bytes = files[name]!;
    const at = path(name);
    expect(await outcome(at, bytes)).toEqual(texts);
    // Between two members of gzip, nothing tells that there were more.
    const member = name === 'b.jsonl.gz' ? gzipSync(lines.slice(0, 20)).length : -1;
    for (let length = 0; length < bytes.length; length += step) {
      if (length === member) continue;
      const found = await outcome(at, bytes.subarray(0, length));
      expect(found, `${length} of ${bytes.length} bytes`).toBeInstanceOf(LongmixError);
    }
  });
});

test.each(['a.jsonl.gz', 'b.arrow', 'a.jsonl.br', 'a.jsonl.zst', 'a.arrow', 'a.parquet'])(
  'what comes after the end of %s is not left out in silence',
  async (name) => {
    const at = path(name);
    for (const rest of ['garbage', '\n', lines]) {
      const found = await outcome(at, Buffer.concat([files[name]!, Buffer.from(rest)]));
      expect(found).toBeInstanceOf(LongmixError);
    }
  },
);

test('zeros after the end of gzip are padding', async () => {
  expect(await outcome(path('a.jsonl.gz'), Buffer.concat([files['a.jsonl.gz']!, Buffer.alloc(700)]))).toEqual(
    texts,
  );
});

describe('changed bytes', () => {
  const mostBytes = Math.max(...Object.values(files).map((bytes) => bytes.length));
  const changes = fc.array(fc.tuple(fc.nat({ max: mostBytes }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 3,
  });

  test.each(Object.keys(files))(
    'in %s are an error, or damage to what nothing guards',
    async (name) => {
      const at = path(name);
      const whole = files[name]!;
      await fc.assert(
        fc.asyncProperty(changes, async (places) => {
          const bytes = Buffer.from(whole);
          for (const [place, byte] of places) bytes[place % bytes.length] = byte;
          const found = await outcome(at, bytes);
          // These have a checksum over all of the text.
          if (name.endsWith('.gz') && !(found instanceof LongmixError)) expect(found).toEqual(texts);
        }),
        fuzz(30),
      );
    },
    fuzzTimeout(20_000),
  );
});

describe('Arrow', () => {
  /** The file of `table` with other bytes in place of those that are found once. */
  function replaced(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Buffer {
    const changed = Buffer.from(bytes);
    const found = changed.indexOf(from);
    if (found < 0 || changed.indexOf(from, found + 1) >= 0) throw new Error('it should be there once');
    changed.set(to, found);
    return changed;
  }
  const bytesOf = (...numbers: number[]) => Buffer.from(Int32Array.from(numbers).buffer);

  test.each([
    ['out of order', [0, -5, 26, 38]],
    ['negative', [-1, 11, 26, 38]],
    ['descending', [0, 26, 11, 38]],
    ['beyond the text', [0, 11, 26, 300]],
  ])('offsets that are %s are an error', async (_, offsets) => {
    const bytes = replaced(files['b.arrow']!, bytesOf(0, 11, 26, 38), bytesOf(...offsets));
    const error = await outcome(path('a.arrow'), bytes);
    expect(error).toMatchObject({ code: 'input-corrupt', message: expect.stringContaining('out of order') });
  });

  test('what made the reader go round for ever is an error, or read', async () => {
    // The vectors of the metadata are longer than it is.
    const name = 'damaged-vector.arrow';
    const bytes = readFileSync(join(import.meta.dirname, 'golden', name));
    expect(await outcome(path(name), bytes)).toMatchObject({ code: 'input-corrupt' });
  });

  test('a column of a kind that is unknown is an error in words', async () => {
    const bytes = readFileSync(join(import.meta.dirname, 'golden', 'list-view.arrow'));
    const at = path('a.arrow');
    writeFileSync(at, bytes);
    const error = await errorOf(readSource(sourceOf(at)));
    expect(error).toMatchObject({ code: 'input-unsupported', where: at });
    expect(error.message).toBe('a column has the type ListView, which longmix does not read');
  });

  test('columns of views are read', async () => {
    const { documents } = await readSource(sourceOf(join(import.meta.dirname, 'golden', 'views.arrow')));
    expect(documents.map(({ id, text }) => [id, text])).toEqual([
      ['x', 'short'],
      ['yyyyyyyyyyyyyyyyyyyy', 'a text that is longer than a view is'],
    ]);
  });
});

test('a page of Parquet with more values than there are rows is an error, and does not fill the memory', async () => {
  const bytes = readFileSync(join(import.meta.dirname, 'golden', 'damaged-page.parquet'));
  expect(await outcome(path('a.parquet'), bytes)).toMatchObject({ code: 'input-corrupt' });
});
