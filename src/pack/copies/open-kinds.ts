/**
 * Kinds of rows that are being filled, as in `fit-lengths.ts`: rows that hold the same lengths can't be told apart. A kind
 * is free, or bound to a slice of the run once a copy stands in its rows. The fullest that a piece fits in is found among
 * all kinds, the free ones, or those of a slice; of equally full ones the one that was filled last.
 *
 * Cost: a step a change of kind. A slice's kinds are in a sorted list, as there are few.
 */
import { CapacityIndex } from '../packers/capacity-index.ts';

export const none = -1;
/** The slice of free kinds. */
export const free = -1;

/** A column of whole numbers that grows. */
class Column {
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
}

export class OpenKinds {
  readonly #width: number;
  readonly #room = new Column();
  readonly #rows = new Column();
  readonly #slice = new Column();
  readonly #chain = new Column();
  readonly #all: Stacks;
  readonly #free: Stacks;
  readonly #ofSlice: number[][];
  readonly #mostRoom: MostRoom;
  readonly #links = { list: new Column(), times: new Column(), next: new Column() };
  /** All rows. */
  rows = 0;

  constructor(width: number, slices: number) {
    this.#width = width;
    this.#all = new Stacks(width);
    this.#free = new Stacks(width);
    this.#ofSlice = Array.from({ length: slices }, () => []);
    this.#mostRoom = new MostRoom(slices);
  }

  get kinds(): number {
    return this.#room.length;
  }

  roomOf(kind: number): number {
    return this.#room.at(kind);
  }

  rowsOf(kind: number): number {
    return this.#rows.at(kind);
  }

  sliceOf(kind: number): number {
    return this.#slice.at(kind);
  }

