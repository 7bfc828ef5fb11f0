/**
 * Kinds of rows that are being filled, as in `fit-lengths.ts`: rows that hold the same lengths are interchangeable. A
 * kind is free at first; once a copy stands in its rows it is bound to a slice of the run. A search finds the fullest
 * kind that a piece fits in, among all kinds, the free ones, or the kinds of a slice. Of equally full kinds it finds
 * the one filled last.
 *
 * Cost: a step per change of kind. The kinds of a slice stand in a sorted list, because there are few.
 */
import { Column } from '../../base/column.ts';
import { CapacityIndex } from '../packers/capacity-index.ts';
import type { RowKinds } from '../packers/fit-lengths.ts';

export const none = -1;
/** More kinds than there can be. */
const mostKinds = 2 ** 29;
/** The `slice` of kinds that are bound to no slice. */
export const free = -1;

/** Kinds of rows, each with the slice of the run that its rows belong to. */
export interface SlicedKinds extends RowKinds {
  readonly slice: Int32Array;
  /** Tokens of room left in each row of a kind. */
  readonly room: Uint32Array;
}

export class OpenKinds {
  readonly #width: number;
  readonly #room = new Column();
  readonly #rows = new Column();
  readonly #slice = new Column();
  readonly #pieces = new Column();
  readonly #first = new Column();
  readonly #all: Stacks;
  readonly #free: Stacks;
  readonly #ofSlice: SortedKinds[];
  readonly #mostRoom: MostRoom;
  readonly #chain = new Column();
  /** Rows of all kinds. */
  rows = 0;

