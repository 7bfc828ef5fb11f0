/**
 * Rows that have room, by slice of the run and room: the fullest one of a slice, or of all, that a piece fits in. Rows
 * of equal room form a stack, as in `fit-lengths.ts`: the one that was filled last comes first.
 *
 * Cost: 22 bytes per row, and per slice up to 4 bytes per token of the row's width.
 */
import { CapacityIndex } from './capacity-index.ts';

const none = -1;

export class OpenRows {
  readonly #width: number;
  readonly #slices: number;
  #room = new Uint32Array(1024);
  #slice = new Uint16Array(1024);
  readonly #links = { all: newLinks(1024), inSlice: newLinks(1024) };
  readonly #all: Stacks;
  readonly #ofSlice: (Stacks | undefined)[];
  rows = 0;

  constructor(width: number, slices: number) {
    this.#width = width;
    this.#slices = slices;
    this.#all = new Stacks(width, this.#links.all);
    this.#ofSlice = new Array(slices);
  }

  roomOf(row: number): number {
    return this.#room[row]!;
  }

  sliceOf(row: number): number {
    return this.#slice[row]!;
  }

  open(slice: number): number {
    const row = this.rows;
    if (row === this.#room.length) this.#grow();
    this.#room[row] = this.#width;
    this.#slice[row] = slice;
    this.rows += 1;
    this.#add(row);
    return row;
  }

  fill(row: number, tokens: number): void {
    this.#remove(row);
    this.#room[row]! -= tokens;
    this.#add(row);
  }

  /** The fullest row with so much room that isn't one of `used`; -1: there is none. */
  find(tokens: number, used: readonly number[]): number {
    return this.#all.find(tokens, used);
  }

  /** The same among the rows of a slice. The run is a ring here: its last slice comes before its first. */
  findIn(slice: number, tokens: number, used: readonly number[]): number {
    const at = ((slice % this.#slices) + this.#slices) % this.#slices;
    return this.#ofSlice[at]?.find(tokens, used) ?? none;
  }

  #add(row: number): void {
    const room = this.#room[row]!;
    if (room === 0) return;
    this.#all.add(row, room);
    const slice = this.#slice[row]!;
    this.#ofSlice[slice] ??= new Stacks(this.#width, this.#links.inSlice);
    this.#ofSlice[slice].add(row, room);
  }

  #remove(row: number): void {
    const room = this.#room[row]!;
    if (room === 0) return;
    this.#all.remove(row, room);
    this.#ofSlice[this.#slice[row]!]!.remove(row, room);
  }

  #grow(): void {
    const room = new Uint32Array(2 * this.rows);
    room.set(this.#room);
    this.#room = room;
    const slice = new Uint16Array(2 * this.rows);
    slice.set(this.#slice);
    this.#slice = slice;
    for (const links of Object.values(this.#links)) {
      const { below, above } = newLinks(2 * this.rows);
      below.set(links.below);
      above.set(links.above);
      links.below = below;
      links.above = above;
    }
  }
}

/** By row, the rows next to it in its stack. */
interface Links {
  below: Int32Array;
  above: Int32Array;
}

function newLinks(rows: number): Links {
  return { below: new Int32Array(rows), above: new Int32Array(rows) };
}

/** A stack of rows for each room. */
class Stacks {
  readonly #rooms: CapacityIndex;
  /** Number of the row + 1; 0: none. Memory that is never written to is never there. */
  readonly #top: Uint32Array;
  readonly #links: Links;

  constructor(width: number, links: Links) {
    this.#rooms = new CapacityIndex(width);
    this.#top = new Uint32Array(width + 1);
    this.#links = links;
  }

  find(tokens: number, used: readonly number[]): number {
    const { below } = this.#links;
    for (let room = this.#rooms.atLeast(tokens); room !== none; room = this.#rooms.atLeast(room + 1)) {
      for (let row = this.#top[room]! - 1; row !== none; row = below[row]!)
        if (!used.includes(row)) return row;
    }
    return none;
  }

  add(row: number, room: number): void {
    const { below, above } = this.#links;
    const top = this.#top[room]! - 1;
    if (top === none) this.#rooms.add(room);
    else above[top] = row;
    below[row] = top;
    above[row] = none;
    this.#top[room] = row + 1;
  }

  remove(row: number, room: number): void {
    const { below, above } = this.#links;
    const under = below[row]!;
    const over = above[row]!;
    if (under !== none) above[under] = over;
    if (over !== none) {
      below[over] = under;
      return;
    }
    this.#top[room] = under + 1;
    if (under === none) this.#rooms.remove(room);
  }
}
