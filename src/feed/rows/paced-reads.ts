/**
 * Reads ahead in the cheaper way. What the system has in memory is copied in a tenth of a millisecond, less than it costs
 * to hand the read to another thread and hear of its end; from a disk or a network it takes long, and this thread has
 * other things to do. Which it is nobody says, so a read here that took long sends those that follow to threads.
 */
import type { FileRead, RowFiles } from './row-files.ts';

/** A read that takes longer did not come from memory; it is more than what a busy machine makes of a short one, mostly. */
const quickMs = 5;
/** More than this for a batch takes long from memory, too. */
const mostBytes = 4 * 1024 * 1024;
/** Batches that threads read until another read is tried here. */
const patience = 64;

export class PacedReads {
  #left = 0;

  /** @throws what `RowFiles.read` throws */
  async read(files: RowFiles, reads: readonly FileRead[]): Promise<void> {
    const here = this.#here(reads) ? this.#readHere(files, reads) : 0;
    if (here < reads.length) await Promise.all(reads.slice(here).map((one) => files.readAhead(one)));
  }

  #here(reads: readonly FileRead[]): boolean {
    if (this.#left > 0) {
      this.#left -= 1;
      return false;
    }
    return reads.reduce((sum, { into }) => sum + into.length, 0) <= mostBytes;
  }

  /** @returns how many it read until one took long */
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
