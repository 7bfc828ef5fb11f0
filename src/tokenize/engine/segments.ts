/** Buffers that collect the segments of text that the kernel tokenizes one by one. */

export const space = 0x20;
/** A loop is faster than a call of `set` for copies of up to this many bytes. */
const longestLoop = 64;

/** A list of numbers in a buffer that is reused. */
export class GrowingNumbers {
  #all: Uint32Array = new Uint32Array(1024);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(value: number): void {
    if (this.length === this.#all.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.#all);
      this.#all = larger;
    }
    this.#all[this.length++] = value;
  }

  /** Valid until the next `clear`. */
  numbers(): Uint32Array {
    return this.#all.subarray(0, this.length);
  }
}

/** Text and the ends of its segments, in buffers that are reused. */
export class Segments {
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #ends: GrowingNumbers = new GrowingNumbers();
  length = 0;

  get count(): number {
    return this.#ends.length;
  }

  clear(expected: number): void {
    this.length = 0;
    this.#ends.clear();
    if (this.#bytes.length < expected) this.#bytes = new Uint8Array(expected + (expected >> 3) + 1024);
  }

  push(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = byte;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    if (end - start > longestLoop) {
      this.#bytes.set(bytes.subarray(start, end), this.length);
    } else {
      const out = this.#bytes;
      for (let at = start, to = this.length; at < end; at += 1, to += 1) out[to] = bytes[at]!;
    }
    this.length += end - start;
  }

  /** Appends bytes[start, end), with a space for each U+2581. */
  appendSpaced(bytes: Uint8Array, start: number, end: number): void {
    let done = start;
    // Search a view that stops at `end`: indexOf would go on to the end of the chunk.
    const within = end - start > longestLoop ? bytes.subarray(0, end) : null;
    const find = (from: number) => within?.indexOf(0xe2, from) ?? next(bytes, from, end);
    for (let at = find(start); at >= 0 && at < end; at = find(at + 1)) {
      if (!isMetaspaceAt(bytes, at)) continue;
      this.append(bytes, done, at);
      this.push(space);
      done = at + 3;
    }
    this.append(bytes, done, end);
  }

  end(at: number): void {
    this.#ends.push(at);
  }

  text(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  ends(): Uint32Array {
    return this.#ends.numbers();
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export function isMetaspaceAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81;
}

/** The next byte with which U+2581 may begin. */
function next(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== 0xe2) at += 1;
  return at;
}

export function hasMetaspace(text: Uint8Array): boolean {
  for (let at = text.indexOf(0xe2); at >= 0; at = text.indexOf(0xe2, at + 1))
    if (isMetaspaceAt(text, at)) return true;
  return false;
}
