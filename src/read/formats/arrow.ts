/**
 * Reads Arrow IPC files and streams, message by message (`arrow-messages.ts`). The magic bytes tell the two apart, not
 * the name, because a Hugging Face `datasets` cache holds streams. Texts of plain string columns stay bytes from the
 * batch to the chunk. Buffers may be compressed with zstd, but not with LZ4. Cost: memory for one record batch with all
 * its columns, because a batch is one message.
 */
import type { RecordBatch, Vector } from 'apache-arrow';
import { arrow } from '../../base/arrow.ts';
import { LongmixError } from '../../errors.ts';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../../nouns/documents.ts';
import type { ChatColumns } from '../../nouns/source-kinds.ts';
import { chatColumns } from '../conversations/conversation.ts';
import type { ReaderOptions } from '../format-spec.ts';
import { corrupt } from '../input/file-blocks.ts';
import { localCopy } from '../input/local-copy.ts';
import { onlyFile } from '../input/unit-blocks.ts';
import { loadUnzstd } from '../input/zstd.ts';
import { listGetter } from '../tokens/arrow-lists.ts';
import { checkColumn, checkedViews } from './arrow-check.ts';
import { idGetter } from './arrow-ids.ts';
import { arrowMessages } from './arrow-messages.ts';
import { fieldValue } from './field-value.ts';
import { fieldMissing, RecordReader } from './record-reader.ts';

// Buffer.concat may return a view at an odd offset. The copy aligns the bytes: columns are views of 8-byte numbers.
const unzstd = await loadUnzstd();
arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, {
  decode(bytes) {
    const stream = unzstd('a buffer of an Arrow file');
    try {
      return Uint8Array.from(Buffer.concat([...stream.push(bytes), ...stream.end()]));
    } finally {
      stream.close();
    }
  },
});

export async function* readArrow(
  unit: ReadUnit,
  { counts, chunkBytes, hash }: ReaderOptions,
): AsyncGenerator<DocumentChunk> {
  const { path, bytes } = onlyFile(unit);
  if (bytes === 0) throw corrupt(path, 'the file is empty, where an Arrow file has at least its schema');
  const copy = await localCopy(onlyFile(unit), hash);
  try {
    yield* readBatches(unit, counts, chunkBytes, copy.path);
  } finally {
    copy.remove();
  }
}

/** @param from the file on this machine */
async function* readBatches(
  unit: ReadUnit,
  counts: ReadCounts,
  chunkBytes: number,
  from: string,
): AsyncGenerator<DocumentChunk> {
  const { path, bytes } = onlyFile(unit);
  const { fields, chat, columns } = unit.source;
  const reader = new RecordReader(unit, counts, chunkBytes);
  let record = 0;
  for (const batch of batchesOf(path, from, bytes)) {
    const has = batch.schema.names as string[];
    const attempted = <T>(get: () => T): T => attempt(path, get);
    const text = attempted(() => column(batch, fields.text));
    if (text === null) throw fieldMissing(unit, has);
    const id = attempted(() => column(batch, fields.id, true));
    const source = fields.source === null ? null : attempted(() => column(batch, fields.source!));
    if (source === null && fields.source !== null) throw fieldMissing(unit, has, 'source');
    const others = chat === undefined ? null : chatGetters(chat.columns, batch, attempted);
    const kept = (columns?.fields ?? []).map((name) => attempted(() => column(batch, name, true)));
    for (let row = 0; row < batch.numRows; row += 1) {
      record += 1;
      if (others !== null) {
        const found = attempted(
          () => [others.map(([name, get]) => [name, get(row)] as const), id?.(row)] as const,
        );
        reader.add(record, Object.fromEntries(found[0]), { id: found[1] ?? null });
        if (reader.ready) yield* reader.take();
        continue;
      }
      const values = attempted(() => [text(row), id?.(row), source?.(row)]);
      const fieldValues = attempted(() => kept.map((get) => fieldValue(get?.(row))));
      reader.addFields(record, ...(values as [unknown, unknown, unknown]), fieldValues);
      if (reader.ready) yield* reader.take();
    }
  }
  yield* reader.end();
}

