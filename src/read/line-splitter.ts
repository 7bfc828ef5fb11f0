/**
 * Blocks -> lines, as bytes. `\n` only: a `\r` before it is whitespace to JSON. A line that spans blocks is put
 * together once, when it ends, so a long line costs one copy and not one a block. A line that is longer than a string
 * can be is dropped while it is read, so it costs no memory.
 */
import { constants } from 'node:buffer';

/** null: the line was too long. */
export type Line = Uint8Array | null;

const newline = 0x0a;

export class LineSplitter {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number = constants.MAX_STRING_LENGTH) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this block. */
  *push(block: Uint8Array): Generator<Line> {
    let start = 0;
    for (let at = block.indexOf(newline); at >= 0; at = block.indexOf(newline, start)) {
      yield this.#line(block.subarray(start, at));
      start = at + 1;
    }
    if (start < block.length) this.#hold(block.subarray(start));
  }

  /** The last line, if nothing ended it. */
  *end(): Generator<Line> {
    if (this.#bytes > 0) yield this.#line(new Uint8Array(0));
  }

  #line(last: Uint8Array): Line {
    if (this.#bytes === 0) return last.length > this.#maxBytes ? null : last;
    this.#hold(last);
    const line = this.#bytes > this.#maxBytes ? null : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return line;
  }

  #hold(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) this.#pieces = [];
    else this.#pieces.push(piece);
  }
}
