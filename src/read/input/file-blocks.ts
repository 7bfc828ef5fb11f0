/**
 * A range of a file as blocks. Reads are synchronous: a task has nothing else to do meanwhile, and a small file costs no trip through the event
 * loop; `read.ts` gives the loop its turn once a chunk. Cost: on a slow disk a task does not read ahead.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { LongmixError, systemReason } from '../../errors.ts';

const blockBytes = 256 * 1024;

/**
 * @param reuse blocks share their memory: one is valid until the next. Else each has its own, and may live on in a chunk
 * @throws LongmixError `input-unreadable` | `input-changed` (the file ends before `end`)
 */
export function* fileBlocks(path: string, start: number, end: number, reuse: boolean): Generator<Buffer> {
  const descriptor = attempt(path, () => openSync(path, 'r'));
  const shared = reuse ? Buffer.allocUnsafeSlow(Math.min(blockBytes, end - start)) : null;
  try {
    for (let at = start; at < end; ) {
      const bytes = Math.min(blockBytes, end - at);
      const block = shared === null ? Buffer.allocUnsafeSlow(bytes) : shared.subarray(0, bytes);
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
  return new LongmixError('input-unreadable', `cannot read it: ${systemReason(cause)}`, {
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
