/**
 * A batch as the message of an Arrow record batch, byte for byte. Arrow's own writer builds objects for every column,
 * field and buffer to come to the same bytes, which costs more than all else that a small step takes.
 *
 * The metadata is a flatbuffer whose tables never change, so it is laid out once here, by hand, and only counts and
 * offsets are filled in: a table points back to its vtable, which says where in the table its fields are.
 */
import type { Batch } from '../feed.ts';

/** Bytes of the metadata, and of the 8 before it: a mark, and their length. */
const metadataBytes = 456;
const headBytes = 8 + metadataBytes;
const nodesAt = 80;
const buffersAt = 216;

/** Messages smaller than this are one piece: a write costs more than a copy of some kilobytes. */
const smallBytes = 64 * 1024;

/** A batch's message in pieces; the ids of a large one are not copied: their piece is the batch's own memory. */
export function batchMessage(batch: Batch): Uint8Array[] {
  const { step, epoch, rows, inputIds, seqOffsets, seqLengths, padding } = batch;
  const count = rows.length;
  const column = filled(count * 4);
  const lengthsAt = filled(seqOffsets.byteLength);
  const paddingAt = lengthsAt + filled(seqLengths.byteLength);
  const tailBytes = paddingAt + column;
  const idBytes = filled(inputIds.byteLength);
  const before = headBytes + 3 * column;
  const whole = before + idBytes + tailBytes <= smallBytes;

  const first = new Uint8Array(whole ? before + idBytes + tailBytes : before);
  const numbers = new Uint32Array(first.buffer, headBytes);
  numbers.fill(step, 0, count);
  numbers.fill(epoch, column / 4, column / 4 + count);
  numbers.set(rows, column / 2);
  writeHead(new DataView(first.buffer), batch, before - headBytes + idBytes + tailBytes);

  const tail = whole
    ? first.subarray(before + idBytes)
    : new Uint8Array(idBytes - inputIds.byteLength + tailBytes);
  // Of what fills up the ids there is nothing to say: it is zeros before the tail.
  const at = whole ? 0 : idBytes - inputIds.byteLength;
  tail.set(bytesOf(seqOffsets), at);
  tail.set(bytesOf(seqLengths), at + lengthsAt);
  tail.set(bytesOf(padding), at + paddingAt);
  if (!whole) return [first, bytesOf(inputIds), tail];
  first.set(bytesOf(inputIds), before);
  return [first];
}

/** The end of a stream: a mark, and no metadata. */
export function endOfStream(): Uint8Array {
  return Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
}

function writeHead(view: DataView, batch: Batch, bodyBytes: number): void {
  view.setInt32(0, -1, true);
  view.setInt32(4, metadataBytes, true);
  new Uint8Array(view.buffer).set(template, 8);
  const long = (at: number, value: number) => {
    view.setUint32(8 + at, value % 2 ** 32, true);
    view.setUint32(12 + at, Math.floor(value / 2 ** 32), true);
  };
  const count = batch.rows.length;
  const { inputIds, seqOffsets, seqLengths } = batch;
  const four = count * 4;
  long(bodyBytesAt, bodyBytes);
  long(rowsAt, count);
  // Rows or entries of each column, children behind their parents; none is null.
  const nodes = [count, count, count, count, inputIds.length, count, seqLengths.length, count];
  for (const [i, length] of nodes.entries()) long(nodesAt + 16 * i, length);
  // Each column's validity, which is empty, and then its values; that of a list, its offsets; a list of fixed size has none.
  const ids = [0, 0, inputIds.byteLength];
  const lengths = [0, seqOffsets.byteLength, 0, seqLengths.byteLength];
  let offset = 0;
  for (const [i, bytes] of [0, four, 0, four, 0, four, ...ids, ...lengths, 0, four].entries()) {
    long(buffersAt + 16 * i, offset);
    long(buffersAt + 16 * i + 8, bytes);
    offset += filled(bytes);
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
  int(nodesAt - 4, 8);
  int(buffersAt - 4, 15);
  return new Uint8Array(view.buffer);
})();

/** Columns begin at multiples of 8 bytes. */
function filled(bytes: number): number {
  return (bytes + 7) & ~7;
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array | Int32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
