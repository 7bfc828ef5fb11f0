/**
 * Writes a batch as the message of an Arrow record batch, byte for byte. Arrow's own writer builds objects for every
 * column, field and buffer to get the same bytes, which costs more than everything else in a small step.
 *
 * The metadata is a flatbuffer whose tables never change. So it is laid out here once, from the list of columns, and
 * only counts and offsets are filled in. A table points back to its vtable, which says where in the table its fields
 * are.
 */
import { feedColumns, rowColumns, type Values } from '../../shard/row-columns.ts';
import type { Batch } from '../feed.ts';

/** uint32 columns that streams have and shards don't; the other columns of a stream are `feedColumns`. */
export const stepColumns: readonly string[] = ['step', 'epoch', 'row'];

const ofRows = -1;
const empty = -2;
const nodesAt = 80;

/** What messages with the same columns have in common. */
interface MessageForm {
  /**
   * The message's nodes (each column, followed by its child if it has one) and buffers (for each column: its validity,
   * which is empty; a list's offsets; the child's validity; the values). Each entry is the index in `arrays` of the array
   * that the node or buffer describes; `ofRows`: it has one number per row.
   */
  readonly nodes: readonly number[];
  readonly buffers: readonly number[];
  /** The number of buffers stands before them, at a multiple of 4 such that they begin at a multiple of 8. */
  readonly buffersAt: number;
  /** Bytes of the metadata; with `headBytes`, including the 8 bytes before it: a mark and the metadata's length. */
  readonly metadataBytes: number;
  readonly headBytes: number;
  /** A batch's keys of the arrays in its message, in message order: each column's values; for a list, its offsets first. */
  readonly arrays: readonly string[];
  readonly idsAt: number;
  /** The bytes that are the same in every message. */
  readonly template: Uint8Array;
}

function messageForm(mask: boolean): MessageForm {
  const nodes: number[] = stepColumns.map(() => ofRows);
  const buffers: number[] = stepColumns.flatMap(() => [empty, ofRows]);
  let array = 0;
  for (const { shape } of feedColumns(mask)) {
    nodes.push(ofRows);
    buffers.push(empty);
    if (shape === 'list') buffers.push(array++);
    if (shape !== 'number') {
      nodes.push(array);
      buffers.push(empty);
    }
    buffers.push(array++);
  }
  const buffersAt = nodesAt + 16 * nodes.length + 8;
  const metadataBytes = buffersAt + 16 * buffers.length;
  const arrays = feedColumns(mask).flatMap(({ feed }) =>
    feed!.offsets === null ? [feed!.values] : [feed!.offsets, feed!.values],
  );
  return {
    ...{ nodes, buffers, buffersAt, metadataBytes, arrays },
    headBytes: 8 + metadataBytes,
    idsAt: arrays.indexOf(rowColumns.ids.feed.values),
    template: templateOf(nodes.length, buffers.length, buffersAt, metadataBytes),
  };
}

/** Messages up to this size are one piece, because a write costs more than copying some kilobytes. */
const smallBytes = 64 * 1024;

/**
 * Returns a batch's message in pieces. The ids of a large batch are not copied: their piece is the batch's own memory.
 */
