/**
 * A batch as the message of an Arrow record batch, byte for byte. Arrow's own writer builds objects for every column,
 * field and buffer to come to the same bytes, which costs more than all else that a small step takes.
 *
 * The metadata is a flatbuffer whose tables never change, so it is laid out once here, by the list of columns, and only
 * counts and offsets are filled in: a table points back to its vtable, which says where in the table its fields are.
 */
import { buffersOf, feedColumns, type RowColumn, type Values } from '../../shard/row-columns.ts';
import type { Batch } from '../feed.ts';

/** uint32 columns of a stream that shards have not; the others are `feedColumns`. */
export const stepColumns: readonly string[] = ['step', 'epoch', 'row'];

const shapes: readonly RowColumn['shape'][] = [
  ...stepColumns.map(() => 'number' as const),
  ...feedColumns.map(({ shape }) => shape),
];
/** What a column has rows or entries of: itself, and the values that its rows consist of. */
const nodes = shapes.reduce((sum, shape) => sum + (shape === 'number' ? 1 : 2), 0);
const buffers = shapes.reduce((sum, shape) => sum + buffersOf[shape].count, 0);

const nodesAt = 80;
/** Their number is before them, at a multiple of 4 that makes them begin at one of 8. */
const buffersAt = nodesAt + 16 * nodes + 8;
/** Bytes of the metadata, and of the 8 before it: a mark, and their length. */
const metadataBytes = buffersAt + 16 * buffers;
const headBytes = 8 + metadataBytes;

/** Messages smaller than this are one piece: a write costs more than a copy of some kilobytes. */
const smallBytes = 64 * 1024;

/** A batch's message in pieces; the ids of a large one are not copied: their piece is the batch's own memory. */
export function batchMessage(batch: Batch): Uint8Array[] {
  const { rows, inputIds } = batch;
  const columns = columnsOf(batch);
  const sizes = Array.from({ length: columns.length }, (_, c) => filled(columns[c]!.byteLength));
  const bodyBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const ids = columns.indexOf(inputIds);
  const whole = headBytes + bodyBytes <= smallBytes;
  let before = headBytes;
  for (let c = 0; c < ids; c += 1) before += sizes[c]!;

  const first = new Uint8Array(whole ? headBytes + bodyBytes : before);
  writeHead(new DataView(first.buffer), columns, rows.length, bodyBytes);
  // Padding after the ids needs no write: the buffer is zeroed.
  const behind = headBytes + bodyBytes - before - inputIds.byteLength;
  const tail = whole ? first.subarray(before + inputIds.byteLength) : new Uint8Array(behind);
  let at = headBytes;
  for (let c = 0; c < columns.length; c += 1) {
    if (c < ids || (c === ids && whole)) first.set(bytesOf(columns[c]!), at);
    else if (c > ids) tail.set(bytesOf(columns[c]!), at - before - inputIds.byteLength);
    at += sizes[c]!;
  }
  return whole ? [first] : [first, bytesOf(inputIds), tail];
}

/** The arrays of a message, in its order: each column's values, those of a list behind its offsets. */
function columnsOf(batch: Batch): Values[] {
  const { step, epoch, rows } = batch;
  const arrays: Values[] = [
    new Uint32Array(rows.length).fill(step),
    new Uint32Array(rows.length).fill(epoch),
    rows,
  ];
  const of = batch as unknown as Readonly<Record<string, Values>>;
  for (const { feed } of feedColumns) {
    if (feed!.offsets !== null) arrays.push(of[feed!.offsets]!);
    arrays.push(of[feed!.values]!);
  }
  return arrays;
}

/** The end of a stream: a mark, and no metadata. */
export function endOfStream(): Uint8Array {
  return Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
}

function writeHead(view: DataView, columns: readonly Values[], count: number, bodyBytes: number): void {
  view.setInt32(0, -1, true);
  view.setInt32(4, metadataBytes, true);
  new Uint8Array(view.buffer).set(template, 8);
  const long = (at: number, value: number) => {
    view.setUint32(8 + at, value % 2 ** 32, true);
    view.setUint32(12 + at, Math.floor(value / 2 ** 32), true);
  };
  long(bodyBytesAt, bodyBytes);
  long(rowsAt, count);
  let node = nodesAt;
  let buffer = buffersAt;
  let offset = 0;
  let c = 0;
  /** One that holds nothing: no value is null. */
  const addEmpty = () => {
    long(buffer, offset);
    buffer += 16;
  };
  const add = ({ byteLength }: Values) => {
    long(buffer, offset);
    long(buffer + 8, byteLength);
    buffer += 16;
    offset += filled(byteLength);
  };
  // Each column's validity, and then its values; that of a list, its offsets; a list of fixed size has none. Children follow.
  for (const shape of shapes) {
    long(node, count);
    node += 16;
    addEmpty();
    if (shape === 'list') add(columns[c++]!);
    const values = columns[c++]!;
    if (shape !== 'number') {
      long(node, values.length);
      node += 16;
      addEmpty();
    }
    add(values);
  }
}

const bodyBytesAt = 24;
const rowsAt = 56;

/** All that is the same in every message. Fields are those of Arrow's Message.fbs. */
const template: Uint8Array = (() => {
  const view = new DataView(new ArrayBuffer(metadataBytes));
  const shorts = (at: number, ...values: readonly number[]) => {
    for (const [i, value] of values.entries()) view.setUint16(at + 2 * i, value, true);
  };
  const int = (at: number, value: number) => view.setInt32(at, value, true);
  int(0, 16);
  // Message at 16: its vtable's bytes, its own, then where version, header type, header and body length are in it.
  shorts(4, 12, 24, 16, 18, 20, bodyBytesAt - 16);
  int(16, 16 - 4);
  shorts(32, 4); // version 5
  view.setUint8(34, 3); // RecordBatch
  int(36, 52 - 36);
  // RecordBatch at 52: where length, nodes and buffers are in it.
  shorts(40, 10, 20, rowsAt - 52, 12, 16);
  int(52, 52 - 40);
  int(64, nodesAt - 4 - 64);
  int(68, buffersAt - 4 - 68);
  int(nodesAt - 4, nodes);
  int(buffersAt - 4, buffers);
  return new Uint8Array(view.buffer);
})();

/** Columns begin at multiples of 8 bytes. */
function filled(bytes: number): number {
  return (bytes + 7) & ~7;
}

function bytesOf({ buffer, byteOffset, byteLength }: Values): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
