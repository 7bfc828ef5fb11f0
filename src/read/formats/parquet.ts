/**
 * Reads Parquet with hyparquet: only the needed columns, row group by row group, with positioned reads. Texts stay
 * bytes from the page to the chunk. Cost: memory for the needed columns of one row group, decompressed.
 */
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
} from 'hyparquet';
import { LongmixError } from '../../errors.ts';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../../nouns/documents.ts';
import { type LocalBytes, openFile } from '../../storage/files.ts';
import { orUnreadable } from '../../storage/unreadable.ts';
import { corrupt } from '../input/file-blocks.ts';
import { onlyFile } from '../input/unit-blocks.ts';
import { withPlainIds } from '../tokens/parquet-lists.ts';
import { timestampText } from './column-ids.ts';
import { rawIds } from './parquet-ids.ts';
import { checkedCompressors, checkPages, type PageKinds } from './parquet-pages.ts';
import { fieldMissing, RecordReader } from './record-reader.ts';

export async function* readParquet(
  unit: ReadUnit,
  counts: ReadCounts,
  chunkBytes: number,
): AsyncGenerator<DocumentChunk> {
  const { path, bytes } = onlyFile(unit);
  if (bytes === 0) throw corrupt(path, 'the file is empty, where a Parquet file has at least its metadata');
  const handle = orUnreadable(path, () => openFile(path));
  try {
    const file = bufferOf(handle, bytes);
    const stored = await readable(path, () => parquetMetadataAsync(file));
    await readable(path, () => checkRows(stored));
    const { fields } = unit.source;
    // If the id's column is also the text or the source, read it as text.
    const isText = fields.id === fields.text || fields.id === fields.source;
    const ids = isText ? null : await readable(path, () => rawIds(stored, fields.id));
    const named = ids?.metadata ?? stored;
    const metadata = unit.source.tokens === undefined ? named : withPlainIds(named, fields.text);
    const columns = await readable(path, () => neededColumns(unit, metadata));
    const reader = new RecordReader(unit, counts, chunkBytes);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const kinds: PageKinds = new Map();
      const options = {
        file,
        metadata,
        columns,
        rowStart,
        rowEnd,
        compressors: checkedCompressors(kinds),
        parsers,
      };
      const rows = rowEnd === rowStart ? [] : await readable(path, () => readGroup(options, kinds, group));
      for (const [number, row] of rows.entries()) {
        reader.add(rowStart + number + 1, row, ids === null ? {} : { id: ids.idOf(row) ?? null });
        if (reader.ready) yield* reader.take();
      }
      rowStart = rowEnd;
    }
    yield* reader.end();
  } finally {
    handle.close();
  }
}

/**
 * Leaves strings as bytes, so that they are checked and counted as in every other format. `timestampFromNanoseconds` is
 * for INT96, the only type of the id's column that the library still converts.
 */
const parsers = {
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes,
  timestampFromNanoseconds: (nanoseconds: bigint) => timestampText(nanoseconds, 9, false),
};

async function readGroup(
  options: Parameters<typeof parquetReadObjects>[0] & { metadata: FileMetaData; columns: string[] },
  kinds: PageKinds,
  group: RowGroup,
): Promise<Record<string, unknown>[]> {
  await checkPages(options.file, kinds, options.metadata, group, options.columns);
  const rows = await parquetReadObjects(options);
  if (rows.length !== Number(group.num_rows)) throw new Error('a row group has fewer rows than it says');
  return rows;
}

/** Checks the row counts, because a damaged count would be looped over. */
function checkRows({ num_rows: rows, row_groups: groups }: FileMetaData): void {
  const sum = groups.reduce((total, group) => total + group.num_rows, 0n);
  if (groups.some((group) => group.num_rows < 0n) || sum !== rows)
    throw new Error(`it has ${rows} rows, its row groups ${sum}`);
}

/** The top-level columns that hold the fields. A field without a column of its name may be inside a struct. */
function neededColumns(unit: ReadUnit, metadata: FileMetaData): string[] {
  const { fields } = unit.source;
  const present = topLevelColumns(metadata);
  const columnOf = (name: string) => (present.includes(name) ? name : name.split('.')[0]!);
  if (!present.includes(columnOf(fields.text))) throw fieldMissing(unit, present);
  if (fields.source !== null && !present.includes(columnOf(fields.source)))
    throw fieldMissing(unit, present, 'source');
  const names = [fields.text, fields.id, ...(fields.source === null ? [] : [fields.source])];
  return [...new Set(names.map(columnOf))].filter((name) => present.includes(name));
}

function topLevelColumns({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const children = schema[at]!.num_children ?? 0;
    at += 1;
    for (let child = 0; child < children; child += 1) skip();
  };
  while (at < schema.length) {
    names.push(schema[at]!.name);
    skip();
  }
  return names;
}

function bufferOf(handle: LocalBytes, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      if (!(start >= 0 && end >= start && end <= byteLength)) throw new Error('the file ends too early');
      const bytes = new Uint8Array(end - start);
      await handle.readAside(start, bytes);
      return bytes.buffer;
    },
  };
}

async function readable<T>(path: string, read: () => Promise<T> | T): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof LongmixError) throw cause;
    // A TypeError comes from the library's own code and does not explain the damage.
    const isPlain = cause instanceof Error && !(cause instanceof TypeError);
    const reason = isPlain ? cause.message : 'its metadata is damaged';
    throw corrupt(path, `not a Parquet file that can be read: ${reason}`, cause);
  }
}