  /** What each row of a kind holds: so many pieces of a list, the lists that were put in last first. */
  eachLink(kind: number, visit: (list: number, times: number) => void): void {
    const { list, times, next } = this.#links;
    for (let link = this.#chain.at(kind); link !== none; link = next.at(link))
      visit(list.at(link), times.at(link));
  }

  /** The fullest kind with so much room; `none`: there is none. */
  find(tokens: number): number {
    return this.#all.find(tokens);
  }

  findFree(tokens: number): number {
    return this.#free.find(tokens);
  }

  findIn(slice: number, tokens: number): number {
    const kinds = this.#ofSlice[slice]!;
    const at = this.#firstWith(kinds, tokens);
    return at < kinds.length ? kinds[at]! : none;
  }

  /**
   * The next slice that has a row with so much room, from one on and before another, in order or back.
   * @returns `none`: there is none
   */
  nextWith(tokens: number, from: number, to: number, step: 1 | -1): number {
    return this.#mostRoom.next(tokens, from, to, step);
  }

  /**
   * Puts pieces of a list in rows of a kind, as many in each as have room, and binds these rows to a slice.
   * @param slice `free`: that of the kind
   * @returns how many found room
   */
  fill(kind: number, list: number, tokens: number, pieces: number, slice: number): number {
    const each = Math.floor(this.#room.at(kind) / tokens);
    const has = this.#rows.at(kind);
    const enough = Math.floor(pieces / each);
    const to = slice === free ? this.#slice.at(kind) : slice;
    if (enough >= has) {
      this.#remove(kind);
      this.#put(kind, list, tokens, each, to);
      return has * each;
    }
    const rest = pieces - enough * each;
    const left = has - enough - (rest > 0 ? 1 : 0);
    if (left === 0) this.#remove(kind);
    this.#rows.set(kind, left);
    if (enough > 0) this.#put(this.#part(kind, enough), list, tokens, each, to);
    if (rest > 0) this.#put(this.#part(kind, 1), list, tokens, rest, to);
    return pieces;
  }

  /** The same in rows that are new, at most `most` of them. */
  open(list: number, tokens: number, pieces: number, slice: number, most: number): number {
    const each = Math.floor(this.#width / tokens);
    const fitting = Math.min(pieces, most * each);
    const full = Math.floor(fitting / each);
    const rest = fitting - full * each;
    if (full > 0) this.#put(this.#kind(this.#width, full, none), list, tokens, each, slice);
    if (rest > 0) this.#put(this.#kind(this.#width, 1, none), list, tokens, rest, slice);
    this.rows += full + (rest > 0 ? 1 : 0);
    return fitting;
  }

  #kind(room: number, rows: number, chain: number): number {
    this.#room.push(room);
    this.#rows.push(rows);
    this.#slice.push(free);
    this.#chain.push(chain);
    return this.kinds - 1;
  }

  #part(kind: number, rows: number): number {
    return this.#kind(this.#room.at(kind), rows, this.#chain.at(kind));
  }

  #put(kind: number, list: number, tokens: number, times: number, slice: number): void {
    const { list: lists, times: timesOf, next } = this.#links;
    lists.push(list);
    timesOf.push(times);
    next.push(this.#chain.at(kind));
    this.#chain.set(kind, lists.length - 1);
    const room = this.#room.at(kind) - times * tokens;
    this.#room.set(kind, room);
    this.#slice.set(kind, slice);
    if (room === 0) return;
    this.#all.add(kind, room);
    if (slice === free) this.#free.add(kind, room);
    else {
      const kinds = this.#ofSlice[slice]!;
      kinds.splice(this.#firstWith(kinds, room), 0, kind);
      this.#mostRoom.set(slice, this.#room.at(kinds.at(-1)!));
    }
  }

  #remove(kind: number): void {
    const room = this.#room.at(kind);
    const slice = this.#slice.at(kind);
    this.#all.remove(kind, room);
    if (slice === free) this.#free.remove(kind, room);
    else {
      const kinds = this.#ofSlice[slice]!;
      kinds.splice(kinds.indexOf(kind, this.#firstWith(kinds, room)), 1);
      this.#mostRoom.set(slice, kinds.length === 0 ? 0 : this.#room.at(kinds.at(-1)!));
    }
  }

  /** Where the kinds with so much room begin. */
  #firstWith(kinds: readonly number[], room: number): number {
    let low = 0;
    let high = kinds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#room.at(kinds[middle]!) < room) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A stack of kinds for each room, out of which any may be taken. */
class Stacks {
  readonly #rooms: CapacityIndex;
  /** Number of the kind + 1; 0: none. Memory that is never written to is never there. */
  readonly #top: Uint32Array;
  readonly #below = new Column();
  readonly #above = new Column();

  constructor(width: number) {
    this.#rooms = new CapacityIndex(width);
    this.#top = new Uint32Array(width + 1);
  }

  find(tokens: number): number {
    const room = this.#rooms.atLeast(tokens);
    return room === none ? none : this.#top[room]! - 1;
  }

  add(kind: number, room: number): void {
    while (this.#below.length <= kind) {
      this.#below.push(none);
      this.#above.push(none);
    }
    const top = this.#top[room]! - 1;
    if (top === none) this.#rooms.add(room);
    else this.#above.set(top, kind);
    this.#below.set(kind, top);
    this.#above.set(kind, none);
    this.#top[room] = kind + 1;
  }

  remove(kind: number, room: number): void {
    const under = this.#below.at(kind);
    const over = this.#above.at(kind);
    if (under !== none) this.#above.set(under, over);
    if (over !== none) {
      this.#below.set(over, under);
      return;
    }
    this.#top[room] = under + 1;
    if (under === none) this.#rooms.remove(room);
  }
}

/** The most room of a row of each slice, as a tree: the next slice with so much room is found in its depth. */
class MostRoom {
  readonly #leaves: number;
  readonly #most: Uint32Array;

  constructor(slices: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, slices)));
    this.#most = new Uint32Array(2 * this.#leaves);
  }

  set(slice: number, room: number): void {
    let node = this.#leaves + slice;
    if (this.#most[node] === room) return;
    this.#most[node] = room;
    for (node >>>= 1; node > 0; node >>>= 1) {
      const most = Math.max(this.#most[2 * node]!, this.#most[2 * node + 1]!);
      if (this.#most[node] === most) return;
      this.#most[node] = most;
    }
  }

  next(room: number, from: number, to: number, step: 1 | -1): number {
    if (step * (to - from) <= 0) return none;
    let node = this.#leaves + from;
    // Up until a neighbour on the way has room, then down to its nearest leaf.
    while (this.#most[node]! < room) {
      while (node > 1 && (node & 1) === (step === 1 ? 1 : 0)) node >>>= 1;
      // The edges of the tree: there is nothing further on.
      if (node <= 1) return none;
      node += step;
    }
    while (node < this.#leaves) {
      const near = 2 * node + (step === 1 ? 0 : 1);
      node = this.#most[near]! >= room ? near : near ^ 1;
    }
    const found = node - this.#leaves;
    return step * (to - found) > 0 ? found : none;
  }
}
