/**
 * Reads a range of a file in blocks. Reads are synchronous, because a task has nothing else to do meanwhile, and a
 * small file then needs no turn of the event loop; `read.ts` yields to the loop once per chunk. Cost: a task does not
 * read ahead on a slow disk.
 */
import { LongmixError } from '../../errors.ts';
import { openFile } from '../../storage/files.ts';
import { EndedEarly } from '../../storage/storage.ts';
import { orUnreadable, unreadable } from '../../storage/unreadable.ts';

const blockBytes = 256 * 1024;

/**
 * @param reuse true: all blocks share memory, so each is valid only until the next. false: each block has its own
 * memory, and may become part of a chunk
 * @throws LongmixError `input-unreadable` | `input-changed` (the file ends before `end`)
 */
export function* fileBlocks(path: string, start: number, end: number, reuse: boolean): Generator<Buffer> {
  const file = orUnreadable(path, () => openFile(path));
  const shared = reuse ? Buffer.allocUnsafeSlow(Math.min(blockBytes, end - start)) : null;
  try {
    for (let at = start; at < end; at += blockBytes) {
      const bytes = Math.min(blockBytes, end - at);
      const block = shared === null ? Buffer.allocUnsafeSlow(bytes) : shared.subarray(0, bytes);
      try {
        file.read(at, block);
      } catch (cause) {
        throw cause instanceof EndedEarly ? changed(path, cause.size, end) : unreadable(path, cause);
      }
      yield block;
    }
  } finally {
    file.close();
  }
}

/** An error for a file whose content does not match its format. */
export function corrupt(path: string, what: string, cause?: unknown): LongmixError {
  return new LongmixError('input-corrupt', what, {
    where: path,
    cure: 'fetch the file again, or leave it out with exclude:',
    exitCode: 1,
    cause,
  });
}

function changed(path: string, at: number, end: number): LongmixError {
  return new LongmixError('input-changed', `the file had ${end} bytes and now has only ${at}`, {
    where: path,
    cure: 'run again when nothing is writing to the input',
    exitCode: 1,
  });
}
