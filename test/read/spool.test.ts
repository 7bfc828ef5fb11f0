import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { spoolStandardInput } from '../../src/read/spool.ts';
import { readSource, sourceOf, temporaryFolder } from './helpers.ts';
import { zstdFrames } from './zstd-frames.ts';

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
  const source = await spoolStandardInput(sourceOf('-'), folder, bytewise(input));
  expect(readdirSync(folder)).toEqual([`stdin.jsonl${suffix}`]);
  expect((await readSource(source)).documents.map(({ text }) => text)).toEqual(['a', 'b']);
});

test('format: says what standard input holds', async () => {
  const source = await spoolStandardInput(
    sourceOf('-', { format: 'text' }),
    temporaryFolder(),
    bytewise(Buffer.from('plain')),
  );
  expect((await readSource(source)).documents[0]!.text).toBe('plain');
});
