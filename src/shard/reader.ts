/**
 * Reads shard sets that `writer.ts` wrote: the manifest, and record batches by their place in the file, so that any row
 * costs one read of its batch.
 */

import type { RecordBatch } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import { isCount } from '../base/is-count.ts';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import { exists, type LocalBytes, readText } from '../storage/files.ts';
import { localStorage } from '../storage/local.ts';
import { join } from '../storage/paths.ts';
import { openRemoteFile } from '../storage/remote-files.ts';
import { EndedEarly } from '../storage/storage.ts';
import {
  dictFile,
  manifestFile,
  readableVersions,
  type ShardRecord,
  type ShardSetManifest,
  shardFormat,
} from './format.ts';
import { type Row, type RowColumn, rowColumns, type Values } from './row-columns.ts';

/** @throws LongmixError `shards-missing` | `shards-damaged` | `shards-version` */
export function openShards(folder: string): ShardSetManifest {
  const file = join(folder, manifestFile);
  let text: string;
  try {
    text = readText(file);
  } catch (cause) {
    throw shardsMissing(folder, cause);
  }
  return parseManifest(text, file);
}

export function shardsMissing(folder: string, cause?: unknown): LongmixError {
  return new LongmixError('shards-missing', `no finished shard set here: ${folder}`, {
    cure: 'give a folder with a manifest.json, such as out/NAME/train; longmix build makes it',
    cause,
  });
}

/**
 * @param file where the text comes from, for messages
 * @throws LongmixError `shards-damaged` | `shards-version`
 */
export function parseManifest(text: string, file: string): ShardSetManifest {
  let manifest: ShardSetManifest | null;
  try {
    manifest = JSON.parse(text) as ShardSetManifest | null;
  } catch (cause) {
    throw damaged(file, 'it is not JSON', cause);
  }
  if (manifest?.format !== shardFormat || !readableVersions.includes(manifest.version)) {
    throw new LongmixError(
      'shards-version',
      `not a shard manifest of version ${readableVersions.join(' or ')}: ${file}`,
      {
        cure: 'build again with this version of longmix: --fresh',
      },
    );
  }
  if (!isWhole(manifest)) throw damaged(file, 'its description of the shards is impossible');
  return manifest;
}

/** Whether the manifest has all that finding a row needs, and its counts agree. */
function isWhole({ width, rows, dtype, shards, repeats, documents }: ShardSetManifest): boolean {
  if (!isCount(width) || width === 0 || !(dtype in dtypes) || !Array.isArray(shards)) return false;
  if (repeats !== undefined && !fits(repeats, rows)) return false;
  if (documents != null && (typeof documents.name !== 'string' || !isCount(documents.bytes))) return false;
  const batches = shards.flatMap((shard) => (Array.isArray(shard?.batches) ? shard.batches : [null]));
  return (
    shards.every((shard) => typeof shard?.name === 'string' && isCount(shard.bytes) && isCount(shard.rows)) &&
    batches.every((batch) => isCount(batch?.offset) && isCount(batch.bytes) && isCount(batch.rows)) &&
    batches.reduce((sum, batch) => sum + batch!.rows, 0) === rows
  );
}

function fits(repeats: unknown, rows: number): boolean {
  const { rows: bound, stretch } = (repeats ?? {}) as { rows?: unknown; stretch?: unknown };
  return isCount(bound) && bound <= rows && isCount(stretch) && stretch > 0;
}

const dtypes: Readonly<Record<ShardSetManifest['dtype'], true>> = { uint16: true, int32: true };

/**
 * Names of the folders of a finished build's shard sets; null: the folder is not a finished build.
 * @throws LongmixError `shards-damaged`
 */
export function listedSets(build: string): string[] | null {
  const file = join(build, dictFile);
  if (!exists(file)) return null;
  try {
    return parseListedSets(readText(file), file);
  } catch (cause) {
    throw cause instanceof LongmixError ? cause : damaged(file, 'it cannot be read', cause);
  }
}

/** @param file where the text comes from, for messages @throws LongmixError `shards-damaged` */
export function parseListedSets(text: string, file: string): string[] {
  let splits: unknown;
  try {
    ({ splits } = JSON.parse(text) as { splits?: unknown });
  } catch (cause) {
    throw damaged(file, 'it cannot be read', cause);
  }
  if (Array.isArray(splits) && splits.every((name) => typeof name === 'string')) return splits;
  throw damaged(file, 'it does not list the splits');
}

