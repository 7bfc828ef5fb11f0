import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loadUnzstd, windowBytes } from '../../../src/read/input/zstd.ts';
import { compressors, corpus, writers } from '../corpus.ts';
import { errorOf, readSource, sourceOf, temporaryFolder } from '../helpers.ts';
import { zstdFrames } from '../zstd-frames.ts';

const golden = join(import.meta.dirname, '../golden', 'documents.jsonl.zst');
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

test('what comes after the end of a brotli stream is not left out in silence', async () => {
  const half = compressors['.br']!(Buffer.from(writers.jsonl!(corpus)));
  const path = fileWith('a.jsonl.br', Buffer.concat([half, half]));
  const error = await errorOf(readSource(sourceOf(path)));
  expect(error).toMatchObject({ code: 'input-corrupt', where: path });
  expect(error.message).toContain(`its stream ends ${half.length} bytes before the file does`);
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

  // Where they have a checksum: brotli has none, and the first frame of the golden file has one.
  test.each([
    ['.gz', gzipSync(jsonl)],
    ['.zst', readFileSync(golden)],
  ])('a flipped byte in %s is found', async (suffix, whole) => {
    for (let part = 1; part < 20; part += 1) {
      const bytes = Uint8Array.from(whole);
      bytes[Math.floor((bytes.length * part) / 45)]! ^= 1 << (part % 8);
      const path = fileWith(`a.jsonl${suffix}`, bytes);
      expect(await errorOf(readSource(sourceOf(path))), `${part}`).toMatchObject({
        code: 'input-corrupt',
        where: path,
      });
    }
  });
});

test('run-length blocks are expanded', async () => {
  const path = fileWith('a.txt.zst', zstdFrames(Buffer.alloc(500_000, 'z')));
  expect((await readSource(sourceOf(path))).documents[0]!.text).toBe('z'.repeat(500_000));
});

describe('zstd', () => {
  // A frame of nothing is 9 bytes: more calls of libzstd in a row give nothing than one would take for an endless loop.
  test('any number of frames of nothing', async () => {
    const nothing = zstdFrames(Buffer.alloc(0));
    const path = fileWith(
      'a.txt.zst',
      Buffer.concat([...Array<Uint8Array>(20_000).fill(nothing), zstdFrames(Buffer.from('end'))]),
    );
    expect((await readSource(sourceOf(path))).documents[0]!.text).toBe('end');
  });

  test.each([
    ['a window of 2 GiB (zstd --long=31)', '28b52ffd04a80c0f0c0e00e076601500e503', 2 ** 31],
    ['a window of 2.5 MiB', '28b52ffd045a0c0f0c0e00e076601500e503', 2 ** 21 * 1.25],
    ['content of 200 MB in one segment, checksum', '28b52ffda400c2eb0b640000100000020000', 200_000_000],
    ['content of 300 bytes in one segment', '28b52ffd602c000c0e00e076601500e50300', 300],
    ['content of 16 bytes in one segment', '28b52ffd20100c0e00e076601500e5030000', 16],
    ['content of 5 GiB in one segment', '28b52ffde00000004001000000e503000000', 5 * 2 ** 30],
    ['a skippable frame', '502a4d1803000000616263000000000000000000', 0],
    ['too short to tell', '28b52ffd04a8', 0],
  ])('%s', (_, bytes, window) => {
    expect(windowBytes(Buffer.from(bytes, 'hex'))).toBe(window);
  });

  // The window is 128 MiB, and the decoder's memory 4 GiB.
  test('readers that stop early give the memory back', async () => {
    const blockHeader = (last: number) =>
      Buffer.from([(100_000 << 3) | last, (100_000 << 3) >> 8, (100_000 << 3) >> 16]);
    const block = Buffer.alloc(100_000, 'a');
    const frame = [Buffer.from('28b52ffd0088', 'hex'), blockHeader(0), block, blockHeader(1), block];
    const unzstd = await loadUnzstd();
    for (let i = 0; i < 50; i += 1) {
      const stream = unzstd('a.zst');
      expect(stream.push(Buffer.concat(frame)).next().value?.length).toBeGreaterThan(0);
      stream.close();
    }
    const whole = unzstd('a.zst');
    expect(Buffer.concat([...whole.push(Buffer.concat(frame)), ...whole.end()]).length).toBe(200_000);
  });

  test('a window that is too large for the memory is refused with the cure', async () => {
    const path = fileWith('a.txt.zst', Buffer.from('28b52ffd04a80c0f0c0e00e076601500e503', 'hex'));
    const error = await errorOf(readSource(sourceOf(path)));
    expect(error).toMatchObject({ code: 'zstd-window', where: path, exitCode: 2 });
    expect(error.message).toContain('2048 MiB');
  });
});
