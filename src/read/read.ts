/**
 * Reads input as documents. A reader yields chunks of many documents, and is synchronous inside a chunk. Between chunks
 * the event loop runs, for messages and signals.
 */
import { setImmediate } from 'node:timers/promises';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../nouns/documents.ts';
import { defaultChunkBytes, reuseChunk } from './chunk-builder.ts';
import { formatTable } from './formats.ts';
import { fetchAhead } from './input/file-blocks.ts';
import type { UnitHash } from './input/unit-hash.ts';

export interface ReadOptions {
  /** Largest text of a chunk, in bytes; a longer document spans chunks. Default: 1 MiB. */
  readonly chunkBytes?: number;
  /** Gets the unit's bytes as they are read. */
  readonly hash?: UnitHash;
  /** A longer record of JSON Lines is an error. Default: only the bound of a string's length applies. */
  readonly recordBytes?: number | undefined;
}

/**
 * Yields the documents of a unit, in the order of the input. A chunk is valid only until the next one. Bad records are
 * counted and skipped.
 *
 * @throws LongmixError `field-missing` | `input-corrupt` | `input-unreadable` | `input-changed` | `input-unsupported`
 * | `memory-exceeded`
 */
export async function* read(
  unit: ReadUnit,
  counts: ReadCounts,
  options: ReadOptions = {},
): AsyncGenerator<DocumentChunk> {
  const reader = await formatTable[unit.files[0]!.format].load();
  const { chunkBytes = defaultChunkBytes, hash = null, recordBytes = Number.POSITIVE_INFINITY } = options;
  for await (const chunk of reader(unit, { counts, chunkBytes, hash, recordBytes })) {
    yield chunk;
    reuseChunk(chunk);
    await setImmediate();
  }
}

/** Tells which units come next: what of them is small and lies elsewhere is fetched meanwhile. */
export function readSoon(units: readonly ReadUnit[]): void {
  const files = units.flatMap((unit) => unit.files);
  // Of the others only parts are read.
  fetchAhead(files.filter(({ format }) => formatTable[format].taken === undefined));
}

export { createReadCounts } from './read-counts.ts';