/** A row of shards on this machine. @throws LongmixError `row-missing` if there is no such row */
export function readRow(folder: string, manifest: ShardSetManifest, row: number): Row {
  const { shard, batch, index } = findRow(folder, manifest, row);
  return rowOf(readBatch(folder, shard, batch), index);
}

/** The same of shards on any machine. */
export async function fetchRow(folder: string, manifest: ShardSetManifest, row: number): Promise<Row> {
  const { shard, batch, index } = findRow(folder, manifest, row);
  return rowOf(await fetchBatch(folder, shard, batch), index);
}

function findRow(
  folder: string,
  manifest: ShardSetManifest,
  row: number,
): { shard: ShardRecord; batch: number; index: number } {
  let left = row;
  for (const shard of manifest.shards) {
    for (const [b, batch] of shard.batches.entries()) {
      if (left < batch.rows && left >= 0) return { shard, batch: b, index: left };
      left -= batch.rows;
    }
  }
  throw new LongmixError('row-missing', `no row ${row}`, {
    where: folder,
    cure: `rows are 0 to ${manifest.rows - 1}`,
  });
}

/** @throws LongmixError `shards-damaged` */
export function readBatch(folder: string, shard: ShardRecord, batch: number): RecordBatch {
  const { offset, bytes } = shard.batches[batch]!;
  const schemaBytes = shard.batches[0]!.offset;
  const stream = new Uint8Array(schemaBytes + bytes);
  const file = join(folder, shard.name);
  let open: LocalBytes;
  try {
    open = localStorage(folder).open(shard.name);
  } catch (cause) {
    throw damaged(file, 'it cannot be opened', cause);
  }
  try {
    open.read(0, stream.subarray(0, schemaBytes));
    open.read(offset, stream.subarray(schemaBytes));
  } catch (cause) {
    throw cause instanceof EndedEarly ? damaged(file, 'it ends too early', cause) : cause;
  } finally {
    open.close();
  }
  return decodeBatch(stream, batch, file);
}

/** The same of shards on any machine. @throws LongmixError `shards-damaged`, and what a bucket throws */
export async function fetchBatch(folder: string, shard: ShardRecord, batch: number): Promise<RecordBatch> {
  if (!isUrl(folder)) return readBatch(folder, shard, batch);
  const { offset, bytes } = shard.batches[batch]!;
  const schemaBytes = shard.batches[0]!.offset;
  const stream = new Uint8Array(schemaBytes + bytes);
  const file = join(folder, shard.name);
  // Its size is known, so it is not asked for.
  const opened = await openRemoteFile(file, { size: shard.bytes, stamp: '' });
  try {
    await Promise.all([
      opened.readAside(0, stream.subarray(0, schemaBytes)),
      opened.readAside(offset, stream.subarray(schemaBytes)),
    ]);
  } catch (cause) {
    throw cause instanceof EndedEarly ? damaged(file, 'it ends too early', cause) : cause;
  }
  return decodeBatch(stream, batch, file);
}

function decodeBatch(stream: Uint8Array, batch: number, file: string): RecordBatch {
  let decoded: RecordBatch | undefined;
  try {
    [decoded] = arrow.RecordBatchReader.from(stream);
  } catch (cause) {
    throw damaged(file, `its record batch ${batch} cannot be decoded`, cause);
  }
  if (decoded === undefined) throw damaged(file, `its record batch ${batch} is not there`);
  return decoded;
}

export function rowOf(batch: RecordBatch, index: number): Row {
  const values = Object.entries<RowColumn>(rowColumns).map(([key, { name, shape }]) => {
    const value: unknown = batch.getChild(name)?.get(index);
    if (shape === 'number') return [key, value ?? 0];
    // A set that was written without the column.
    if (value === undefined) return [key, shape === 'tokens' ? new Uint8Array(0) : []];
    if (shape === 'tokens') return [key, (value as { toArray(): Values }).toArray()];
    return [key, Array.from(value as Iterable<number>)];
  });
  const row = Object.fromEntries(values) as Row;
  return row.padding > 0 ? { ...row, lengths: row.lengths.slice(0, -1) } : row;
}

function damaged(file: string, what: string, cause?: unknown): LongmixError {
  return new LongmixError('shards-damaged', `damaged shard set: ${file}: ${what}`, {
    cure: 'build again with --fresh',
    exitCode: 1,
    cause,
  });
}
