/**
 * A growing column of 32-bit integers: 4 bytes per number, and no per-number objects for the garbage collector.
 */
export class Column {
  #values = new Int32Array(1024);
  length = 0;

  at(index: number): number {
    return this.#values[index]!;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  copy(): Column {
    const copy = new Column();
    copy.#values = this.#values.slice(0, Math.max(1, this.length));
    copy.length = this.length;
    return copy;
  }

  /** The current numbers, without a copy. */
  toInt32(): Int32Array {
    return this.#values.subarray(0, this.length);
  }

  /** The current numbers, without a copy. None may be negative. */
  toUint32(): Uint32Array {
    return new Uint32Array(this.#values.buffer, 0, this.length);
  }
}