/** The columns that conversations are made of, of those that are there. */
function chatGetters(
  columns: ChatColumns,
  batch: RecordBatch,
  attempted: <T>(get: () => T) => T,
): [name: string, Getter][] {
  return chatColumns(columns).flatMap((name): [string, Getter][] => {
    const get = attempted(() => column(batch, name));
    return get === null ? [] : [[name, get]];
  });
}

function* batchesOf(path: string, from: string, bytes: number): Generator<RecordBatch> {
  const messages = arrowMessages(from, bytes);
  try {
    const batches = arrow.RecordBatchReader.from(messages);
    batches.open();
    if (batches.schema === undefined) throw new Error('it has no schema');
    yield* batches;
  } catch (cause) {
    throw cause instanceof LongmixError ? cause : explain(path, cause);
  } finally {
    messages.return(undefined);
  }
}

/** Turns errors that the library throws on damaged data into errors for the user. */
function attempt<T>(path: string, get: () => T): T {
  try {
    return get();
  } catch (cause) {
    throw explain(path, cause);
  }
}

type Getter = (row: number) => unknown;

/** The values of a column, found by its name or by its path into structs; null: there is no such column. */
function column(batch: RecordBatch, name: string, isId: boolean = false): Getter | null {
  const field = batch.schema.fields.find((one) => one.name === name) ?? null;
  const getter = (vector: Vector) => {
    for (const data of vector.data) checkColumn(data);
    if (vector.length < batch.numRows) throw new Error('a column is shorter than its record batch');
    return isId && !isText(vector) ? idGetter(vector, field) : bytesGetter(vector);
  };
  const literal = batch.getChild(name);
  if (literal !== null) return getter(literal);
  const [first, ...rest] = name.split('.');
  let found: Vector | null = batch.getChild(first!);
  const structs: Vector[] = [];
  for (const key of rest) {
    if (found === null) break;
    // A null struct may still have values in its children, so remember it.
    if (found.nullCount > 0) structs.push(found);
    found = found.getChild(key);
  }
  if (found === null) return null;
  const get = getter(found);
  return structs.length === 0 ? get : (row) => (structs.every((one) => one.isValid(row)) ? get(row) : null);
}

function isText({ type }: Vector): boolean {
  const { DataType } = arrow;
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

function bytesGetter(vector: Vector): Getter {
  const { DataType } = arrow;
  if (DataType.isList(vector.type)) return listGetter(vector);
  if (DataType.isUtf8View(vector.type) || DataType.isBinaryView(vector.type)) return checkedViews(vector);
  const data = vector.data[0];
  const plain = DataType.isUtf8(vector.type) || DataType.isLargeUtf8(vector.type);
  if (!plain || vector.data.length !== 1 || data === undefined) return (row) => vector.get(row);
  const { valueOffsets, values } = data as { valueOffsets: Int32Array | BigInt64Array; values: Uint8Array };
  return (row) =>
    data.getValid(row) ? values.subarray(Number(valueOffsets[row]!), Number(valueOffsets[row + 1]!)) : null;
}

function explain(path: string, cause: unknown): LongmixError {
  // A TypeError comes from the library's own code and does not explain the damage.
  const isPlain = cause instanceof Error && !(cause instanceof TypeError);
  const reason = isPlain ? cause.message : 'its metadata is damaged';
  const kind = /Unrecognized type: "?(\w+)/.exec(reason)?.[1];
  if (kind !== undefined) {
    return new LongmixError(
      'input-unsupported',
      `a column has the type ${kind}, which longmix does not read`,
      {
        where: path,
        cure: 'write the file again without the column, or cast it to another type (pyarrow: table.select(["text", "id"]))',
        exitCode: 1,
        cause,
      },
    );
  }
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
