/**
 * Reads ahead in the cheaper of two ways. If the system has the data in memory, a read takes a tenth of a millisecond,
 * less than handing it to another thread and being notified of its end. From a disk or a network it takes long, and
 * this thread has other work. The system doesn't tell which case applies, so after a slow read on this thread, the next
 * reads go to other threads.
 */
import type { FileRead, RowFiles } from './row-files.ts';

/** A read that takes longer did not come from memory. Even on a busy machine, reads from memory are mostly faster. */
const quickMs = 5;
/** Reading more bytes than this for a batch takes long even from memory. */
const mostBytes = 4 * 1024 * 1024;
/** Batches to read in other threads before trying a read on this thread again. */
const patience = 64;

export class PacedReads {
  #left = 0;

  /** @throws what `RowFiles.read` throws */
  async read(files: RowFiles, reads: readonly FileRead[]): Promise<void> {
    const here = !files.isRemote && this.#here(reads) ? this.#readHere(files, reads) : 0;
    if (here < reads.length) await Promise.all(reads.slice(here).map((one) => files.readAhead(one)));
  }

  #here(reads: readonly FileRead[]): boolean {
    if (this.#left > 0) {
      this.#left -= 1;
      return false;
    }
    return reads.reduce((sum, { into }) => sum + into.length, 0) <= mostBytes;
  }

  /** @returns the number of reads done; it stops after a slow one */
  #readHere(files: RowFiles, reads: readonly FileRead[]): number {
    const began = performance.now();
    for (const [i, one] of reads.entries()) {
      files.read(one);
      if (performance.now() - began > quickMs) {
        this.#left = patience;
        return i + 1;
      }
    }
    return reads.length;
  }
}