export function batchMessage(batch: Batch): Uint8Array[] {
  const { step, epoch, rows, inputIds } = batch;
  const form = batch.lossMask === undefined ? plainForm : maskedForm;
  const { arrays, idsAt, headBytes } = form;
  const columns: Values[] = [];
  const stepColumn = filled(rows.byteLength);
  let before = headBytes + stepColumns.length * stepColumn;
  let bytes = before;
  for (let c = 0; c < arrays.length; c += 1) {
    const column = (batch as unknown as Readonly<Record<string, Values>>)[arrays[c]!]!;
    columns.push(column);
    if (c < idsAt) before += filled(column.byteLength);
    bytes += filled(column.byteLength);
  }
  const whole = bytes <= smallBytes;

  const first = new Uint8Array(whole ? bytes : before);
  const numbers = new Uint32Array(first.buffer, headBytes);
  numbers.fill(step, 0, rows.length);
  numbers.fill(epoch, stepColumn / 4, stepColumn / 4 + rows.length);
  numbers.set(rows, stepColumn / 2);
  writeHead(form, new DataView(first.buffer), columns, rows.length, bytes - headBytes);

  // Padding after the ids needs no write: the buffer is zeroed.
  const idsEnd = before + inputIds.byteLength;
  const tail = whole ? first : new Uint8Array(bytes - idsEnd);
  let at = headBytes + stepColumns.length * stepColumn;
  for (let c = 0; c < columns.length; c += 1) {
    const column = columns[c]!;
    if (whole || c < idsAt) first.set(bytesOf(column), at);
    else if (c > idsAt) tail.set(bytesOf(column), at - idsEnd);
    at += filled(column.byteLength);
  }
  return whole ? [first] : [first, bytesOf(inputIds), tail];
}

/** Returns the end of a stream: a mark, and a metadata length of 0. */
export function endOfStream(): Uint8Array {
  return Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
}

function writeHead(
  { nodes, buffers, buffersAt, metadataBytes, template }: MessageForm,
  view: DataView,
  columns: readonly Values[],
  count: number,
  bodyBytes: number,
): void {
  view.setInt32(0, -1, true);
  view.setInt32(4, metadataBytes, true);
  new Uint8Array(view.buffer).set(template, 8);
  const long = (at: number, value: number) => {
    view.setUint32(8 + at, value % 2 ** 32, true);
    view.setUint32(12 + at, Math.floor(value / 2 ** 32), true);
  };
  long(bodyBytesAt, bodyBytes);
  long(rowsAt, count);
  for (let n = 0; n < nodes.length; n += 1) {
    const c = nodes[n]!;
    long(nodesAt + 16 * n, c === ofRows ? count : columns[c]!.length);
  }
  let offset = 0;
  for (let b = 0; b < buffers.length; b += 1) {
    const c = buffers[b]!;
    long(buffersAt + 16 * b, offset);
    if (c === empty) continue;
    const bytes = c === ofRows ? 4 * count : columns[c]!.byteLength;
    long(buffersAt + 16 * b + 8, bytes);
    offset += filled(bytes);
  }
}

const bodyBytesAt = 24;
const rowsAt = 56;

/** Field names are those of Arrow's Message.fbs. */
function templateOf(nodes: number, buffers: number, buffersAt: number, metadataBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(metadataBytes));
  const shorts = (at: number, ...values: readonly number[]) => {
    for (const [i, value] of values.entries()) view.setUint16(at + 2 * i, value, true);
  };
  const int = (at: number, value: number) => view.setInt32(at, value, true);
  int(0, 16);
  // Message at 16. Its vtable: bytes of the vtable, bytes of the table, offsets of version, header type, header, body
  // length.
  shorts(4, 12, 24, 16, 18, 20, bodyBytesAt - 16);
  int(16, 16 - 4);
  shorts(32, 4); // version 5
  view.setUint8(34, 3); // RecordBatch
  int(36, 52 - 36);
  // RecordBatch at 52. Its vtable ends with the offsets of length, nodes and buffers.
  shorts(40, 10, 20, rowsAt - 52, 12, 16);
  int(52, 52 - 40);
  int(64, nodesAt - 4 - 64);
  int(68, buffersAt - 4 - 68);
  int(nodesAt - 4, nodes);
  int(buffersAt - 4, buffers);
  return new Uint8Array(view.buffer);
}

const plainForm = messageForm(false);
const maskedForm = messageForm(true);

/** Rounds up to a multiple of 8, where columns begin. */
function filled(bytes: number): number {
  return (bytes + 7) & ~7;
}

function bytesOf({ buffer, byteOffset, byteLength }: Values): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
