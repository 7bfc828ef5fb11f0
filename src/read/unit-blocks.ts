/** A unit's file as plain UTF-8 blocks: read, decompressed, repaired. What every text format begins with. */
import type { InputFile, ReadCounts, ReadUnit } from '../types.ts';
import { decompress } from './decompress.ts';
import { fileBlocks } from './file-blocks.ts';
import type { UnitHash } from './hash-input.ts';
import { repairBlocks } from './utf8.ts';

/** The one file of a unit that is not joined. */
export function onlyFile(unit: ReadUnit): InputFile {
  return unit.files[0]!;
}

/**
 * Plain bytes of [start, end) of a file; an empty file has none, whatever its compression. `hash` is given the bytes as
 * they are in the file. `reuse`: a block may be valid only until the next.
 */
export function plainBlocks(
  file: InputFile,
  start: number,
  end: number,
  hash: UnitHash | null,
  reuse: boolean,
): AsyncIterable<Uint8Array> {
  hash?.begin(file, start, end);
  const compression = start === end ? 'none' : file.compression;
  const blocks = start === end ? [] : fileBlocks(file.path, start, end, reuse && compression === 'none');
  return decompress(file.path, compression, hashed(blocks, hash));
}

/** Well-formed UTF-8 without a byte-order mark; characters are never cut. */
export function textBlocks(
  file: InputFile,
  counts: ReadCounts,
  hash: UnitHash | null,
): AsyncGenerator<Uint8Array> {
  return repairBlocks(plainBlocks(file, 0, file.bytes, hash, false), counts);
}

function* hashed(blocks: Iterable<Uint8Array>, hash: UnitHash | null): Generator<Uint8Array> {
  for (const block of blocks) {
    hash?.update(block);
    yield block;
  }
}
