/** Segments of text that the kernel tokenizes each by itself: how they are gathered, and where a text is cut into them. */

import type { Cut } from './kernel-plan.ts';

export const space = 0x20;

/** Text and the ends of its segments, in buffers that are used again. */
export class Segments {
  #bytes: Uint8Array = new Uint8Array(0);
  #ends: Uint32Array = new Uint32Array(1024);
  length = 0;
  count = 0;

  clear(expected: number): void {
    this.length = 0;
    this.count = 0;
    if (this.#bytes.length < expected) this.#bytes = new Uint8Array(expected + (expected >> 3) + 1024);
  }

  push(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** With spaces for U+2581. */
  appendSpaced(bytes: Uint8Array): void {
    let start = 0;
    for (let at = bytes.indexOf(0xe2); at >= 0; at = bytes.indexOf(0xe2, at + 1)) {
      if (bytes[at + 1] !== 0x96 || bytes[at + 2] !== 0x81) continue;
      this.append(bytes.subarray(start, at));
      this.push(space);
      start = at + 3;
    }
    this.append(bytes.subarray(start));
  }

  end(at: number): void {
    if (this.count === this.#ends.length) {
      const larger = new Uint32Array(2 * this.count);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[this.count++] = at;
  }

  text(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  ends(): Uint32Array {
    return this.#ends.subarray(0, this.count);
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export function startsWithMetaspace(bytes: Uint8Array): boolean {
  return bytes[0] === 0xe2 && bytes[1] === 0x96 && bytes[2] === 0x81;
}

/** Puts the ends of the segments of out's text from `from` on. */
export function createCutter(cut: Cut): (out: Segments, from: number) => void {
  if (cut === 'none') return (out) => out.end(out.length);
  const each = cut === 'spaces';
  const isCut = new Uint8Array(256).fill(1);
  if (!each) for (const byte of [space, ...cut.wordsNotAfter]) isCut[byte] = 0;
  return (out, from) => {
    const text = out.text();
    for (let at = from + 1; at < text.length; at += 1) {
      if (text[at] === space && isCut[text[at - 1]!] === 1) out.end(at);
    }
    out.end(text.length);
  };
}
