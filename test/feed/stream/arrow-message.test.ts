/** Arrow's own reader understands the messages laid out by hand, and Arrow's writer would lay them out the same way. */
import { RecordBatchReader } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/feed/feed.ts';
import type { FeedManifest } from '../../../src/feed/rows/manifest.ts';
import { BatchEncoder } from '../../../src/feed/stream/arrow-stream.ts';
import { fuzz } from '../../support/fuzz.ts';

const greatest = 2 ** 32 - 1;

/** Columns of any sizes: ids that fill their last 8 bytes or don't, messages of one piece or three. */
const batches = fc
  .record({
    dtype: fc.constantFrom('uint16' as const, 'int32' as const),
    width: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 9_000, max: 9_010 })),
    counts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    step: fc.nat(greatest),
    epoch: fc.nat(greatest),
    entries: fc.infiniteStream(fc.nat(4)),
  })
  .map(({ dtype, width, counts, step, epoch, entries }) => {
    const made = counts.map((count, b): Batch => {
      const seqOffsets = new Int32Array(count + 1);
      for (let r = 0; r < count; r += 1) seqOffsets[r + 1] = seqOffsets[r]! + entries.next().value;
      const numbers = Array.from({ length: count * width }, (_, i) => (i * 31 + b) % 65_536);
      return {
        ...{ set: 'train', step, epoch, width, seqOffsets },
        rows: Uint32Array.from({ length: count }, (_, r) => greatest - r),
        inputIds: dtype === 'uint16' ? Uint16Array.from(numbers) : Int32Array.from(numbers),
        seqLengths: Int32Array.from({ length: seqOffsets[count]! }, (_, i) => i + 1),
        padding: Uint32Array.from({ length: count }, (_, r) => r),
      };
    });
    return { dtype, width, batches: made };
  });

describe('a stream of batches', () => {
  it('is what Arrow reads', () => {
    fc.assert(
      fc.property(batches, ({ dtype, width, batches: given }) => {
        const encoder = new BatchEncoder({ dtype, sets: [{ width }] } as unknown as FeedManifest);
        const chunks: Uint8Array[] = [];
        for (const batch of given) {
          encoder.write(batch);
          chunks.push(...encoder.take());
        }
        encoder.end();
        chunks.push(...encoder.take());
        const read = [...RecordBatchReader.from(Buffer.concat(chunks))];
        expect(read.length).toBe(given.length);
        for (const [i, found] of read.entries()) {
          const { rows, step, epoch, inputIds, seqLengths, seqOffsets, padding } = given[i]!;
          const column = (name: string) => found.getChild(name)!;
          expect(found.numRows).toBe(rows.length);
          expect(column('row').toArray()).toEqual(rows);
          expect(column('step').toArray()).toEqual(new Uint32Array(rows.length).fill(step));
          expect(column('epoch').toArray()).toEqual(new Uint32Array(rows.length).fill(epoch));
          expect(column('padding').toArray()).toEqual(padding);
          for (const [r] of rows.entries()) {
            const ids = inputIds.subarray(r * width, (r + 1) * width);
            expect(Buffer.compare(bytes(column('input_ids').get(r).toArray()), bytes(ids))).toBe(0);
            expect([...column('seq_lengths').get(r)]).toEqual([
              ...seqLengths.subarray(seqOffsets[r]!, seqOffsets[r + 1]!),
            ]);
          }
        }
      }),
      fuzz(60),
    );
  });

  it('has the memory of a large batch itself, not a copy', () => {
    const encoder = new BatchEncoder({
      dtype: 'uint16',
      sets: [{ width: 65_536 }],
    } as unknown as FeedManifest);
    const inputIds = new Uint16Array(65_536);
    encoder.write({
      ...{ set: 'train', step: 0, epoch: 0, width: 65_536, inputIds, rows: Uint32Array.of(0) },
      ...{ seqLengths: Int32Array.of(65_536), seqOffsets: Int32Array.of(0, 1), padding: Uint32Array.of(0) },
    });
    expect(encoder.take().filter(({ buffer }) => buffer === inputIds.buffer)).toHaveLength(1);
  });

  it('without a batch is a stream that ends', () => {
    const encoder = new BatchEncoder({ dtype: 'int32', sets: [{ width: 8 }] } as unknown as FeedManifest);
    encoder.end();
    // Arrow's reader makes an empty batch of it.
    const [empty, ...more] = [...RecordBatchReader.from(Buffer.concat(encoder.take()))];
    expect(more).toEqual([]);
    expect(empty!.numRows).toBe(0);
    expect(empty!.schema.fields.map(({ name }) => name)).toEqual([
      ...['step', 'epoch', 'row', 'input_ids', 'seq_lengths', 'padding'],
    ]);
  });
});

function bytes({ buffer, byteOffset, byteLength }: Uint16Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
