/**
 * Compressed blocks -> plain blocks, streaming. gzip (also several members) and brotli by node:zlib. zstd by fzstd on
 * every Node: node:zlib's own (22.23 was tried) stops at the second frame, fails on skippable frames, and takes a file
 * that is cut short for a whole one. Cost: zstd decompresses at some 40 MB/s and its content checksums are not checked.
 * A file that ends early is an error, never a short document.
 */
import { Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { LongmixError } from '../errors.ts';
import type { Compression } from '../types.ts';
import { corrupt } from './file-blocks.ts';

type Blocks = Iterable<Uint8Array>;
type Decompressor = (blocks: Blocks) => AsyncIterable<Uint8Array>;

const outputBytes = 256 * 1024;

const decompressors: Readonly<Record<Compression, Decompressor>> = {
  none: passThrough,
  gzip: (blocks) => through(blocks, createGunzip({ chunkSize: outputBytes })),
  brotli: (blocks) => through(blocks, createBrotliDecompress({ chunkSize: outputBytes })),
  zstd: unzstd,
};

/** @throws LongmixError `input-corrupt` */
export async function* decompress(
  path: string,
  compression: Compression,
  blocks: Blocks,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decompressors[compression](blocks);
  } catch (cause) {
    if (cause instanceof LongmixError || compression === 'none') throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw corrupt(path, `the ${compression} data is damaged or cut short: ${reason}`, cause);
  }
}

async function* passThrough(blocks: Blocks): AsyncGenerator<Uint8Array> {
  yield* blocks;
}

async function* through(blocks: Blocks, transform: Transform): AsyncGenerator<Uint8Array> {
  const input = Readable.from(blocks, { objectMode: false });
  // `pipe` does not hand on errors, and a reader of the output that stops early must close the file.
  input.once('error', (error) => transform.destroy(error));
  input.pipe(transform);
  try {
    for await (const block of transform) yield block as Buffer;
  } finally {
    input.destroy();
  }
}

/** Input is fed in pieces, because what they expand to piles up until the call returns. */
const zstdPiece = 16 * 1024;

async function* unzstd(blocks: Blocks): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  let output: Uint8Array[] = [];
  const stream = new Decompress((block) => {
    if (block.length > 0) output.push(block);
  });
  for (const block of blocks) {
    for (let at = 0; at < block.length; at += zstdPiece) {
      // fzstd keeps views of what waits for more input, and blocks are never reused, so no copy is needed.
      stream.push(block.subarray(at, at + zstdPiece));
      yield* output;
      output = [];
    }
  }
  stream.push(new Uint8Array(0), true);
  yield* output;
}
