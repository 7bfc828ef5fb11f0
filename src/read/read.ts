/**
 * Input -> documents. A reader yields chunks of many documents and is synchronous inside a chunk; between chunks the
 * event loop gets a turn, for messages and signals.
 */
import { setImmediate } from 'node:timers/promises';
import type { DocumentChunk, Format, ReadCounts, ReadUnit } from '../types.ts';
import { readArrow } from './arrow.ts';
import { defaultChunkBytes } from './chunk-builder.ts';
import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { readJsonl } from './jsonl.ts';
import { readParquet } from './parquet.ts';
import { readText } from './text.ts';

type Reader = (unit: ReadUnit, counts: ReadCounts, chunkBytes: number) => AsyncGenerator<DocumentChunk>;

const readers: Readonly<Record<Format, Reader>> = {
  text: readText,
  jsonl: readJsonl,
  json: readJson,
  csv: readCsv,
  tsv: readCsv,
  parquet: readParquet,
  arrow: readArrow,
};

export interface ReadOptions {
  /** Largest text of a chunk, in bytes; a longer document spans chunks. Default: 1 MiB. */
  readonly chunkBytes?: number;
}

/**
 * The documents of a unit, in the order of the input. Bad records are counted and skipped.
 *
 * @throws LongmixError `field-missing` | `input-corrupt` | `input-unreadable` | `input-changed` | `input-unsupported`
 */
export async function* read(
  unit: ReadUnit,
  counts: ReadCounts,
  options: ReadOptions = {},
): AsyncGenerator<DocumentChunk> {
  const { format } = unit.files[0]!;
  for await (const chunk of readers[format](unit, counts, options.chunkBytes ?? defaultChunkBytes)) {
    yield chunk;
    await setImmediate();
  }
}

export function createReadCounts(): ReadCounts {
  return { documents: 0, replaced: 0, badRecords: 0, badSamples: [] };
}
