/**
 * Maps text while copying it to another buffer. Stretches of ASCII are mapped by a table in WebAssembly (`assembly/`);
 * the caller writes the text between them. A byte costs a tenth of the time of a JavaScript loop.
 */
import { type AsciiExports, instantiateAscii } from './instance.ts';

/** Whether four bytes of ASCII begin at `at`, so that a call of `copy` is worth its cost. */
export function beginsStretch(text: Uint8Array, at: number, end: number): boolean {
  return at + 3 < end && (text[at]! | text[at + 1]! | text[at + 2]! | text[at + 3]!) < 0x80;
}

/** Bytes. For less text than this, a call costs more than it saves. */
const shortest = 16;
const slack = 64;

export class AsciiCopy {
  readonly #exports: AsciiExports;
  readonly #collapses: boolean;
  readonly #base: number;
  #text = 0;
  #start = 0;
  #out = 0;
  /** The text that is written; valid until the next `begin`. The caller may write to it too, after `makeRoom`. */
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  /** Whether a space that came next would be dropped. */
  isAfterSpace = false;

  /**
   * @param table ASCII byte -> the ASCII byte that replaces it, or -1 if the caller writes it
   * @param collapses whether several spaces in a row are written as one
   */
  constructor(table: ArrayLike<number>, collapses: boolean) {
    this.#exports = instantiateAscii();
    this.#collapses = collapses;
    this.#base = this.#exports.base();
    const { buffer } = this.#exports.memory;
    const bytes = new Uint8Array(buffer, this.#exports.tableAddress(), 128);
    const same = new Uint8Array(buffer, this.#exports.sameAddress(), 16);
    for (let byte = 0; byte < 128; byte += 1) {
      bytes[byte] = table[byte]! < 0 ? 0x80 : table[byte]!;
      if (table[byte] === byte) same[byte & 15]! |= 1 << (byte >> 4);
    }
  }

  /** Begins a new text with an empty copy. */
  begin(text: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.#start = start;
    this.#text = this.#base;
    this.#out = (this.#text + size + slack + 63) & ~63;
    this.#exports.reserve(this.#out + size + slack);
    const { buffer } = this.#exports.memory;
    new Uint8Array(buffer, this.#text, size).set(text.subarray(start, end));
    this.bytes = new Uint8Array(buffer, this.#out);
    this.length = 0;
    this.isAfterSpace = false;
  }

  /** Copies text[at, end) up to the first byte that the table leaves to the caller; returns where it stopped. */
  copy(at: number, end: number): number {
    if (end - at < shortest) return at;
    const exports = this.#exports;
    const shift = this.#text - this.#start;
    const collapses = this.#collapses ? 1 : 0;
    const reached = exports.copy(
      at + shift,
      end + shift,
      this.#out + this.length,
      collapses,
      this.isAfterSpace ? 1 : 0,
    );
    // It stopped at the first byte, so nothing was written.
    if (reached === at + shift) return at;
    this.length = exports.writtenTo() - this.#out;
    this.isAfterSpace = exports.endsAfterSpace() !== 0;
    return reached - shift;
  }

  /**
   * The first place from `at` on whose byte the table changes (`pairs`: and the next byte, too), or the end. Bytes
   * outside of ASCII count as changed only with `high`.
   */
  find(at: number, end: number, pairs: boolean, high: boolean): number {
    const shift = this.#text - this.#start;
    return this.#exports.find(at + shift, end + shift, pairs ? 1 : 0, high ? 1 : 0) - shift;
  }

  /** Makes room for `bytes` more bytes, and for the `rest` bytes of the text after them. */
  makeRoom(bytes: number, rest: number): void {
    const needed = this.length + bytes + rest + slack;
    if (needed <= this.bytes.length) return;
    this.#exports.reserve(this.#out + 2 * needed);
    this.bytes = new Uint8Array(this.#exports.memory.buffer, this.#out);
  }

  append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
