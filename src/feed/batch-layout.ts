/**
 * Where the columns of a record batch lie in its file. Arrow keeps a fixed-size column's values in one piece, so that a
 * row is a read at a computed place, and neighbouring rows are one read.
 */
import type { BatchRecord } from '../shard/format.ts';
import { arrow } from '../util/arrow.ts';

/** Offsets in the file, in bytes. */
export interface BatchLayout {
  readonly inputIds: number;
  /** int32, rows + 1: where each row's entries begin in `seqLengths`. */
  readonly seqOffsets: number;
  readonly seqLengths: number;
  readonly padding: number;
}

/** Buffers of the row schema (`shard/schema.ts`) in the order of the format: each column's validity comes first. */
const buffers = { inputIds: 2, seqOffsets: 4, seqLengths: 6, padding: 8 } as const;

/** The length of the metadata stands in its second 4 bytes; it is less than this but for odd writers. */
export const usualMetadataBytes = 4096;

/** Bytes of the message before its body, from the first 8. */
export function headBytes(start: Uint8Array): number {
  return 8 + new DataView(start.buffer, start.byteOffset).getInt32(4, true);
}

/**
 * @param head the message's first bytes, `headBytes` of them
 * @returns null if this is not a record batch of the row schema with that many rows of `rowBytes`
 */
export function batchLayout(head: Uint8Array, record: BatchRecord, rowBytes: number): BatchLayout | null {
  const message = new arrow.MessageReader(head).readMessage(arrow.MessageHeader.RecordBatch);
  if (message === null) return null;
  const { length, buffers: regions } = message.header();
  const bytes = record.rows * rowBytes;
  const { length: idBytes = 0 } = regions[buffers.inputIds] ?? {};
  // Writers may count the filling up to a multiple of 8 or 64 bytes in, or not.
  const fits = idBytes >= bytes && idBytes < bytes + 64;
  if (length !== record.rows || !fits || regions[buffers.padding] === undefined) return null;
  const at = (buffer: number) => record.offset + head.length + regions[buffer]!.offset;
  return {
    inputIds: at(buffers.inputIds),
    seqOffsets: at(buffers.seqOffsets),
    seqLengths: at(buffers.seqLengths),
    padding: at(buffers.padding),
  };
}
