/** Chunks to a stream as fast as its reader takes them. */
import type { Writable } from 'node:stream';

/**
 * Resolves when the system has taken all of it, so that the chunks' memory may be used again. One system call for all
 * chunks, where the stream can do that.
 * @throws what the stream was destroyed with, or `signal` aborted with
 */
export function writeOut(out: Writable, chunks: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal!.reason);
    if (signal?.aborted) {
      abort();
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
