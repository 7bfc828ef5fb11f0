/**
 * Holds bytes until they are sent: the request that makes an object needs its size and hash. Up to a bound they are in
 * memory, then in a temporary file. The file is unlinked at once where the system allows it, so a crash leaves nothing.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orUnwritable } from '../commit.ts';
import { EndedEarly } from '../storage.ts';
import type { Body } from './exchange.ts';

const mostInMemory = 16 * 1024 * 1024;
let files = 0;

export class Gathered implements Body {
  readonly #hash = createHash('sha256');
  #held: Buffer[] = [];
  #heldBytes = 0;
  #length = 0;
  #path = '';
  #descriptor: number | null = null;

  get length(): number {
    return this.#length;
  }

  /** @throws LongmixError `output-unwritable` */
  write(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#held.push(Buffer.from(chunk));
    this.#heldBytes += chunk.length;
    this.#length += chunk.length;
    if (this.#heldBytes > mostInMemory) this.#spill();
  }

  /** Hex; nothing can be written after that. */
  digest(): string {
    const digest = this.#hash.digest('hex');
    if (this.#descriptor === null) this.#held = [Buffer.concat(this.#held)];
    else this.#spill();
    return digest;
  }

  /** After `digest`. */
  subarray(from: number, to: number): Buffer {
    if (this.#descriptor === null) return this.#held[0]!.subarray(from, to);
    const part = Buffer.allocUnsafeSlow(to - from);
    for (let done = 0; done < part.length; ) {
      const count = readSync(this.#descriptor, part, done, part.length - done, from + done);
      if (count === 0) throw new EndedEarly(from + done);
      done += count;
    }
    return part;
  }

  drop(): void {
    this.#held = [];
    if (this.#descriptor === null) return;
    closeSync(this.#descriptor);
    this.#descriptor = null;
    rmSync(this.#path, { force: true });
  }

  #spill(): void {
    if (this.#descriptor === null) {
      files += 1;
      this.#path = join(tmpdir(), `longmix-upload-${process.pid}-${Date.now()}-${files}.tmp`);
    }
    orUnwritable(this.#path, () => {
      if (this.#descriptor === null) {
        this.#descriptor = openSync(this.#path, 'wx+', 0o600);
        try {
          rmSync(this.#path);
        } catch {
          // Windows cannot unlink an open file; `drop` removes it.
        }
      }
      for (const chunk of this.#held)
        for (let done = 0; done < chunk.length; )
          done += writeSync(this.#descriptor, chunk, done, chunk.length - done);
    });
    this.#held = [];
    this.#heldBytes = 0;
  }
}
