/**
 * Computes what `--memory` leaves to each worker that tokenizes. Some memory grows with the input (text without a place
 * to cut it, long records) and is bounded here. The rest does not grow; its size is measured (bench/RESULTS.md).
 */
import type { SharedTokenizer } from '../tokenize/engine/kernel-tokenizer.ts';

export interface WorkerLimits {
  /** Memory of the tokenizer's kernel, including its tables. */
  readonly kernelBytes: number;
  /** The longest allowed record of JSON Lines. */
  readonly recordBytes: number;
}

/** Memory of Node, our code and its data before any task runs. */
const processBytes = 110_000_000;
/** Memory of one thread: its heap, blocks and chunks, and the index of a part. */
const threadBytes = 60_000_000;
/**
 * A record is in memory several times: as the pieces that were read, as a line, as a string and as its text's string.
 */
const recordCopies = 8;

export function workerLimits(memory: number, workers: number, shared: SharedTokenizer | null): WorkerLimits {
  const image = shared?.image.bytes.byteLength ?? 0;
  const share = (memory - processBytes - image) / workers - threadBytes;
  return {
    kernelBytes: Math.floor(share),
    recordBytes: Math.floor(Math.max(0, share - image) / recordCopies),
  };
}
