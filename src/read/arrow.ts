/**
 * Arrow IPC, file or stream format (told apart by the magic bytes, not by the name: a Hugging Face `datasets` cache
 * holds streams), record batch by record batch through positioned reads. Texts of plain string columns stay bytes from
 * the batch to the chunk. Buffers may be zstd-compressed; LZ4 is not built in. Cost: memory for one record batch with
 * all its columns, since a batch is one message.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { RecordBatch, Vector } from 'apache-arrow';
import { LongmixError } from '../errors.ts';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../types.ts';
import { arrow } from '../util/arrow.ts';
import { corrupt, unreadable } from './file-blocks.ts';
import { fieldMissing, RecordReader } from './record-reader.ts';
import { onlyFile } from './unit-blocks.ts';
import { loadUnzstd } from './zstd.ts';

// Buffer.concat may give a view at an odd offset; the copy aligns the bytes, for columns are views of 8-byte numbers.
const unzstd = await loadUnzstd();
arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, {
  decode: (bytes) => Uint8Array.from(Buffer.concat([...unzstd([bytes], 'a buffer of an Arrow file')])),
});

export async function* readArrow(
  unit: ReadUnit,
  counts: ReadCounts,
  chunkBytes: number,
): AsyncGenerator<DocumentChunk> {
  const { path, bytes } = onlyFile(unit);
  if (bytes === 0) return;
  const { fields } = unit.source;
  const reader = new RecordReader(unit, counts, chunkBytes);
  let record = 0;
  for await (const batch of batchesOf(path)) {
    const has = batch.schema.names as string[];
    const text = column(batch, fields.text);
    if (text === null) throw fieldMissing(unit, has);
    const id = column(batch, fields.id);
    const source = fields.source === null ? null : column(batch, fields.source);
    if (source === null && fields.source !== null) throw fieldMissing(unit, has, 'source');
    for (let row = 0; row < batch.numRows; row += 1) {
      record += 1;
      reader.addFields(record, text(row), id?.(row), source?.(row));
      if (reader.ready) yield* reader.take();
    }
  }
  yield* reader.end();
}

async function* batchesOf(path: string): AsyncGenerator<RecordBatch> {
  const handle: FileHandle = await open(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  try {
    const batches = await arrow.RecordBatchReader.from(handle);
    await batches.open();
    if (batches.schema === undefined) throw new Error('it has no schema');
    yield* batches;
  } catch (cause) {
    throw cause instanceof LongmixError ? cause : explain(path, cause);
  } finally {
    await handle.close().catch(() => {});
  }
}

type Getter = (row: number) => unknown;

/** The values of a column by its name or by its path into structs; null: not there. */
function column(batch: RecordBatch, name: string): Getter | null {
  const literal = batch.getChild(name);
  if (literal !== null) return bytesGetter(literal);
  const [first, ...rest] = name.split('.');
  let found: Vector | null = batch.getChild(first!);
  const structs: Vector[] = [];
  for (const key of rest) {
    if (found === null) break;
    // Below a null there may be values all the same.
    if (found.nullCount > 0) structs.push(found);
    found = found.getChild(key);
  }
  if (found === null) return null;
  const get = bytesGetter(found);
  return structs.length === 0 ? get : (row) => (structs.every((one) => one.isValid(row)) ? get(row) : null);
}

function bytesGetter(vector: Vector): Getter {
  const data = vector.data[0];
  const plain = arrow.DataType.isUtf8(vector.type) || arrow.DataType.isLargeUtf8(vector.type);
  if (!plain || vector.data.length !== 1 || data === undefined) return (row) => vector.get(row);
  const { valueOffsets, values } = data as { valueOffsets: Int32Array | BigInt64Array; values: Uint8Array };
  return (row) =>
    data.getValid(row) ? values.subarray(Number(valueOffsets[row]!), Number(valueOffsets[row + 1]!)) : null;
}

function explain(path: string, cause: unknown): LongmixError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (!reason.includes('compressed but codec not found')) {
    return corrupt(path, `not an Arrow IPC file or stream that can be read: ${reason}`, cause);
  }
  return new LongmixError('input-unsupported', 'its buffers are compressed with LZ4', {
    where: path,
    cure: 'write it again uncompressed or with zstd: pyarrow.feather.write_feather(table, path, compression="zstd")',
    exitCode: 1,
    cause,
  });
}
