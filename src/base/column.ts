/** A column of whole numbers that grows: 4 bytes per number, and nothing for the garbage collector to look at. */
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

  /** What is there now, without a copy. */
  toInt32(): Int32Array {
    return this.#values.subarray(0, this.length);
  }

  /** The same numbers, where none is negative. */
  toUint32(): Uint32Array {
    return new Uint32Array(this.#values.buffer, 0, this.length);
  }
}
