/**
 * One attempt to place the last pieces of all items in rows, as `fit-copies.ts` describes.
 *
 * A copy that is placed together with others of its length and slice goes at most `sliceReach` slices away from its
 * own. So the slices that may hold a document's copies are known without looking into rows. The few copies that are
 * placed one by one may go further; their slices are recorded.
 */
import type { Column } from '../../base/column.ts';
import { firstFrom } from '../../base/sequence.ts';
import type { PackInput } from '../packers/packer.ts';
import type { CopyPieces } from './copy-pieces.ts';
import { free, none, OpenKinds, type SlicedKinds } from './open-kinds.ts';
import { type CopyTime, copyTimes, sliceOf, sliceReach } from './spread.ts';

/** Copies shorter than 1 / copiesAhead of a row are placed early, as if they were up to copiesAhead times as long. */
const copiesAhead = 8;
/** Slices to examine when looking for a row for a copy that is placed by itself. */
const slicesTried = 64;

/** Rows of last pieces. They don't include the full rows of long documents. */
export interface PlacedRows {
  readonly kinds: SlicedKinds;
  /** Where each list begins in `CopyPieces.sorted`. */
  readonly starts: Uint32Array;
}

export class Fitting {
  readonly #pieces: CopyPieces;
  readonly #width: number;
  readonly #slices: number;
  readonly #reach: number;
  readonly #times: CopyTime;
  readonly #open: OpenKinds;
  /** Places in `CopyPieces.sorted` of the pieces to place one by one before all others. */
  readonly #first: Uint32Array;
  /** Where each list of pieces begins: the lists of `#pieces`, then parts of these lists. */
  readonly #starts: Column;
  /** By document and copy, the slice of each copy that was placed by itself. */
  readonly #late = new Map<number, Map<number, number>>();
  #budget = 0;
  #most = 0;
  /** Documents that opened a row beyond the budget. */
  readonly stranded: Set<number> = new Set<number>();

  constructor(input: PackInput, pieces: CopyPieces, slices: number, first: ReadonlySet<number>) {
    this.#pieces = pieces;
    this.#width = input.width;
    this.#slices = slices;
    this.#reach = sliceReach(slices, pieces.mostCopies);
    this.#times = copyTimes(input);
    this.#open = new OpenKinds(input.width, slices);
    this.#first = pieces.placesOf(first);
    this.#starts = pieces.starts.copy();
  }

  get rows(): number {
    return this.#open.rows;
  }

  /**
   * Places all pieces. Beyond `budget` rows, a copy opens a new row only if no row in its part of the run has room;
   * beyond `most` rows, only if no row at all has room.
   */
  place(budget: number, most: number): void {
    this.#budget = budget;
    this.#most = most;
    this.#placeFirst();
    const ahead = Math.floor(this.#width / copiesAhead);
    for (let length = this.#width; length > 0; length -= 1) {
      this.#placeOnce(length);
      // Short copies go before single documents of the same length, because those can fill up any row.
      if (length > ahead) this.#placeCopies(length);
      else if (length === ahead) {
        const last = Math.ceil(length / copiesAhead);
        for (let l = length; l >= last; l -= 1) this.#placeCopies(l);
      } else if (length % copiesAhead === 0) this.#placeCopies(length / copiesAhead);
    }
  }

  #placeFirst(): void {
    const pieces = this.#pieces;
    for (let n = this.#first.length - 1; n >= 0; n -= 1) {
      const at = this.#first[n]!;
      const list = pieces.listAt(at);
      this.#placeOne(at, pieces.lengthOf(list), pieces.sliceOf.at(list), true);
    }
  }

