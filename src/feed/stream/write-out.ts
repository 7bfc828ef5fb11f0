/** Chunks to a stream as fast as its reader takes them. */
import type { Writable } from 'node:stream';

/** What is handed over at once where it matters that some of it was taken. Systems tell of it by the megabyte, too. */
const pieceBytes = 1024 * 1024;

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** The system has taken another piece. */
  readonly onTaken?: () => void;
}

/**
 * Resolves when the system has taken all of it, so that the chunks' memory may be used again. One system call for many
 * chunks, where the stream can do that.
 * @throws what the stream was destroyed with, or `signal` aborted with
 */
export async function writeOut(
  out: Writable,
  chunks: readonly Uint8Array[],
  { signal, onTaken }: WriteOptions = {},
): Promise<void> {
  for (const piece of onTaken === undefined ? [chunks] : pieces(chunks)) {
    await writePiece(out, piece, signal);
    onTaken?.();
  }
}

/** The same bytes in groups of up to `pieceBytes`. */
function pieces(chunks: readonly Uint8Array[]): Uint8Array[][] {
  const found: Uint8Array[][] = [[]];
  let room = pieceBytes;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (room === 0) {
        found.push([]);
        room = pieceBytes;
      }
      const part = chunk.subarray(at, at + room);
      found.at(-1)!.push(part);
      at += part.length;
      room -= part.length;
    }
  }
  return found;
}

function writePiece(out: Writable, chunks: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal!.reason);
    if (signal?.aborted) {
      abort();
      return;
    }
    if (chunks.length === 0) {
      resolve();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    out.cork();
    for (const [i, chunk] of chunks.entries()) {
      if (i < chunks.length - 1) out.write(chunk);
      else {
        out.write(chunk, (error) => {
          signal?.removeEventListener('abort', abort);
          if (error) reject(error);
          else resolve();
        });
      }
    }
    out.uncork();
  });
}
