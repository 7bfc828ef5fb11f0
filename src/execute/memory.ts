/**
 * What `--memory` leaves to each worker that tokenizes. Part of a process grows with what it reads (text without a place
 * to cut it, long records) and is bounded here; the rest does not, and is measured (bench/RESULTS.md).
 */
import type { SharedTokenizer } from '../tokenize/engine/kernel-tokenizer.ts';

export interface WorkerLimits {
  /** Memory of the tokenizer's kernel, its tables included. */
  readonly kernelBytes: number;
  /** Longest record of JSON Lines. */
  readonly recordBytes: number;
}

/** Node, our code and what it has read so far. */
const processBytes = 110_000_000;
/** A thread's own: its heap, blocks and chunks, the index of a part. */
const threadBytes = 60_000_000;
/** A record lies in memory as the pieces that were read, as a line, as a string and as the string of its text. */
const recordCopies = 8;

export function workerLimits(memory: number, workers: number, shared: SharedTokenizer | null): WorkerLimits {
  const image = shared?.image.bytes.byteLength ?? 0;
  const share = (memory - processBytes - image) / workers - threadBytes;
  return {
    kernelBytes: Math.floor(share),
    recordBytes: Math.floor(Math.max(0, share - image) / recordCopies),
  };
}
