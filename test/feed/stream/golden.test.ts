/** The bytes of a stream are the same as in every release so far, so that existing readers keep working. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Batch } from '../../../src/feed/feed.ts';
import type { FeedManifest } from '../../../src/feed/rows/manifest.ts';
import { BatchEncoder } from '../../../src/feed/stream/arrow-stream.ts';

function batchOf(dtype: 'uint16' | 'int32', width: number, rows: number, step: number): Batch {
  const numbers = Array.from({ length: rows * width }, (_, i) => (i * 31 + step) % 65_536);
  const seqOffsets = Int32Array.from({ length: rows + 1 }, (_, r) => (r * (r + 1)) / 2);
  return {
    ...{ set: 'train', step, epoch: 2, width, seqOffsets },
    rows: Uint32Array.from({ length: rows }, (_, r) => 7 * r + step),
    inputIds: dtype === 'uint16' ? Uint16Array.from(numbers) : Int32Array.from(numbers),
    seqLengths: Int32Array.from({ length: seqOffsets[rows]! }, (_, i) => i + 1),
    padding: Uint32Array.from({ length: rows }, (_, r) => r % 3),
  };
}

const cases = [
  // Messages of one piece, whose ids fill their last 8 bytes or don't, and of three.
  ['uint16', [5, 8, 9], [1, 2, 3], 'e81bb6759f465503'],
  ['int32', [5, 8, 9], [1, 2, 3], 'e2ffa413275a8254'],
  ['uint16', [9_001, 9_001, 512], [4, 5, 3], '8775d33b76f5a63d'],
  ['int32', [9_001, 9_001], [4, 5], '39d7dc8206956fdd'],
] as const;

it.each(cases)('%s, rows of %s tokens, %s a batch', (dtype, widths, rows, golden) => {
  const encoder = new BatchEncoder({ dtype, sets: [{ width: widths[0] }] } as unknown as FeedManifest);
  const hash = createHash('sha256');
  for (const [step, width] of widths.entries()) {
    encoder.write(batchOf(dtype, width, rows[step]!, step));
    for (const chunk of encoder.take()) hash.update(chunk);
  }
  encoder.end();
  for (const chunk of encoder.take()) hash.update(chunk);
  expect(hash.digest('hex').slice(0, 16)).toBe(golden);
});
