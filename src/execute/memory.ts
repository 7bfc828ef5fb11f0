/**
 * Computes what `--memory` leaves to each worker. Of a worker that tokenizes, some memory grows with the input (text
 * without a place to cut it, long records) and is bounded here. The rest does not grow; its size is measured
 * (bench/RESULTS.md). A worker that gathers tokens fills its share with them.
 */
import { totalmem } from 'node:os';
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

/** Memory of one thread that gathers tokens or writes shards from them: its heap, and record batches in the making. */
const writerBytes = 130_000_000;
/** A smaller share would cost a seek for every few documents. Kept even if it exceeds the bound. */
const leastShare = 16 * 1024 * 1024;
/** Node reads no more at once. */
const mostShare = 2 ** 31 - 2 ** 20;

/**
 * Bytes of tokens that each worker may hold at once.
 * @param memory bound of the whole process's memory
 * @param shared bytes that all threads share: the store's index and the plans
 */
export function tokenShare(memory: number, workers: number, shared: number): number {
  const share = Math.floor((memory - processBytes - shared) / workers - writerBytes);
  return Math.min(mostShare, Math.max(leastShare, share));
}

/**
 * The memory that this process may use, in bytes, the page cache of its files included: the machine's, or less if it runs
 * in a container or another control group with a limit.
 */
export function machineMemory(): number {
  // 0 or undefined: unknown. Without a limit, the number is larger than any memory.
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
