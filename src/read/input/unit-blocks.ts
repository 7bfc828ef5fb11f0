/**
 * Reads a unit's file as plain UTF-8 blocks: read, decompressed, decoded, repaired. Every text format starts with this.
 * A file that is not text in its source's encoding yields no blocks, and is reported by name as one bad record.
 */

import { LongmixError } from '../../errors.ts';
import type { InputFile, ReadCounts, ReadUnit } from '../../nouns/documents.ts';
import { decodeBlocks } from './decode.ts';
import { decompress } from './decompress.ts';
import { type Blocks, fileBlocks, tapped } from './file-blocks.ts';
import { isForeignBlock, judgedBytes, whyNotText } from './judge-text.ts';
import type { UnitHash } from './unit-hash.ts';
import { repairBlocks } from './utf8.ts';

/** The one file of a unit that is not joined. */
export function onlyFile(unit: ReadUnit): InputFile {
  return unit.files[0]!;
}

/**
 * The plain (decompressed) bytes of [start, end) of a file. `hash` gets the bytes as they are in the file. `reuse`: a
 * block may be valid only until the next one.
 */
export function plainBlocks(
  file: InputFile,
  start: number,
  end: number,
  hash: UnitHash | null,
  reuse: boolean,
): AsyncGenerator<Uint8Array> {
  hash?.begin(file, end - start);
  const { compression } = file;
  const canReuse = reuse && compression === 'none';
  // Who reads all of a file wants its hash.
  const blocks: Blocks = start === end ? [] : fileBlocks(file, start, end, canReuse, hash === null);
  const seen = hash === null ? blocks : tapped(blocks, (block) => hash.update(block));
  return decompress(file.path, compression, seen);
}

/**
 * A whole file as well-formed UTF-8 without a byte-order mark. Blocks never cut a character.
 * @param hasRecords the file has records, which may contain NUL
 */
export async function* textBlocks(
  file: InputFile,
  encoding: string | null,
  counts: ReadCounts,
  hash: UnitHash | null,
  hasRecords: boolean = false,
): AsyncGenerator<Uint8Array> {
  const blocks = plainBlocks(file, 0, file.bytes, hash, false);
  const judged = await judgedBlocks(file, blocks, encoding, judgedBytes, counts, hasRecords);
  if (judged === null) return;
  if (encoding !== null && encoding !== 'utf-8') yield* decodeBlocks(judged, encoding, counts);
  else yield* repairBlocks(encoding === null ? watched(file, judged) : judged, counts);
}

/** Judges the beginning of a file and returns all its blocks; null: it is not text, and was counted as a bad record. */
export async function judgedBlocks(
  file: InputFile,
  blocks: AsyncGenerator<Uint8Array>,
  encoding: string | null,
  beginningBytes: number,
  counts: ReadCounts,
  hasRecords: boolean,
): Promise<AsyncGenerator<Uint8Array> | null> {
  const beginning: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < beginningBytes) {
    const { value, done } = await blocks.next();
    if (done) break;
    bytes += value.length;
    // Copy the block, because the next one may reuse its memory.
    beginning.push(bytes < beginningBytes ? Buffer.from(value) : value);
  }
  const whole = beginning.length === 1 ? beginning[0]! : Buffer.concat(beginning);
  const why = await whyNotText(whole.subarray(0, beginningBytes), encoding, hasRecords);
  if (why === null) return chain(beginning, blocks);
  await blocks.return(undefined);
  leaveOut(file, why, counts);
  return null;
}

function leaveOut(file: InputFile, what: string, counts: ReadCounts): void {
  counts.badRecords += 1;
  counts.fileFaults.push({ path: file.path, what, leftOut: true });
}

async function* chain(
  first: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* first;
  yield* rest;
}

/**
 * Throws if a file stops being text further on: it can't be left out any more, because a part of it was read already.
 */
async function* watched(file: InputFile, blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const block of blocks) {
    if (at >= judgedBytes && isForeignBlock(block)) {
      throw new LongmixError('input-encoding', `it is not UTF-8 text from about byte ${at} on`, {
        where: file.path,
        cure: 'set encoding: of its source, leave it out with exclude:, or set encoding: utf-8, which replaces invalid bytes by U+FFFD',
        exitCode: 1,
      });
    }
    at += block.length;
    yield block;
  }
}
