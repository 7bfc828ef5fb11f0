import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compressors, corpus, writers } from './corpus.ts';
import { errorOf, readSource, sourceOf, temporaryFolder } from './helpers.ts';
import { zstdFrames } from './zstd-frames.ts';

const golden = join(import.meta.dirname, 'golden', 'documents.jsonl.zst');
const texts = corpus.map(({ text }) => text);

function fileWith(name: string, content: Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

test('what the zstd command line wrote is read: two frames (-19 with checksum, -3 without), a skippable one between', async () => {
  const { documents, counts } = await readSource(sourceOf(golden));
  expect(documents.map(({ text }) => text)).toEqual(texts);
  expect(counts.badRecords).toBe(0);
});

test('gzip files of several members are read to the end', async () => {
  const halves = [corpus.slice(0, 77), corpus.slice(77)];
  const members = halves.map((half) => gzipSync(writers.jsonl!(half)));
  const path = fileWith('a.jsonl.gz', Buffer.concat(members));
  expect((await readSource(sourceOf(path))).documents.map(({ text }) => text)).toEqual(texts);
});

describe('damage', () => {
  const jsonl = Buffer.from(writers.jsonl!(corpus));
  const files: [string, Uint8Array][] = Object.keys(compressors)
    .filter((suffix) => suffix !== '')
    .map((suffix) => [suffix, compressors[suffix]!(jsonl)]);
  files.push(['.zst', readFileSync(golden)]);

  test.each(files)(
    'a %s file cut short anywhere is an error that names it, never a short corpus',
    async (suffix, bytes) => {
      for (const length of [
        5,
        Math.floor(bytes.length / 3),
        bytes.length - 200,
        bytes.length - 3,
        bytes.length - 1,
      ]) {
        const path = fileWith(`a.jsonl${suffix}`, bytes.subarray(0, length));
        const error = await errorOf(readSource(sourceOf(path)));
        expect(error).toMatchObject({ code: 'input-corrupt', where: path, exitCode: 1 });
      }
    },
  );

  test.each(['.gz', '.zst', '.br'])(
    'a %s file that is something else is an error that names it',
    async (suffix) => {
      const path = fileWith(
        `a.jsonl${suffix}`,
        Buffer.from('this is plain text, and no compressed data at all\n'),
      );
      const error = await errorOf(readSource(sourceOf(path)));
      expect(error).toMatchObject({ code: 'input-corrupt', where: path });
    },
  );

  // brotli has no checksum, and fzstd does not look at zstd's.
  test('a flipped byte in gzip is found', async () => {
    const bytes = gzipSync(jsonl);
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    const path = fileWith('a.jsonl.gz', bytes);
    expect((await errorOf(readSource(sourceOf(path)))).code).toBe('input-corrupt');
  });
});

test('run-length blocks are expanded', async () => {
  const path = fileWith('a.txt.zst', zstdFrames(Buffer.alloc(500_000, 'z')));
  expect((await readSource(sourceOf(path))).documents[0]!.text).toBe('z'.repeat(500_000));
});
