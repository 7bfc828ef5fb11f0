/**
 * Finds where the columns of a record batch lie in its file. Arrow keeps the values of a fixed-size column in one
 * piece, so a row is a read at a computed place, and neighbouring rows are one read.
 *
 * The message is parsed here, not by Arrow's reader, because that trusts all counts in it. This parser never reads
 * beyond the end of a damaged file, and rejects a layout that doesn't fill its message exactly.
 */
import type { BatchRecord } from '../../shard/format.ts';
import { buffersOf, bytesOfType, columnsOf } from '../../shard/row-columns.ts';

/** Offsets in the file, in bytes. The offsets of `besideIds` differ by multiples of 8. */
export interface BatchLayout {
  readonly inputIds: number;
  /** The layouts of the columns `besideIds`, in their order; columns of provenance only if the rows have them. */
  readonly columns: readonly ColumnLayout[];
}

export interface ColumnLayout {
  /**
   * For a list: offset of rows + 1 int32, which say where each row's entries begin in the values. Else: as `values`.
   */
  readonly offsets: number;
  readonly values: number;
  /** Number of entries that fit in the values' buffer. */
  readonly entries: number;
}

/** The columns of rows, with the numbers of the buffers that hold them (`shard/row-columns.ts`). */
function placedColumns(mask: boolean) {
  let first = 0;
  const placed = columnsOf({ provenance: true, mask }).map((column) => {
    const { count, offsets, values } = buffersOf[column.shape];
    const place = { offsets: offsets === null ? null : first + offsets, values: first + values };
    first += count;
    return { column, ...place };
  });
  const [ids, ...besideIds] = placed as [(typeof placed)[number], ...typeof placed];
  return { ids, besideIds };
}
const plain = placedColumns(false);
const masked = placedColumns(true);
/** More buffers than the row schema has. */
const mostBuffers = 64;
/** Writers pad buffers to a multiple of 8 or 64 bytes, and may or may not include the padding in a buffer's length. */
const filling = 64;

/** Bytes to read first. The message's second 4 bytes give the metadata's length, which is rarely more than this. */
export const usualMetadataBytes = 4096;

/** Returns the bytes of the message before its body, from its first 8 bytes; null if these don't fit the record. */
export function headBytes(start: Uint8Array, record: BatchRecord): number | null {
  if (start.length < 8) return null;
  const view = viewOf(start);
  const bytes = 8 + view.getInt32(4, true);
  return view.getInt32(0, true) === -1 && bytes > 8 && bytes <= record.bytes ? bytes : null;
}

/**
 * @param head the message's first bytes, `headBytes` of them
 * @param maskWidth tokens of a row, if each has a value in `loss_mask`; 0: the set has no such column
 * @returns null if this is not a record batch of the row schema with that many rows of `rowBytes`
 */
export function batchLayout(
  head: Uint8Array,
  record: BatchRecord,
  rowBytes: number,
  maskWidth: number = 0,
): BatchLayout | null {
  const { ids, besideIds } = maskWidth === 0 ? plain : masked;
  const message = readMessage(head);
  if (message === null) return null;
  const { rows, bodyBytes, regions } = message;
  if (rows !== record.rows || bodyBytes !== record.bytes - head.length || !fills(regions, bodyBytes))
    return null;
  const at = ({ offset }: Region) => record.offset + head.length + offset;
  const idRegion = regions[ids.values];
  const fits =
    idRegion !== undefined &&
    idRegion.length >= rows * rowBytes &&
    idRegion.length < rows * rowBytes + filling;
  if (!fits) return null;
  const columns: ColumnLayout[] = [];
  for (const { column, offsets, values } of besideIds) {
    const region = regions[values];
    if (region === undefined && column.when === 'provenance') break;
    if (region === undefined) return null;
    const entries = Math.floor(region.length / bytesOfType(column.type, 'int32'));
    const starts = offsets === null ? region : regions[offsets]!;
    const perRow = column.shape === 'tokens' ? maskWidth : 1;
    if (offsets === null ? entries < rows * perRow : starts.length < (rows + 1) * 4) return null;
    columns.push({ offsets: at(starts), values: at(region), entries });
  }
  return { inputIds: at(idRegion), columns };
}

/** A range of bytes in the body. */
interface Region {
  readonly offset: number;
  readonly length: number;
}

/** True if the regions follow one another, with nothing but padding between them, and fill the body. */
function fills(regions: readonly Region[], bodyBytes: number): boolean {
  let end = 0;
  for (const { offset, length } of regions) {
    if (offset < end || offset >= end + filling || offset % 8 !== 0 || length < 0) return false;
    end = offset + length;
  }
  return end <= bodyBytes && end + filling > bodyBytes;
}

interface RecordBatchMessage {
  readonly rows: number;
  readonly bodyBytes: number;
  readonly regions: readonly Region[];
}

/**
 * Parses the message's metadata, a flatbuffer: tables with relative pointers to their fields. Fields are named by their
 * number in Arrow's Message.fbs. DataView throws on pointers out of the metadata.
 */
function readMessage(head: Uint8Array): RecordBatchMessage | null {
  const view = viewOf(head.subarray(8));
  const u32 = (at: number) => view.getUint32(at, true);
  const i64 = (at: number) => Number(view.getBigInt64(at, true));
  const field = (table: number, number: number): number | null => {
    const vtable = table - view.getInt32(table, true);
    const slot = 4 + 2 * number;
    const offset = slot < view.getUint16(vtable, true) ? view.getUint16(vtable + slot, true) : 0;
    return offset === 0 ? null : table + offset;
  };
  const pointed = (at: number) => at + u32(at);
  try {
    const message = u32(0);
    const [kind, header, body] = [1, 2, 3].map((number) => field(message, number));
    if (kind === null || header === null || body === null || view.getUint8(kind!) !== recordBatch)
      return null;
    const batch = pointed(header!);
    const [rows, , vector, compression] = [0, 1, 2, 3].map((number) => field(batch, number));
    if (rows === null || vector === null || compression !== null) return null;
    const list = pointed(vector!);
    const count = u32(list);
    if (count > mostBuffers) return null;
    const regions = Array.from({ length: count }, (_, i) => {
      const at = list + 4 + 16 * i;
      return { offset: i64(at), length: i64(at + 8) };
    });
    return { rows: i64(rows!), bodyBytes: i64(body!), regions };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Number of RecordBatch in the union MessageHeader. */
const recordBatch = 3;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