  constructor(width: number, slices: number) {
    this.#width = width;
    this.#all = new Stacks(width);
    this.#free = new Stacks(width);
    this.#ofSlice = Array.from({ length: slices }, () => new SortedKinds());
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

  /** Returns the fullest kind with at least `tokens` of room, or `none`. */
  find(tokens: number): number {
    return this.#all.find(tokens);
  }

  findFree(tokens: number): number {
    return this.#free.find(tokens);
  }

  findIn(slice: number, tokens: number): number {
    return this.#ofSlice[slice]!.find(tokens);
  }

  /**
   * Finds the next slice that has a row with at least `tokens` of room. The search begins at `from`, goes up or down by
   * `step`, and stops before `to`.
   * @returns `none` if there is no such slice
   */
  nextWith(tokens: number, from: number, to: number, step: 1 | -1): number {
    return this.#mostRoom.next(tokens, from, to, step);
  }

  /**
   * Puts pieces of a list in rows of a kind, as many in each row as fit, and binds these rows to a slice.
   * @param slice `free` leaves the rows in the kind's own slice
   * @returns how many pieces found room
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

  /** Like `fill`, but in at most `most` new rows. */
  open(list: number, tokens: number, pieces: number, slice: number, most: number): number {
    const each = Math.floor(this.#width / tokens);
    const fitting = Math.min(pieces, most * each);
    const full = Math.floor(fitting / each);
    const rest = fitting - full * each;
    if (full > 0) this.#put(this.#kind(this.#width, full, 0, none), list, tokens, each, slice);
    if (rest > 0) this.#put(this.#kind(this.#width, 1, 0, none), list, tokens, rest, slice);
    this.rows += full + (rest > 0 ? 1 : 0);
    return fitting;
  }

  /** Returns the largest r for which the rows with at least r of room have `tokens` of room together; else `least`. */
  roomyFrom(tokens: number, least: number): number {
    const roomOf = new Float64Array(this.#width + 1);
    for (let kind = 0; kind < this.kinds; kind += 1)
      roomOf[this.#room.at(kind)]! += this.#room.at(kind) * this.#rows.at(kind);
    let room = this.#width;
    for (let sum = roomOf[room]!; room > least && sum < tokens; sum += roomOf[room]!) room -= 1;
    return room;
  }

  /** Lists all kinds: first those with at least `roomy` of room, then the free ones, then the kinds of each slice. */
  bySlice(roomy: number): SlicedKinds {
    const classOf = (kind: number) => (this.#room.at(kind) >= roomy ? 0 : this.#slice.at(kind) + 2);
    const ends = new Uint32Array(this.#ofSlice.length + 3);
    for (let kind = 0; kind < this.kinds; kind += 1) ends[classOf(kind) + 1]! += 1;
    for (let c = 1; c < ends.length; c += 1) ends[c]! += ends[c - 1]!;
    const rowsOf = new Uint32Array(this.kinds);
    const piecesOf = new Uint32Array(this.kinds);
    const room = new Uint32Array(this.kinds);
    const links = new Int32Array(this.kinds);
    const slice = new Int32Array(this.kinds);
    for (let kind = 0; kind < this.kinds; kind += 1) {
      const c = classOf(kind);
      const at = ends[c]!;
      ends[c] = at + 1;
      rowsOf[at] = this.#rows.at(kind);
      piecesOf[at] = this.#pieces.at(kind);
      room[at] = this.#room.at(kind);
      links[at] = this.#first.at(kind);
      slice[at] = this.#slice.at(kind);
    }
    const { kinds, rows } = this;
    return { kinds, rows, rowsOf, piecesOf, room, slice, links, chain: this.#chain.toInt32() };
  }

  #kind(room: number, rows: number, pieces: number, first: number): number {
    this.#room.push(room);
    this.#rows.push(rows);
    this.#slice.push(free);
    this.#pieces.push(pieces);
    this.#first.push(first);
    return this.kinds - 1;
  }

  #part(kind: number, rows: number): number {
    return this.#kind(this.#room.at(kind), rows, this.#pieces.at(kind), this.#first.at(kind));
  }

  #put(kind: number, list: number, tokens: number, times: number, slice: number): void {
    const first = this.#chain.length;
    this.#chain.push(list);
    this.#chain.push(tokens);
    this.#chain.push(times);
    this.#chain.push(this.#first.at(kind));
    this.#first.set(kind, first);
    this.#pieces.set(kind, this.#pieces.at(kind) + times);
    const room = this.#room.at(kind) - times * tokens;
    this.#room.set(kind, room);
    this.#slice.set(kind, slice);
    if (room === 0) return;
    this.#all.add(kind, room);
    if (slice === free) this.#free.add(kind, room);
    else {
      const kinds = this.#ofSlice[slice]!;
      kinds.add(kind, room);
      this.#mostRoom.set(slice, kinds.mostRoom);
    }
  }

  #remove(kind: number): void {
    const room = this.#room.at(kind);
    const slice = this.#slice.at(kind);
    this.#all.remove(kind, room);
    if (slice === free) this.#free.remove(kind, room);
    else {
      const kinds = this.#ofSlice[slice]!;
      kinds.remove(kind, room);
      this.#mostRoom.set(slice, kinds.mostRoom);
    }
  }
}

/** A list of kinds sorted by room; of equal rooms the last one added comes first. For few kinds and many rooms. */
class SortedKinds {
  /** Each number combines a room and a kind. */
  #codes = new Float64Array(8);
  #count = 0;

  /** Returns the kind with the least sufficient room, or `none`. */
  find(room: number): number {
    const at = this.#firstWith(room);
    return at < this.#count ? this.#codes[at]! % mostKinds : none;
  }

  get mostRoom(): number {
    return this.#count === 0 ? 0 : Math.floor(this.#codes[this.#count - 1]! / mostKinds);
  }

  add(kind: number, room: number): void {
    if (this.#count === this.#codes.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    const at = this.#firstWith(room);
    this.#codes.copyWithin(at + 1, at, this.#count);
    this.#codes[at] = room * mostKinds + kind;
    this.#count += 1;
  }

  remove(kind: number, room: number): void {
    const at = this.#codes.indexOf(room * mostKinds + kind, this.#firstWith(room));
    this.#codes.copyWithin(at, at + 1, this.#count);
    this.#count -= 1;
  }

  #firstWith(room: number): number {
    const codes = this.#codes;
    const least = room * mostKinds;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (codes[middle]! < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A stack of kinds per room. Any kind may be removed, not just the top one. */
class Stacks {
  readonly #rooms: CapacityIndex;
  /** Number of the kind + 1; 0: none. The array needs no fill, so pages that are never written take no memory. */
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

/** A tree over the most room of any row in each slice. It finds the next slice with enough room in O(log slices). */
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
    // Climb until a neighbour in the direction of the search has room, then descend to its nearest leaf.
    while (this.#most[node]! < room) {
      while (node > 1 && (node & 1) === (step === 1 ? 1 : 0)) node >>>= 1;
      // At the edge of the tree nothing is left in this direction.
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
