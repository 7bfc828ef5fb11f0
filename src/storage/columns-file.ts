/**
 * Columns of numbers in a file. A reader can read any range of a column, and checks only the blocks that it reads.
 *
 *   bytes 0-7     "LMXCOLS" and the version of this format, 1
 *         8-11    length of the header in bytes, u32
 *         12-15   CRC-32 of the header, u32
 *         16-     the header, JSON in UTF-8: { about, columns: [{ name, type: u16 | u32, length, at, sums }] }
 *         ...     zeros up to a multiple of 8, then the columns, at multiples of 8; `at` counts from the first column
 *
 * Numbers are little-endian, which is also their layout in memory on every machine that Node runs on. A column is
 * checked block by block: `sums` has the CRC-32 of each MiB. `about` is any JSON value by which the writer describes
 * the columns.
 *
 * Why not Arrow: callers want a range of a column as one typed array, and a library that reads whole record batches
 * would copy it twice. The cost: no other program can read these files. None should, because they are longmix's notes.
 */
import { crc32 } from 'node:zlib';
import { createFile } from './commit.ts';
import { type LocalBytes, openFile } from './files.ts';
import { EndedEarly } from './storage.ts';

export type NumberColumn = Uint16Array | Uint32Array;

const magic = 'LMXCOLS1';
const headerStart = 16;
const blockBytes = 1024 * 1024;

interface ColumnRecord {
  readonly name: string;
  readonly type: 'u16' | 'u32';
  readonly length: number;
  readonly at: number;
  readonly sums: readonly number[];
}

interface Header {
  readonly about: unknown;
  readonly columns: readonly ColumnRecord[];
}

/** @throws LongmixError `output-unwritable` */
export function writeColumns(
  path: string,
  about: unknown,
  columns: Readonly<Record<string, NumberColumn>>,
): void {
  let end = 0;
  const records = Object.entries(columns).map(([name, column]): ColumnRecord => {
    const at = end;
    end = aligned(at + column.byteLength);
    const type = column instanceof Uint16Array ? 'u16' : 'u32';
    return { name, type, length: column.length, at, sums: [...blocks(bytesOf(column))].map((b) => crc32(b)) };
  });
  const header = Buffer.from(JSON.stringify({ about, columns: records } satisfies Header));
  const head = Buffer.alloc(aligned(headerStart + header.length));
  head.write(magic, 0, 'latin1');
  head.writeUInt32LE(header.length, 8);
  head.writeUInt32LE(crc32(header), 12);
  header.copy(head, headerStart);
  const file = createFile(path);
  try {
    file.write(head);
    for (const column of Object.values(columns)) {
      const bytes = bytesOf(column);
      for (const block of blocks(bytes)) file.write(block);
      file.write(Buffer.alloc(aligned(bytes.length) - bytes.length));
    }
    file.commit();
  } catch (error) {
    file.abort();
    throw error;
  }
}

/** A file of columns is damaged, and cannot be read further. The message says how. */
export class DamagedColumns extends Error {}

export interface ColumnsFile {
  readonly about: unknown;
  /** How many numbers a column has. */
  length(name: string): number;
  /** Numbers [from, to) of a column, in shared memory. */
  read(name: string, from: number, to: number): NumberColumn;
  /** Fills `into`, of the column's type, with the numbers from `from` on, without memory of its own but for one block. */
  copy(name: string, from: number, into: NumberColumn): void;
  close(): void;
}