  #placeOnce(length: number): void {
    const open = this.#open;
    this.#eachRun(length, false, (list, from, to) => {
      let left = to - from;
      while (left > 0) {
        const kind = open.find(length);
        if (kind !== none) {
          left -= open.fill(kind, list, length, left, free);
          continue;
        }
        const tooMany = open.rows >= this.#budget;
        left -= open.open(list, length, left, free, Number.POSITIVE_INFINITY);
        if (tooMany) this.#strand(from);
      }
    });
  }

  #placeCopies(length: number): void {
    const open = this.#open;
    this.#eachRun(length, true, (list, from, to, slice) => {
      let left = to - from;
      while (left > 0) {
        const kind = this.#inTime(slice, length);
        if (kind !== none)
          left -= open.fill(kind, list, length, left, open.sliceOf(kind) === free ? slice : free);
        else if (open.rows < this.#budget)
          left -= open.open(list, length, left, slice, this.#budget - open.rows);
        else break;
      }
      for (let at = to - left; at < to; at += 1) this.#placeOne(at, length, slice, false);
    });
  }

  /** Visits the lists of a length, without the pieces that were placed first. */
  #eachRun(
    length: number,
    repeated: boolean,
    visit: (list: number, from: number, to: number, slice: number) => void,
  ): void {
    const pieces = this.#pieces;
    const [begin, end] = pieces.listsOf(length, repeated);
    for (let list = begin; list < end; list += 1) {
      const slice = pieces.sliceOf.at(list);
      const last = pieces.endOf(list);
      let from = pieces.starts.at(list);
      let next = firstFrom(this.#first, from);
      if (next === this.#first.length || this.#first[next]! >= last) {
        visit(list, from, last, slice);
        continue;
      }
      while (from < last) {
        const to = Math.min(last, this.#first[next] ?? last);
        if (to > from) visit(this.#part(from), from, to, slice);
        from = to + 1;
        next += 1;
      }
    }
  }

  /** Makes a new list that begins with the piece `from` of an existing one. */
  #part(from: number): number {
    this.#starts.push(from);
    return this.#starts.length - 1;
  }

  /**
   * Returns the fullest kind that has room for a copy and is in reach of its slice or free; `none` if there is none.
   */
  #inTime(slice: number, tokens: number): number {
    const open = this.#open;
    let best = none;
    for (let away = -this.#reach; away <= this.#reach; away += 1) {
      const kind = open.findIn(this.#onRing(slice + away), tokens);
      if (kind !== none && (best === none || open.roomOf(kind) < open.roomOf(best))) best = kind;
    }
    const kind = open.findFree(tokens);
    return kind !== none && (best === none || open.roomOf(kind) < open.roomOf(best)) ? kind : best;
  }

  /** Places one copy by itself: in its part of the run, where no other copy of its document can be. */
  #placeOne(at: number, tokens: number, slice: number, first: boolean): void {
    const open = this.#open;
    const { document, copy, copies } = this.#pieces.copyOf(this.#pieces.sorted[at]!, slice);
    const list = this.#part(at);
    if (copies === 1) {
      const kind = open.find(tokens);
      if (kind === none) open.open(list, tokens, 1, free, 1);
      else open.fill(kind, list, tokens, 1, free);
      return;
    }
    const part = first ? this.#reach + 1 : Math.floor(this.#slices / (2 * copies));
    let kind = this.#nearest(slice, part, tokens, document, copy, copies);
    if (kind === none && !first && open.rows >= this.#most)
      kind = this.#nearest(slice, this.#slices, tokens, document, copy, copies);
    if (kind !== none) open.fill(kind, list, tokens, 1, free);
    else {
      open.open(list, tokens, 1, slice, 1);
      if (open.rows > this.#budget) this.#strand(at);
    }
    const late = this.#late.get(document) ?? new Map<number, number>();
    late.set(copy, kind === none ? slice : open.sliceOf(kind));
    this.#late.set(document, late);
  }

  #strand(at: number): void {
    this.stranded.add(this.#pieces.documentOf(this.#pieces.sorted[at]!));
  }

  /** Returns a kind with room in the nearest slice that may hold the copy, less than `most` slices away, or `none`. */
  #nearest(
    slice: number,
    most: number,
    tokens: number,
    document: number,
    copy: number,
    copies: number,
  ): number {
    let after = 0;
    let before = 1;
    for (let tried = 0; tried < slicesTried; tried += 1) {
      after = this.#distance(slice, after, most, tokens, 1);
      before = this.#distance(slice, before, most, tokens, -1);
      if (Math.min(after, before) >= most) return none;
      const found = this.#onRing(after <= before ? slice + after : slice - before);
      if (this.#mayStandIn(found, document, copy, copies)) return this.#open.findIn(found, tokens);
      if (after <= before) after += 1;
      else before += 1;
    }
    return none;
  }

  /**
   * Returns the distance of the nearest slice with room in one direction, from `away` on; `most` if it isn't nearer
   * than that. The run is treated as a ring.
   */
  #distance(slice: number, away: number, most: number, tokens: number, step: 1 | -1): number {
    if (away >= most) return most;
    const first = this.#onRing(slice + step * away);
    const [begin, end] = step === 1 ? [0, this.#slices] : [this.#slices - 1, -1];
    let found = this.#open.nextWith(tokens, first, end, step);
    if (found !== none) return away + step * (found - first);
    const toEnd = away + step * (end - first);
    found = this.#open.nextWith(tokens, begin, end, step);
    return found === none ? most : Math.min(most, toEnd + step * (found - begin));
  }

  /** True if no other copy of the document can be in a row of the slice. */
  #mayStandIn(slice: number, document: number, copy: number, copies: number): boolean {
    const late = this.#late.get(document);
    for (let other = 0; other < copies; other += 1) {
      if (other === copy) continue;
      const at = late?.get(other);
      if (at === slice) return false;
      if (at !== undefined) continue;
      const away = Math.abs(slice - sliceOf(this.#times(document, 0, other, copies), this.#slices));
      if (Math.min(away, this.#slices - away) <= this.#reach) return false;
    }
    return true;
  }

  #onRing(slice: number): number {
    return (slice + this.#slices) % this.#slices;
  }

  /** Returns the kinds of rows, and where their lists begin. Rows with at least `roomy` tokens of room come first. */
  placed(roomy: number): PlacedRows {
    return { kinds: this.#open.bySlice(roomy), starts: this.#starts.toUint32() };
  }

  /** See `OpenKinds.roomyFrom`. */
  roomyFrom(tokens: number, least: number): number {
    return this.#open.roomyFrom(tokens, least);
  }
}
