/**
 * What is read of a Parquet file: its footer, and the column chunks of the fields, row group by row group. Nothing else of
 * it is fetched, and nothing else decides its documents, so the hash of a unit is over these bytes in this order. Chunks
 * that lie side by side, or nearly so, come in one read.
 */
import { type AsyncBuffer, type FileMetaData, parquetMetadata, type RowGroup } from 'hyparquet';
import type { InputFile, ReadUnit } from '../../nouns/documents.ts';
import type { Bytes } from '../../storage/storage.ts';
import { chatColumns } from '../conversations/conversation.ts';
import type { ByteRange } from '../format-spec.ts';
import { chunkRange } from './parquet-pages.ts';
import { fieldMissing } from './record-reader.ts';

/** An open file whose footer has been read. */
export interface ParquetFile {
  readonly bytes: number;
  readonly metadata: FileMetaData;
  /** The metadata as it is stored, up to the end of the file. */
  readonly footer: Uint8Array;
  read(start: number, end: number): Promise<Buffer<ArrayBuffer>>;
}

/** Most footers are shorter. */
const tailBytes = 64 * 1024;
/** Beside the metadata: its length, and the magic at both ends of the file. */
const leastBytes = 12;

/** @throws Error that says what is wrong with the footer */
export async function openParquet(from: Bytes, { bytes }: InputFile): Promise<ParquetFile> {
  const read = async (start: number, end: number): Promise<Buffer<ArrayBuffer>> => {
    if (!(start >= 0 && end >= start && end <= bytes)) throw new Error('the file ends too early');
    const into = Buffer.allocUnsafeSlow(end - start);
    await readInParts(from, start, into);
    return into;
  };
  if (bytes < leastBytes) throw new Error('the file is too short');
  const tail = await read(Math.max(0, bytes - tailBytes), bytes);
  const length = tail.readUInt32LE(tail.length - 8) + 8;
  const isWhole = length <= tail.length || length > bytes;
  const footer = isWhole
    ? tail.subarray(Math.max(0, tail.length - length))
    : Buffer.concat([await read(bytes - length, bytes - tail.length), tail]);
  return { bytes, metadata: parquetMetadata(footer), footer, read };
}

const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 4;

/** A chunk may be large, and a single request slow. */
async function readInParts(from: Bytes, start: number, into: Uint8Array): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < into.length) {
      const at = next;
      next += partBytes;
      await from.readAside(start + at, into.subarray(at, at + partBytes));
    }
  };
  await Promise.all(Array.from({ length: partsAtOnce }, lane));
}

/** All that is read of a file, in the order of reading. */
export function rangesOf(unit: ReadUnit, { bytes, metadata, footer }: ParquetFile): ByteRange[] {
  const columns = neededColumns(unit, metadata);
  const chunks = metadata.row_groups.flatMap((group) => chunkRanges(group, columns, bytes));
  return [{ start: bytes - footer.length, end: bytes }, ...chunks];
}

/** Of the needed columns in the group's order; of a group without rows, none. */
function chunkRanges(
  { columns: chunks, num_rows: rows }: RowGroup,
  columns: readonly string[],
  bytes: number,
): ByteRange[] {
  if (rows === 0n) return [];
  return chunks.flatMap(({ meta_data: chunk }) =>
    chunk === undefined || !columns.includes(chunk.path_in_schema[0]!) ? [] : [chunkRange(chunk, bytes)],
  );
}

/** A row group's chunks in memory. */
export interface HeldGroup {
  /** As they are hashed. */
  readonly chunks: readonly Uint8Array[];
  /** The file, of which only the chunks can be had without a read. */
  readonly buffer: AsyncBuffer;
}

/** Chunks with at most so much between them come in one read, and hyparquet asks for them in one, too. */
const mostGapBytes = 8 * 1024;

export async function holdGroup(
  file: ParquetFile,
  group: RowGroup,
  columns: readonly string[],
): Promise<HeldGroup> {
  const ranges = chunkRanges(group, columns, file.bytes);
  const runs: { start: number; end: number; held?: Buffer<ArrayBuffer> }[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = runs.at(-1);
    if (last !== undefined && start - last.end <= mostGapBytes) last.end = Math.max(last.end, end);
    else runs.push({ start, end });
  }
  for (const run of runs) run.held = await file.read(run.start, run.end);
  const find = (start: number, end: number): Buffer<ArrayBuffer> | null => {
    const run = runs.find((one) => one.start <= start && end <= one.end);
    return run === undefined ? null : run.held!.subarray(start - run.start, end - run.start);
  };
  return {
    chunks: ranges.map(({ start, end }) => find(start, end)!),
    buffer: {
      byteLength: file.bytes,
      async slice(start, end = file.bytes) {
        const held = find(start, end) ?? (await file.read(start, end));
        const isAll = held.length === held.buffer.byteLength;
        return isAll ? held.buffer : held.buffer.slice(held.byteOffset, held.byteOffset + held.length);
      },
    },
  };
}

/** The top-level columns that hold the fields. A field without a column of its name may be inside a struct. */
export function neededColumns(unit: ReadUnit, metadata: FileMetaData): string[] {
  const { fields, columns, chat } = unit.source;
  const present = topLevelColumns(metadata);
  const columnOf = (name: string) => (present.includes(name) ? name : name.split('.')[0]!);
  if (!present.includes(columnOf(fields.text))) throw fieldMissing(unit, present);
  if (fields.source !== null && !present.includes(columnOf(fields.source)))
    throw fieldMissing(unit, present, 'source');
  const names = [
    ...[fields.text, fields.id, ...(fields.source === null ? [] : [fields.source])],
    ...(columns?.fields ?? []),
    ...(chat === undefined ? [] : chatColumns(chat.columns)),
  ];
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
