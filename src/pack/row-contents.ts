/** Which items stand in each row that is being filled, and which rows each slice of the run has. Cost: 8 bytes per item. */

export class RowContents {
  /** Numbers + 1; 0: none. */
  readonly #first: Uint32Array;
  readonly #next: Uint32Array;
  readonly #rowsOfSlice: number[][] = [];

  constructor(items: number) {
    this.#first = new Uint32Array(items);
    this.#next = new Uint32Array(items);
  }

  open(row: number, slice: number): void {
    this.#rowsOfSlice[slice] ??= [];
    this.#rowsOfSlice[slice].push(row);
  }

  rowsOf(slice: number): readonly number[] {
    return this.#rowsOfSlice[slice] ?? [];
  }

  add(row: number, item: number): void {
    this.#next[item] = this.#first[row]!;
    this.#first[row] = item + 1;
  }

  remove(row: number, item: number): void {
    const after = this.#next[item]!;
    if (this.#first[row] === item + 1) {
      this.#first[row] = after;
      return;
    }
    let before = this.#first[row]! - 1;
    while (this.#next[before] !== item + 1) before = this.#next[before]! - 1;
    this.#next[before] = after;
  }

  /** The item of the row that was added last; -1: it is empty. */
  first(row: number): number {
    return this.#first[row]! - 1;
  }

  /** The one that was added before it; -1: none. */
  next(item: number): number {
    return this.#next[item]! - 1;
  }
}
