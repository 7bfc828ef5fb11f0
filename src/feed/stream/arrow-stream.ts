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

import { arrow } from '../../base/arrow.ts';
import type { ShardDtype } from '../../shard/format.ts';
import { feedColumns } from '../../shard/row-columns.ts';
import { rowField } from '../../shard/schema.ts';
import type { Batch, Feed } from '../feed.ts';
import type { FeedManifest } from '../rows/manifest.ts';
import { batchMessage, endOfStream, stepColumns } from './arrow-message.ts';

export const arrowStreamType = 'application/vnd.apache.arrow.stream';

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
  #chunks: Uint8Array[] = [];
  #width = 0;

  constructor(manifest: FeedManifest) {
    this.#manifest = manifest;
  }

  write(batch: Batch): void {
    if (this.#width !== batch.width) this.#begin(batch.width);
    this.#chunks.push(...batchMessage(batch));
  }

  /** If there was no batch, that is a stream without any, which is what readers understand. */
  end(): void {
    if (this.#width === 0) this.#begin(this.#manifest.sets[0]!.width);
    this.#chunks.push(endOfStream());
  }

  #begin(width: number): void {
    if (this.#width !== 0) this.#chunks.push(endOfStream());
    this.#width = width;
    this.#chunks.push(schemaMessage(width, this.#manifest.dtype));
  }

  /** What has been written since the last time. */
  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}

/** How a stream begins: that of one without a batch, less its end. */
function schemaMessage(width: number, dtype: ShardDtype): Uint8Array {
  const { Field, RecordBatchStreamWriter, Schema, Uint32 } = arrow;
  const counts = stepColumns.map((name) => new Field(name, new Uint32(), false));
  const schema = new Schema([...counts, ...feedColumns.map((column) => rowField(column, width, dtype))]);
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  const stream = writer.finish().toUint8Array(true);
  return stream.subarray(0, stream.length - endOfStream().length);
}
