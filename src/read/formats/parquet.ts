/**
 * Reads Parquet with hyparquet: only the needed columns, row group by row group (`parquet-columns.ts`). Texts stay bytes
 * from the page to the chunk. Cost: memory for the needed columns of one row group, as stored and decompressed. The next
 * group of a remote file is fetched meanwhile.
 */
import { type FileMetaData, parquetReadObjects, type RowGroup } from 'hyparquet';
import { isPointerSize } from '../../base/git-lfs.ts';
import { isUrl } from '../../base/is-url.ts';
import { LongmixError } from '../../errors.ts';
import type { DocumentChunk, ReadUnit } from '../../nouns/documents.ts';
import type { ByteRange, ReaderOptions } from '../format-spec.ts';
import { corrupt, openInput, refusePointer } from '../input/file-blocks.ts';
import { onlyFile } from '../input/unit-blocks.ts';
import type { UnitHash } from '../input/unit-hash.ts';
import { withPlainIds } from '../tokens/parquet-lists.ts';
import { timestampText } from './column-ids.ts';
import {
  type HeldGroup,
  holdGroup,
  neededColumns,
  openParquet,
  type ParquetFile,
  rangesOf,
} from './parquet-columns.ts';
import { rawIds } from './parquet-ids.ts';
import { checkedCompressors, checkPages, type PageKinds } from './parquet-pages.ts';
import { RecordReader } from './record-reader.ts';

export async function* readParquet(
  unit: ReadUnit,
  { counts, chunkBytes, hash }: ReaderOptions,
): AsyncGenerator<DocumentChunk> {
  const { path } = onlyFile(unit);
  const { handle, file } = await openUnit(unit);
  try {
    const stored = file.metadata;
    await readable(path, () => checkRows(stored));
    const { fields } = unit.source;
    // If the id's column is also the text or the source, read it as text.
    const isText = fields.id === fields.text || fields.id === fields.source;
    const ids = isText ? null : await readable(path, () => rawIds(stored, fields.id));
    const named = ids?.metadata ?? stored;
    const metadata = unit.source.tokens === undefined ? named : withPlainIds(named, fields.text);
    const columns = await readable(path, () => neededColumns(unit, metadata));
    await readable(path, () => beginHash(hash, unit, file));
    const reader = new RecordReader(unit, counts, chunkBytes);
    let rowStart = 0;
    // Who reads all of a file wants its hash; others stop soon.
    const isAhead = isUrl(path) && hash !== null;
    const groups = heldGroups(path, file, metadata.row_groups, columns, isAhead);
    for await (const { group, held } of groups) {
      for (const chunk of held.chunks) hash?.update(chunk);
      const rowEnd = rowStart + Number(group.num_rows);
      const kinds: PageKinds = new Map();
      const options = {
        file: held.buffer,
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

/** What is read of the file, and hashed. */
export async function parquetRanges(unit: ReadUnit): Promise<ByteRange[]> {
  const { path } = onlyFile(unit);
  const { handle, file } = await openUnit(unit);
  try {
    return await readable(path, () => rangesOf(unit, file));
  } finally {
    handle.close();
  }
}

async function openUnit(unit: ReadUnit): Promise<{ handle: { close(): void }; file: ParquetFile }> {
  const input = onlyFile(unit);
  const { path, bytes } = input;
  if (bytes === 0) throw corrupt(path, 'the file is empty, where a Parquet file has at least its metadata');
  const handle = await openInput(input);
  try {
    // The pointer of a file of this machine has been told when it was found.
    if (isUrl(path) && isPointerSize(bytes)) {
      const all = Buffer.alloc(bytes);
      await handle.read(0, all);
      refusePointer(input, all);
    }
    return { handle, file: await readable(path, () => openParquet(handle, input)) };
  } catch (error) {
    handle.close();
    throw error;
  }
}

function beginHash(hash: UnitHash | null, unit: ReadUnit, file: ParquetFile): void {
  if (hash === null) return;
  hash.begin(
    onlyFile(unit),
    rangesOf(unit, file).reduce((sum, { start, end }) => sum + end - start, 0),
  );
  hash.update(file.footer);
}

async function* heldGroups(
  path: string,
  file: ParquetFile,
  groups: readonly RowGroup[],
  columns: readonly string[],
  isAhead: boolean,
): AsyncGenerator<{ group: RowGroup; held: HeldGroup }> {
  const hold = (group: RowGroup) => readable(path, () => holdGroup(file, group, columns));
  let ahead: Promise<HeldGroup> | null = null;
  for (const [i, group] of groups.entries()) {
    const held = await (ahead ?? hold(group));
    const next = groups[i + 1];
    ahead = next === undefined || !isAhead ? null : hold(next);
    // It is awaited in the next round, if that comes.
    ahead?.catch(() => {});
    yield { group, held };
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
