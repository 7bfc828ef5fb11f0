/**
 * Decompresses a stream of blocks: gzip (with any number of members) and brotli by node:zlib, zstd by zstd.ts.
 * A file that ends early is an error, never a short document.
 */
import { Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { LongmixError } from '../../errors.ts';
import type { Compression } from '../../nouns/recipe.ts';
import { type Blocks, corrupt, tapped } from './file-blocks.ts';

type Decompressor = (blocks: Blocks, path: string) => AsyncIterable<Uint8Array>;

const outputBytes = 256 * 1024;

const decompressors: Readonly<Record<Compression, Decompressor>> = {
  none: passThrough,
  gzip: (blocks) => through(blocks, createGunzip({ chunkSize: outputBytes })),
  brotli: unbrotli,
  zstd: unzstd,
};

/** @throws LongmixError `input-corrupt` | `zstd-window` */
export async function* decompress(
  path: string,
  compression: Compression,
  blocks: Blocks,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decompressors[compression](compression === 'none' ? blocks : notEmpty(blocks), path);
  } catch (cause) {
    if (cause instanceof LongmixError || compression === 'none') throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw corrupt(path, `the ${compression} data is damaged or cut short: ${reason}`, cause);
  }
}

/** Refuses an empty file: in all three compressions even empty content has a header. */
function notEmpty(blocks: Blocks): Blocks {
  let isEmpty = true;
  const end = () => {
    if (isEmpty) throw new Error('the file is empty');
  };
  const see = () => {
    isEmpty = false;
  };
  return tapped(blocks, see, end);
}

async function* passThrough(blocks: Blocks): AsyncGenerator<Uint8Array> {
  yield* blocks;
}

/** Sends blocks through a transforming stream. */
export async function* through(blocks: Blocks, transform: Transform): AsyncGenerator<Uint8Array> {
  const input = Readable.from(blocks, { objectMode: false });
  // `pipe` does not forward errors. And if the consumer stops early, the file must be closed, below.
  input.once('error', (error) => transform.destroy(error));
  input.pipe(transform);
  try {
    for await (const block of transform) yield block as Buffer;
  } finally {
    input.destroy();
  }
}

/** Refuses data after the end of a brotli stream, which node:zlib ignores silently. */
async function* unbrotli(blocks: Blocks): AsyncGenerator<Uint8Array> {
  const transform = createBrotliDecompress({ chunkSize: outputBytes });
  let bytes = 0;
  const counted = tapped(blocks, (block) => {
    bytes += block.length;
  });
  yield* through(counted, transform);
  const rest = bytes - transform.bytesWritten;
  if (rest > 0) throw new Error(`its stream ends ${rest} bytes before the file does`);
}

async function* unzstd(blocks: Blocks, path: string): AsyncGenerator<Uint8Array> {
  const { loadUnzstd } = await import('./zstd.ts');
  const stream = (await loadUnzstd())(path);
  try {
    if (Symbol.asyncIterator in blocks) for await (const block of blocks) yield* stream.push(block);
    else for (const block of blocks) yield* stream.push(block);
    yield* stream.end();
  } finally {
    stream.close();
  }
}
