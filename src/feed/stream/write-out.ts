/** Writes chunks to a stream as fast as its reader takes them. */
import type { Writable } from 'node:stream';

/** Bytes per write if the caller wants to know about progress. Systems, too, report progress by the megabyte. */
const pieceBytes = 1024 * 1024;

export interface WriteOptions {
  readonly signal?: AbortSignal;
  /** Called each time the system has taken another piece. */
  readonly onTaken?: () => void;
}

/**
 * Resolves when the system has taken all chunks, so that their memory may be reused. Many chunks take one system call,
 * if the stream can do that.
 * @throws the error that the stream was destroyed with, or the reason of `signal`
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

/** Splits the chunks into groups of up to `pieceBytes`. */
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
