/** A byte buffer that grows while stretches are appended. */
export class GrowingBytes {
  #bytes: Uint8Array;
  #length = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(expected);
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    const size = to - from;
    if (this.#length + size > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#length + size) + 64);
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    if (size < 32) for (let i = 0; i < size; i += 1) this.#bytes[this.#length + i] = bytes[from + i]!;
    else this.#bytes.set(bytes.subarray(from, to), this.#length);
    this.#length += size;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
