/**
 * A range of a file as blocks, each in memory of its own (so that a block may live on in a chunk).
 * Reads are synchronous: a task has nothing else to do meanwhile, and a small file costs no trip through the event
 * loop; `read.ts` gives the loop its turn once a chunk. Cost: on a slow disk a task does not read ahead.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { LongmixError } from '../errors.ts';

const blockBytes = 256 * 1024;

/** @throws LongmixError `input-unreadable` | `input-changed` (the file ends before `end`) */
export function* fileBlocks(path: string, start: number, end: number): Generator<Buffer> {
  const descriptor = attempt(path, () => openSync(path, 'r'));
  try {
    for (let at = start; at < end; ) {
      const block = Buffer.allocUnsafeSlow(Math.min(blockBytes, end - at));
      const position = at;
      const read = attempt(path, () => readSync(descriptor, block, 0, block.length, position));
      if (read === 0) throw changed(path, at, end);
      at += read;
      yield read === block.length ? block : block.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}

export function unreadable(path: string, cause: unknown): LongmixError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LongmixError('input-unreadable', `cannot read ${path}: ${reason}`, {
    where: path,
    cure: 'check that the file is there and that you may read it',
    exitCode: 1,
    cause,
  });
}

/** The file holds something else than its format. */
export function corrupt(path: string, what: string, cause?: unknown): LongmixError {
  return new LongmixError('input-corrupt', what, {
    where: path,
    cure: 'get the file again, or leave it out with exclude:',
    exitCode: 1,
    cause,
  });
}

function changed(path: string, at: number, end: number): LongmixError {
  return new LongmixError('input-changed', `the file had ${end} bytes and has only ${at} now`, {
    where: path,
    cure: 'run again when nothing writes to the input any more',
    exitCode: 1,
  });
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
