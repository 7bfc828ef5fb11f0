/**
 * Splits blocks into runs of whole lines, as bytes. Only `\n` ends a line: a `\r` before it is whitespace to JSON. An
 * unfinished line is copied, because its block's memory may be reused. It is joined once, when the line ends, so a long
 * line costs two copies. A line that is longer, with its newline, than `maxBytes` is dropped while it is read, so it
 * costs no memory.
 */

/** Whole lines, each with its newline (the input's last may have none); null: one line that was too long. */
export type LineRun = Uint8Array | null;

const newline = 0x0a;

export class LineSplitter {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this block; the run may be part of the block. */
  *push(block: Uint8Array): Generator<LineRun> {
    const end = block.lastIndexOf(newline) + 1;
    let start = 0;
    if (end > 0 && this.#bytes > 0) {
      start = block.indexOf(newline) + 1;
      yield this.#line(block.subarray(0, start));
    }
    if (start < end) yield block.subarray(start, end);
    if (end < block.length) this.#hold(block.subarray(end));
  }

  /** The last line, if it has no newline. */
  *end(): Generator<LineRun> {
    if (this.#bytes > 0) yield this.#line(new Uint8Array(0));
  }

  /** The held line, which ends with `last`. */
  #line(last: Uint8Array): LineRun {
    this.#hold(last);
    const line = this.#bytes > this.#maxBytes ? null : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return line;
  }

  #hold(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) this.#pieces = [];
    else this.#pieces.push(Buffer.from(piece));
  }
}
