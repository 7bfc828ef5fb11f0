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
import type { RecordBatch, RecordBatchStreamWriter, Schema } from 'apache-arrow';
import { fixedLists, lists, numbers, recordBatch } from '../shard/columns.ts';
import type { ShardDtype } from '../shard/format.ts';
import { rowSchema } from '../shard/schema.ts';
import { SinkQueue } from '../shard/sink-queue.ts';
import { arrow } from '../util/arrow.ts';
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
  readonly #chunks: Uint8Array[] = [];
  readonly #out = new SinkQueue({ write: (bytes) => this.#chunks.push(bytes) });
  #writer: RecordBatchStreamWriter | null = null;
  #schema: Schema | null = null;
  #width = 0;

  constructor(manifest: FeedManifest) {
    this.#manifest = manifest;
  }

  write(batch: Batch): void {
    if (this.#width !== batch.width) this.#begin(batch.width);
    this.#writer!.write(batchOf(this.#schema!, batch));
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
    this.#writer = new arrow.RecordBatchStreamWriter();
    this.#writer.reset(this.#out, this.#schema);
  }

  /** What has been written since the last time. */
  take(): Uint8Array[] {
    return merged(this.#chunks.splice(0));
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
  const { Field, Schema, Uint32 } = arrow;
  const counts = ['step', 'epoch', 'row'].map((name) => new Field(name, new Uint32(), false));
  return new Schema([...counts, ...rowSchema(width, dtype, false).fields]);
}

function batchOf(schema: Schema, batch: Batch): RecordBatch {
  const length = batch.rows.length;
  return recordBatch(schema, length, [
    numbers(new Uint32Array(length).fill(batch.step)),
    numbers(new Uint32Array(length).fill(batch.epoch)),
    numbers(batch.rows),
    fixedLists(batch.inputIds, batch.width),
    lists(batch.seqLengths, batch.seqOffsets),
    numbers(batch.padding),
  ]);
}
