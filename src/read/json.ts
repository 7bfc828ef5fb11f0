/**
 * A JSON array of objects, by stream-json: elements leave as they are parsed, so the array may be larger than memory.
 * The pipeline runs once a block and is synchronous inside it (`fun` collects a block's elements).
 * Cost: several times slower than JSON Lines; one element must fit in memory.
 */
import { getManyValues, isMany, none } from 'stream-chain/defs.js';
import { fun } from 'stream-chain/fun.js';
import { jsonParser } from 'stream-json/parser.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { LongmixError } from '../errors.ts';
import type { DocumentChunk, InputFile, ReadCounts, ReadUnit } from '../types.ts';
import { corrupt } from './file-blocks.ts';
import type { UnitHash } from './hash-input.ts';
import { RecordReader, recordTooLarge } from './record-reader.ts';
import { onlyFile, textBlocks } from './unit-blocks.ts';

interface Element {
  readonly key: number;
  readonly value: unknown;
}

export async function* readJson(
  unit: ReadUnit,
  counts: ReadCounts,
  chunkBytes: number,
  hash: UnitHash | null,
  recordBytes: number,
): AsyncGenerator<DocumentChunk> {
  const file = onlyFile(unit);
  const reader = new RecordReader(unit, counts, chunkBytes);
  const parse = arrayParser(file);
  let begun = false;
  let record = 0;
  /** Read since an element ended. */
  let pending = 0;
  for await (const block of textBlocks(file, counts, hash)) {
    const text = Buffer.from(block.buffer, block.byteOffset, block.length).toString();
    begun ||= checkBeginning(file, text);
    pending += block.length;
    for (const { key, value } of await parse(text)) {
      pending = 0;
      record = key + 1;
      reader.add(record, value);
      if (reader.ready) yield* reader.take();
    }
    if (pending > recordBytes) throw recordTooLarge(`${file.path}: element ${record + 1}`, recordBytes);
  }
  if (begun) for (const { key, value } of await parse(none)) reader.add(key + 1, value);
  yield* reader.end();
}

/** Text -> the elements that end in it; `none` ends the input. */
function arrayParser(file: InputFile): (text: string | typeof none) => Promise<readonly Element[]> {
  const pipeline = fun(jsonParser({ packValues: true, streamValues: false }), streamArray()) as (
    text: string | typeof none,
  ) => unknown;
  return async (text) => {
    try {
      const result = await pipeline(text);
      return isMany(result) ? (getManyValues(result) as Element[]) : [];
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw corrupt(file.path, `not a JSON array, or cut short: ${reason}`, cause);
    }
  };
}

/** Whether the value has begun; an error unless it is an array. */
function checkBeginning(file: InputFile, text: string): boolean {
  const first = text.trimStart()[0];
  if (first === undefined || first === '[') return first !== undefined;
  throw new LongmixError('input-corrupt', 'the file is not a JSON array of objects', {
    where: file.path,
    cure: 'an object a line is JSON Lines: set format: jsonl, or name the file .jsonl; to read the file as a document: format: text',
    exitCode: 1,
  });
}
