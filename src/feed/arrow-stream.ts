/**
 * Batches as Arrow IPC streams, for `pipe` and `serve`. One record batch a step:
 *
 *   step, epoch  uint32   the same in all of its rows
 *   row          uint32   number of the row in its shard set
 *   input_ids    FixedSizeList<uint16 | int32>[width]
 *   seq_lengths  List<int32>
 *   padding      uint32
 *
 * Where the width changes (phases), the stream ends and another begins behind it: a reader opens streams until there
 * are no more bytes. The ids are not copied: what is written is the memory that they were read into.
 */
import {
  AsyncByteQueue,
  type Data,
  Field,
  FixedSizeList,
  Int32,
  List,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Uint16,
  Uint32,
} from 'apache-arrow';
import type { ShardDtype } from '../shard/format.ts';
import type { Batch, Feed } from './feed.ts';
import type { FeedManifest } from './manifest.ts';

export const arrowStreamType = 'application/vnd.apache.arrow.stream';

/** Smaller pieces of a message are put together: a write costs more than a copy of some kilobytes. */
const smallBytes = 16 * 1024;

export interface StreamPart {
  readonly chunks: readonly Uint8Array[];
  /** Rows in it. */
  readonly rows: number;
}

/**
 * Streams of the batches: a part a batch, then the end. A part must be written out before the next is asked for: the
 * batches' memory may be used again.
 */
export async function* arrowStream(
  { manifest }: Feed,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): AsyncGenerator<StreamPart, void, undefined> {
  const encoder = new BatchEncoder(manifest);
  for await (const batch of batches) {
    encoder.write(batch);
    yield { chunks: encoder.take(), rows: batch.rows.length };
  }
  encoder.end();
  yield { chunks: encoder.take(), rows: 0 };
}

export class BatchEncoder {
  readonly #manifest: FeedManifest;
  readonly #out = new ChunkQueue();
  #writer: RecordBatchStreamWriter | null = null;
  #schema: Schema | null = null;
  #width = 0;

  constructor(manifest: FeedManifest) {
    this.#manifest = manifest;
  }

  write(batch: Batch): void {
    if (this.#width !== batch.width) this.#begin(batch.width);
    this.#writer!.write(recordBatch(this.#schema!, batch));
  }

  /** If there was no batch, that is a stream without any, which is what readers understand. */
  end(): void {
    if (this.#writer === null) this.#begin(this.#manifest.sets[0]!.width);
    this.#writer!.finish();
  }

  #begin(width: number): void {
    this.#writer?.finish();
    this.#width = width;
    this.#schema = streamSchema(width, this.#manifest.dtype);
    this.#writer = new RecordBatchStreamWriter();
    this.#writer.reset(this.#out, this.#schema);
  }

  /** What has been written since the last time. */
  take(): Uint8Array[] {
    return merged(this.#out.chunks.splice(0));
  }
}

/** Arrow's writer wants a queue; this one keeps what it is given, as it is. */
class ChunkQueue extends AsyncByteQueue {
  readonly chunks: Uint8Array[] = [];

  override write(value: ArrayBufferView | ArrayBufferLike): void {
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
    if (bytes.length > 0) this.chunks.push(bytes);
  }
}

/** Neighbouring small chunks as one. */
function merged(chunks: readonly Uint8Array[]): Uint8Array[] {
  const result: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = () => {
    if (small.length > 0) result.push(Buffer.concat(small));
    small = [];
  };
  for (const chunk of chunks) {
    if (chunk.length < smallBytes) small.push(chunk);
    else {
      flush();
      result.push(chunk);
    }
  }
  flush();
  return result;
}

function streamSchema(width: number, dtype: ShardDtype): Schema {
  const id = dtype === 'uint16' ? new Uint16() : new Int32();
  return new Schema([
    new Field('step', new Uint32(), false),
    new Field('epoch', new Uint32(), false),
    new Field('row', new Uint32(), false),
    new Field('input_ids', new FixedSizeList(width, new Field('item', id, false)), false),
    new Field('seq_lengths', new List(new Field('item', new Int32(), false)), false),
    new Field('padding', new Uint32(), false),
  ]);
}

function recordBatch(schema: Schema, batch: Batch): RecordBatch {
  const length = batch.rows.length;
  const [, , , ids, lengths] = schema.fields;
  const count = (data: Uint32Array) => makeData({ type: new Uint32(), length, nullCount: 0, data });
  const children: Data[] = [
    count(new Uint32Array(length).fill(batch.step)),
    count(new Uint32Array(length).fill(batch.epoch)),
    count(batch.rows),
    makeData({ type: ids!.type as FixedSizeList, length, nullCount: 0, child: numbers(batch.inputIds) }),
    makeData({
      type: lengths!.type as List,
      length,
      nullCount: 0,
      valueOffsets: batch.seqOffsets,
      child: numbers(batch.seqLengths),
    }),
    count(batch.padding),
  ];
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }),
  );
}

function numbers(data: Int32Array | Uint16Array): Data<Int32 | Uint16> {
  return data instanceof Uint16Array
    ? makeData({ type: new Uint16(), data })
    : makeData({ type: new Int32(), data });
}
