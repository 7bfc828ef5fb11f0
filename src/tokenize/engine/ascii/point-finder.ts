/**
 * Finds the characters of a text that a change may concern, in WebAssembly (`assembly/find-points.ts`). The caller is
 * asked once for each character that occurs whether it is one of these. Cost: a copy of the text, and a table of 1.1
 * MB.
 */
import { codePointAt } from '../space-bytes.ts';
import { type AsciiExports, instantiateAscii } from './instance.ts';

const stays = 1;
const changes = 2;
const points = 0x110000;
const slack = 64;

export class PointFinder {
  readonly #exports: AsciiExports = instantiateAscii();
  readonly #mayChange: (point: number) => boolean;
  readonly #table: number;
  readonly #text: number;
  #source: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(mayChange: (point: number) => boolean) {
    this.#mayChange = mayChange;
    const exports = this.#exports;
    this.#table = exports.base();
    this.#text = this.#table + points;
    exports.reserve(this.#text);
    const same = new Uint8Array(exports.memory.buffer, exports.sameAddress(), 16);
    for (let byte = 0; byte < 0x80; byte += 1) if (!mayChange(byte)) same[byte & 15]! |= 1 << (byte >> 4);
  }

  /** Prepares `next` for searches in text[start, end), which must not change meanwhile. */
  begin(text: Uint8Array, start: number, end: number): void {
    this.#exports.reserve(this.#text + (end - start) + slack);
    new Uint8Array(this.#exports.memory.buffer, this.#text, end - start).set(text.subarray(start, end));
    this.#source = text;
    this.#start = start;
  }

  /** Where the first such character at or after `at` begins; `end` if there is none. */
  next(at: number, end: number): number {
    const shift = this.#text - this.#start;
    for (let from = at; ; ) {
      const found = this.#exports.findPoint(this.#table, from + shift, end + shift) - shift;
      if (found >= end || this.#source[found]! < 0x80) return found;
      const point = codePointAt(this.#source, found);
      const known = new Uint8Array(this.#exports.memory.buffer, this.#table + point, 1);
      if (known[0] === 0) known[0] = this.#mayChange(point) ? changes : stays;
      if (known[0] === changes) return found;
      from = found;
    }
  }
}
