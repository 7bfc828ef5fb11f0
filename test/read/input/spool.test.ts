import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { spoolStandardInput } from '../../../src/read/input/spool.ts';
import { readSource, sourceOf, temporaryFolder } from '../helpers.ts';
import { zstdFrames } from '../zstd-frames.ts';

async function* bytewise(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1) yield bytes.subarray(at, at + 1);
}

test.each([
  ['', (bytes: Uint8Array) => bytes],
  ['.gz', (bytes: Uint8Array) => gzipSync(bytes)],
  ['.zst', zstdFrames],
])('standard input becomes a file that is read like any other (%s)', async (suffix, compress) => {
  const folder = temporaryFolder();
  const input = compress(Buffer.from('{"text":"a"}\n{"text":"b"}\n'));
  const source = await spoolStandardInput(sourceOf('-'), folder, bytewise(input), false);
  expect(readdirSync(folder)).toEqual([`stdin.jsonl${suffix}`]);
  expect((await readSource(source)).documents.map(({ text }) => text)).toEqual(['a', 'b']);
});

test('format: says what standard input holds', async () => {
  const source = await spoolStandardInput(
    sourceOf('-', { format: 'text' }),
    temporaryFolder(),
    bytewise(Buffer.from('plain')),
    false,
  );
  expect((await readSource(source)).documents[0]!.text).toBe('plain');
});

test('what a finished store was made of is not replaced by something else', async () => {
  const folder = temporaryFolder();
  const spool = (text: string, isUsed: boolean) =>
    spoolStandardInput(sourceOf('-'), folder, bytewise(Buffer.from(text)), isUsed);
  const { path } = await spool('{"text":"a"}', false);
  await expect(spool('{"text":"b"}', true)).rejects.toMatchObject({ code: 'store-mismatch', where: path });
  await expect(spool('', false)).rejects.toMatchObject({ code: 'source-empty' });
  expect(readdirSync(folder)).toEqual(['stdin.jsonl']);
  expect(readFileSync(path, 'utf8')).toBe('{"text":"a"}');
  await spool('{"text":"a"}', true);
  await spool('{"text":"b"}', false);
  expect(readFileSync(path, 'utf8')).toBe('{"text":"b"}');
});
