/**
 * One attempt to place the last pieces of all items in rows, as `fit-copies.ts` describes it.
 *
 * A copy that is placed with others of its length and slice goes at most `sliceReach` slices from its own. So for every
 * document it is known where its copies can be without a look into a row; the few that are placed one by one are noted.
 */
import { borrow } from '../../base/scratch.ts';
import type { PackInput } from '../packers/packer.ts';
import type { CopyPieces } from './copy-pieces.ts';
import type { Hosting, RoomyRow } from './hosts.ts';
import { free, none, OpenKinds } from './open-kinds.ts';
import { anywhere, type CopyTime, copyTimes, golden, sliceOf, sliceReach } from './spread.ts';

/** So many times as long as it is counts a copy of less than such a part of a row, and is placed the earlier. */
const copiesAhead = 8;
/** Slices that are looked at to find a row for a copy that comes late. */
const slicesTried = 64;

/** Rows of last pieces. Rows that are full of one long document are not among them. */
export interface DealtRows {
  readonly rows: number;
  /** Pieces in the order of the rows, as `CopyPieces` has them, and their lengths. */
  readonly pieces: Uint32Array;
  readonly lengths: Uint16Array | Uint32Array;
  /** Where the pieces of each row begin, and those of the last row end. */
  readonly starts: Uint32Array;
}