/** @throws DamagedColumns, which `read` also throws; a system error if the file does not exist */
export function openColumns(path: string): ColumnsFile {
  const file = openFile(path);
  try {
    const { about, columns, start } = readHeader(file);
    const ends = columns.map(({ at, length, type }) => start + at + length * width(type));
    if (file.size < Math.max(start, ...ends)) throw new DamagedColumns('it is cut short');
    const byName = new Map(columns.map((column) => [column.name, column]));
    let scratch: Uint8Array | null = null;
    const block = () => {
      scratch ??= new Uint8Array(blockBytes);
      return scratch;
    };
    const find = (name: string) => {
      const column = byName.get(name);
      if (column === undefined) throw new DamagedColumns(`it has no column ${name}`);
      return column;
    };
    return {
      about,
      length: (name) => find(name).length,
      read: (name, from, to) => readColumn(file, start, find(name), from, to),
      copy: (name, from, into) => copyColumn(file, start, find(name), from, into, block()),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readHeader(file: LocalBytes): Header & { readonly start: number } {
  const head = Buffer.alloc(headerStart);
  readAll(file, head, 0);
  if (head.toString('latin1', 0, 8) !== magic) throw new DamagedColumns(`it does not begin with ${magic}`);
  const length = head.readUInt32LE(8);
  if (length > file.size) throw new DamagedColumns('it is cut short');
  const header = Buffer.alloc(length);
  readAll(file, header, headerStart);
  if (crc32(header) !== head.readUInt32LE(12)) throw new DamagedColumns('its header has changed');
  return { ...(JSON.parse(header.toString()) as Header), start: aligned(headerStart + length) };
}

function readColumn(
  file: LocalBytes,
  start: number,
  { name, type, length, at, sums }: ColumnRecord,
  from: number,
  to: number,
): NumberColumn {
  if (from < 0 || from > to || to > length)
    throw new DamagedColumns(`column ${name} has no ${from} to ${to}`);
  const size = width(type);
  const whole = length * size;
  const first = Math.floor((from * size) / blockBytes);
  const end = Math.ceil((to * size) / blockBytes);
  const begin = first * blockBytes;
  const bytes = new Uint8Array(new SharedArrayBuffer(Math.max(0, Math.min(whole, end * blockBytes) - begin)));
  readAll(file, bytes, start + at + begin);
  let block = first;
  for (const part of blocks(bytes)) {
    if (crc32(part) !== sums[block]) throw new DamagedColumns(`block ${block} of column ${name} has changed`);
    block += 1;
  }
  const offset = from * size - begin;
  return type === 'u16'
    ? new Uint16Array(bytes.buffer, offset, to - from)
    : new Uint32Array(bytes.buffer, offset, to - from);
}

function copyColumn(
  file: LocalBytes,
  start: number,
  { name, type, length, at, sums }: ColumnRecord,
  from: number,
  into: NumberColumn,
  scratch: Uint8Array,
): void {
  const size = width(type);
  if (from < 0 || from + into.length > length || into.BYTES_PER_ELEMENT !== size)
    throw new DamagedColumns(`column ${name} has no ${from} to ${from + into.length}`);
  const bytes = bytesOf(into);
  const begin = from * size;
  const end = begin + bytes.length;
  for (let block = Math.floor(begin / blockBytes); block * blockBytes < end; block += 1) {
    const first = block * blockBytes;
    const whole = scratch.subarray(0, Math.min(blockBytes, length * size - first));
    readAll(file, whole, start + at + first);
    if (crc32(whole) !== sums[block])
      throw new DamagedColumns(`block ${block} of column ${name} has changed`);
    const own = whole.subarray(Math.max(0, begin - first), Math.min(whole.length, end - first));
    bytes.set(own, Math.max(0, first - begin));
  }
}

/** @throws DamagedColumns if the file ends before `bytes` is full */
function readAll(file: LocalBytes, bytes: Uint8Array, position: number): void {
  try {
    file.read(position, bytes);
  } catch (error) {
    throw error instanceof EndedEarly ? new DamagedColumns('it is cut short') : error;
  }
}

function* blocks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += blockBytes) yield bytes.subarray(at, at + blockBytes);
}

function bytesOf({ buffer, byteOffset, byteLength }: NumberColumn): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function width(type: ColumnRecord['type']): number {
  return type === 'u16' ? 2 : 4;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
