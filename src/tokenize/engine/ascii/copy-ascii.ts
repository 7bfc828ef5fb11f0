/**
 * Text that is mapped on its way into another buffer: stretches of ASCII go by a table in WebAssembly (`assembly/`), what else
 * there is the caller writes between them. A byte costs a tenth of what JavaScript's loop takes.
 */
import { type AsciiExports, instantiateAscii } from './instance.ts';

/** Whether it is worth a call: four bytes of ASCII. */
export function beginsStretch(text: Uint8Array, at: number, end: number): boolean {
  return at + 3 < end && (text[at]! | text[at + 1]! | text[at + 2]! | text[at + 3]!) < 0x80;
}

/** Fewer bytes than this are copied faster than a call takes. */
const shortest = 16;
const slack = 64;

export class AsciiCopy {
  readonly #exports: AsciiExports;
  readonly #collapses: boolean;
  readonly #base: number;
  #text = 0;
  #start = 0;
  #out = 0;
  /** What is written; it is valid until the next `begin`. Writing to it is up to the caller, after `makeRoom`. */
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  /** A space that came now would be dropped. */
  isAfterSpace = false;

  /**
   * @param table by byte of ASCII: the byte of ASCII that it becomes, or -1 for the caller's
   * @param collapses of spaces in a row one is written
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

  /** Begins with a text, and no copy. */
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

  /** Copies from `at` on, a place in the text, as far as the table goes; returns where it stopped. */
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
    // At the first byte nothing was written.
    if (reached === at + shift) return at;
    this.length = exports.writtenTo() - this.#out;
    this.isAfterSpace = exports.endsAfterSpace() !== 0;
    return reached - shift;
  }

  /**
   * The first place from `at` on whose byte doesn't stay, nor the next one if `pairs`; bytes outside of ASCII stay unless
   * `high`. Where there is none, the end.
   */
  find(at: number, end: number, pairs: boolean, high: boolean): number {
    const shift = this.#text - this.#start;
    return this.#exports.find(at + shift, end + shift, pairs ? 1 : 0, high ? 1 : 0) - shift;
  }

  /** Room for so many bytes more, for as many after them as the rest of the text has. */
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