export class Fitting {
  readonly #pieces: CopyPieces;
  readonly #width: number;
  readonly #slices: number;
  readonly #reach: number;
  readonly #times: CopyTime;
  readonly #open: OpenKinds;
  /** Documents that are placed before all others, copy by copy. */
  readonly #first: ReadonlySet<number>;
  /** Where each list of pieces begins: pieces that stand one after another in `#pieces`, and are dealt out in that order. */
  readonly #lists: number[] = [];
  /** By document, the slices of its copies that were placed one by one. */
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
    this.#first = first;
  }

  get rows(): number {
    return this.#open.rows;
  }

  /** Beyond `budget` rows none is opened as long as one in time has room, beyond `most` as long as any has. */
  place(budget: number, most: number): void {
    this.#budget = budget;
    this.#most = most;
    if (this.#first.size > 0) this.#placeFirst();
    const ahead = Math.floor(this.#width / copiesAhead);
    for (let length = this.#width; length > 0; length -= 1) {
      this.#placeOnce(length);
      // Short copies come before other documents of their length, which may fill up any row.
      if (length > ahead) this.#placeCopies(length);
      else if (length === ahead) {
        const last = Math.ceil(length / copiesAhead);
        for (let l = length; l >= last; l -= 1) this.#placeCopies(l);
      } else if (length % copiesAhead === 0) this.#placeCopies(length / copiesAhead);
    }
  }

  #placeFirst(): void {
    const pieces = this.#pieces;
    for (let at = pieces.sorted.length - 1; at >= 0; at -= 1)
      if (this.#isFirst(at)) this.#placeOne(at, pieces.lengthAt(at), true);
  }

  #isFirst(at: number): boolean {
    return this.#first.has(this.#pieces.documentOf(this.#pieces.sorted[at]!));
  }

  #placeOnce(length: number): void {
    const open = this.#open;
    this.#eachRun(length, false, 1, (list, from, to) => {
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
    this.#eachRun(length, true, this.#slices, (list, from, to, slice) => {
      let left = to - from;
      while (left > 0) {
        const kind = this.#inTime(slice, length);
        if (kind !== none)
          left -= open.fill(kind, list, length, left, open.sliceOf(kind) === free ? slice : free);
        else if (open.rows < this.#budget)
          left -= open.open(list, length, left, slice, this.#budget - open.rows);
        else break;
      }
      for (let at = to - left; at < to; at += 1) this.#placeOne(at, length, false);
    });
  }

  /** Pieces of a length that are not placed first, by slice: lists of neighbours. */
  #eachRun(
    length: number,
    repeated: boolean,
    slices: number,
    visit: (list: number, from: number, to: number, slice: number) => void,
  ): void {
    const { keys } = this.#pieces;
    const [begin, end] = this.#pieces.ofLength(length, repeated);
    for (let from = begin; from < end; ) {
      if (this.#first.size > 0 && this.#isFirst(from)) {
        from += 1;
        continue;
      }
      const slice = sliceOf(keys[from]!, slices);
      let to = from + 1;
      while (to < end && sliceOf(keys[to]!, slices) === slice && !(this.#first.size > 0 && this.#isFirst(to)))
        to += 1;
      visit(this.#list(from), from, to, slice);
      from = to;
    }
  }

  #list(from: number): number {
    this.#lists.push(from);
    return this.#lists.length - 1;
  }

  /** The fullest kind that a copy fits in and may stand in; `none`: there is none. */
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

  /** A copy by itself: in its part of the run, where no other copy of its document can be. */
  #placeOne(at: number, tokens: number, first: boolean): void {
    const open = this.#open;
    const { document, copy, copies } = this.#pieces.copyAt(at);
    const list = this.#list(at);
    if (copies === 1) {
      const kind = open.find(tokens);
      if (kind === none) open.open(list, tokens, 1, free, 1);
      else open.fill(kind, list, tokens, 1, free);
      return;
    }
    const slice = sliceOf(this.#times(document, 0, copy, copies), this.#slices);
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

  /** A kind with room in the slice that is nearest, less than so many away. */
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

  /** How far off a slice has room, from `away` on and less than `most`. The run is a ring here. */
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

  /** Can no other copy of the document be in a row of the slice? */
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

  /** Rows with at least so much room, those with most first. */
  roomyRows({ pieces, starts }: DealtRows, least: number): RoomyRow[] {
    const open = this.#open;
    const found: RoomyRow[] = [];
    for (let kind = 0, row = 0; kind < open.kinds; kind += 1) {
      const room = open.roomOf(kind);
      for (const end = row + open.rowsOf(kind); row < end; row += 1) {
        if (room < least) continue;
        const mine = pieces.subarray(starts[row], starts[row + 1]);
        const takes = (document: number) =>
          mine.every((piece) => this.#pieces.documentOf(piece) !== document);
        found.push({ row, room, takes });
      }
    }
    return found.sort((a, b) => b.room - a.room || a.row - b.row);
  }

  /** By row: its slice; `anywhere`: it holds no repeated document. */
  slicesOf(hosting: Hosting): Int32Array {
    const open = this.#open;
    const slice = new Int32Array(open.rows).fill(anywhere);
    for (let kind = 0, row = 0; kind < open.kinds; kind += 1) {
      const end = row + open.rowsOf(kind);
      if (open.sliceOf(kind) !== free) slice.fill(open.sliceOf(kind), row, end);
      row = end;
    }
    for (const [row, hosts] of hosting.hostOf) {
      if (slice[row] !== anywhere) continue;
      if (hosts.some(({ long }) => this.#pieces.placeOf(this.#pieces.longs.item[long]!).copies > 1))
        slice[row] = Math.floor(((row * golden) % 1) * this.#slices);
    }
    return slice;
  }

  /** The pieces of the rows, kind by kind. */
  deal(): DealtRows {
    const open = this.#open;
    const { sorted } = this.#pieces;
    const pieces = borrow(sorted.length);
    const lengths = this.#width < 65_536 ? new Uint16Array(sorted.length) : new Uint32Array(sorted.length);
    const starts = new Uint32Array(open.rows + 1);
    const next = Float64Array.from(this.#lists);
    let row = 0;
    let to = 0;
    for (let kind = 0; kind < open.kinds; kind += 1) {
      const links: { list: number; length: number; times: number }[] = [];
      open.eachLink(kind, (list, times) =>
        links.push({ list, times, length: this.#pieces.lengthAt(this.#lists[list]!) }),
      );
      for (let n = open.rowsOf(kind); n > 0; n -= 1) {
        for (const { list, length, times } of links) {
          let from = next[list]!;
          for (const end = from + times; from < end; from += 1, to += 1) {
            pieces[to] = sorted[from]!;
            lengths[to] = length;
          }
          next[list] = from;
        }
        row += 1;
        starts[row] = to;
      }
    }
    return { rows: row, pieces, lengths, starts };
  }
}
