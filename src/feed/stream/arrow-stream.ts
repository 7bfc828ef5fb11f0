/**
 * Writes batches as Arrow IPC streams, for `pipe` and `serve`. One record batch per step:
 *
 *   step, epoch  uint32   the same in all of its rows
 *   row          uint32   number of the row in its shard set
 *   input_ids    FixedSizeList<uint16 | int32>[width]
 *   seq_lengths  List<int32>
 *   padding      uint32
 *   loss_mask    FixedSizeList<uint8>[width]   only if the shards have it
 *
 * If the width changes (between phases), the stream ends and another one follows it: a reader opens streams until there
 * are no more bytes. The ids are not copied: the memory that they were read into is written directly.
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
  /** Rows in this part. */
  readonly rows: number;
}

/**
 * Yields one part per batch, then the end of the stream. Write a part out before you request the next, because the
 * batches' memory may be reused.
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

  /** Ends the stream. Without any batch this writes an empty stream, which readers accept. */
  end(): void {
    if (this.#width === 0) this.#begin(this.#manifest.sets[0]!.width);
    this.#chunks.push(endOfStream());
  }

  #begin(width: number): void {
    if (this.#width !== 0) this.#chunks.push(endOfStream());
    this.#width = width;
    this.#chunks.push(schemaMessage(width, this.#manifest.dtype, this.#manifest.lossMask === true));
  }

  /** Returns the chunks written since the last call. */
  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}

/** Returns the beginning of a stream: an empty stream without its end. */
function schemaMessage(width: number, dtype: ShardDtype, mask: boolean): Uint8Array {
  const { Field, RecordBatchStreamWriter, Schema, Uint32 } = arrow;
  const counts = stepColumns.map((name) => new Field(name, new Uint32(), false));
  const columns = feedColumns(mask).map((column) => rowField(column, width, dtype));
  const schema = new Schema([...counts, ...columns]);
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  const stream = writer.finish().toUint8Array(true);
  return stream.subarray(0, stream.length - endOfStream().length);
}
