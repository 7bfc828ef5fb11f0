/**
 * Items to rows, one by one, longest first. A row holds a document once, and each copy has its time in the run
 * (`spread.ts`): it goes to the row of its slice, or of the slices beside it, that it fills best. What stands in the rows
 * once goes to the row of all that it fills best. Where no such row has room, one is opened, up to a number of rows
 * (`budget`). From then on a copy takes any row of its part of the run; or one that another item leaves for it; or any row
 * at all; and only then a new one.
 *
 * Cost: a few searches in an index of rooms per copy, one per item that is there once; 12 bytes per item.
 */
import type { CopyGroups } from './copy-groups.ts';
import { lastPiece } from './copy-groups.ts';
import type { Hosting, Longs, RoomyRow } from './hosts.ts';
import { OpenRows } from './open-rows.ts';
import type { PackInput } from './packer.ts';
import { RowContents } from './row-contents.ts';
import { anywhere, type CopyTime, copyTimes, golden, sliceReach } from './spread.ts';

const none = -1;
export const noRow: number = 2 ** 32 - 1;
/** So many times as long as it is counts a copy of less than such a part of a row, and is placed the earlier. */
const copiesAhead = 8;
/** Rows that are looked at, and items in each, to find one that makes room for another. */
const exchangeRows = 48;
const exchangeItems = 256;

/** One attempt to place all items. */
export class Placing {
  readonly #input: PackInput;
  readonly #groups: CopyGroups;
  readonly #slices: number;
  readonly #times: CopyTime;
  readonly #open: OpenRows;
  /** By item; `noRow`: it has no last piece beside its full rows. */
  readonly rowOf: Uint32Array;
  /** Rows that hold a document whose copies are placed one by one. */
  readonly #rowsOf = new Map<number, number[]>();
  readonly #contents: RowContents;
  #most = 0;
  #budget = Number.POSITIVE_INFINITY;
  /** Groups that opened a row beyond the budget. */
  readonly stranded: number[] = [];

  constructor(input: PackInput, groups: CopyGroups, slices: number) {
    this.#input = input;
    this.#groups = groups;
    this.#slices = slices;
    this.#times = copyTimes(input);
    this.#open = new OpenRows(input.width, slices);
    this.rowOf = new Uint32Array(groups.items).fill(noRow);
    this.#contents = new RowContents(groups.items);
  }

  get rows(): number {
    return this.#open.rows;
  }

  placeFirst(first: ReadonlySet<number>): void {
    const groups = this.#groups;
    for (const document of groups.uneven) this.#rowsOf.set(document, []);
    const sorted = [...first].sort((a, b) => groups.lengthOf(b) - groups.lengthOf(a) || a - b);
    for (const group of sorted) this.#placeGroup(group, groups.lengthOf(group));
  }

  /** All other groups; beyond `budget` rows none is opened as long as one in time has room, beyond `most` as long as any has. */
  placeRest(first: ReadonlySet<number>, budget: number, most: number): void {
    this.#budget = budget;
    this.#most = most;
    const ahead = Math.floor(this.#input.width / copiesAhead);
    for (let length = this.#input.width; length > 0; length -= 1) {
      this.#placeGroups(length, false, first);
      // Short copies come before other documents of their length, which may fill up any row.
      if (length > ahead) this.#placeGroups(length, true, first);
      else if (length === ahead) {
        const last = Math.ceil(length / copiesAhead);
        for (let l = length; l >= last; l -= 1) this.#placeGroups(l, true, first);
      } else if (length % copiesAhead === 0) this.#placeGroups(length / copiesAhead, true, first);
    }
  }

  /** Rows with at least so much room, those with most first. */
  roomyRows(least: number): RoomyRow[] {
    const found: RoomyRow[] = [];
    for (let row = 0; row < this.rows; row += 1) {
      const room = this.#open.roomOf(row);
      if (room < least) continue;
      const takes = (document: number) => {
        for (let item = this.#contents.first(row); item !== none; item = this.#contents.next(item))
          if (this.#groups.documentOf(item) === document) return false;
        return true;
      };
      found.push({ row, room, takes });
    }
    return found.sort((a, b) => b.room - a.room || a.row - b.row);
  }

  /** By row: its slice; `anywhere`: it holds no repeated document. */
  slicesOf(hosting: Hosting, longs: Longs): Int32Array {
    const slice = new Int32Array(this.rows).fill(anywhere);
    for (let item = 0; item < this.rowOf.length; ) {
      const { copies } = this.#groups.placeOf(item);
      for (const end = item + copies; item < end; item += 1) {
        const row = this.rowOf[item]!;
        if (copies > 1 && row !== noRow) slice[row] = this.#open.sliceOf(row);
      }
    }
    for (const [row, hosts] of hosting.hostOf)
      if (hosts.some(({ long }) => this.#groups.placeOf(longs.item[long]!).copies > 1))
        slice[row] = this.#open.sliceOf(row);
    return slice;
  }

  #placeGroups(length: number, repeated: boolean, first: ReadonlySet<number>): void {
    const [from, to] = this.#groups.ofLength(length, repeated);
    for (let group = from; group < to; group += 1) if (!first.has(group)) this.#placeGroup(group, length);
  }

  #placeGroup(group: number, tokens: number): void {
    const groups = this.#groups;
    const item = groups.groups[group]!;
    const { document, from, copies } = groups.placeOf(item);
    if (copies === 1) {
      this.#placeOnce(item, tokens, group);
      return;
    }
    const shared = this.#rowsOf.get(document);
    const used = shared ?? [];
    for (let k = item; k < from + copies; k += 1) {
      if (groups.uneven.has(document) && groups.sequenceOf(k) !== groups.sequenceOf(item)) break;
      this.#placeCopy(k, tokens, k - from, copies, used, group);
    }
  }

  #placeOnce(item: number, tokens: number, group: number): void {
    const row = this.#open.find(tokens, []);
    this.#put(
      item,
      tokens,
      row < 0 ? this.#openRow(Math.floor(((this.rows * golden) % 1) * this.#slices), group) : row,
    );
  }

  #placeCopy(
    item: number,
    tokens: number,
    copy: number,
    copies: number,
    used: number[],
    group: number,
  ): void {
    const open = this.#open;
    const slices = this.#slices;
    const document = this.#groups.documentOf(item);
    const slice = Math.floor(this.#times(document, 0, copy, copies) * slices);
    const reach = sliceReach(slices, copies);
    let row = open.findIn(slice, tokens, used);
    for (let away = 1; away <= reach; away += 1) {
      for (const at of [slice + away, slice - away]) {
        const found = open.findIn(at, tokens, used);
        if (found >= 0 && (row < 0 || open.roomOf(found) < open.roomOf(row))) row = found;
      }
    }
    if (row < 0 && open.rows >= this.#budget) {
      const part = Math.floor(slices / (2 * copies));
      for (let away = reach + 1; row < 0 && away < part; away += 1) {
        row = open.findIn(slice + away, tokens, used);
        if (row < 0) row = open.findIn(slice - away, tokens, used);
      }
      if (row < 0) row = this.#makeRoom(slice, part, tokens, used);
      if (row < 0 && open.rows >= this.#most) row = open.find(tokens, used);
    }
    if (row < 0) row = this.#openRow(slice, group);
    used.push(row);
    this.#put(item, tokens, row);
  }

  #openRow(slice: number, group: number): number {
    if (this.rows >= this.#budget) this.stranded.push(group);
    const row = this.#open.open(slice);
    this.#contents.open(row, slice);
    return row;
  }

  #put(item: number, tokens: number, row: number): void {
    this.#open.fill(row, tokens);
    this.#contents.add(row, item);
    this.rowOf[item] = row;
  }

  /**
   * A row of a part of the run that another item leaves for a row with more room; -1: there is none. What has room may
   * hold a copy of the same document, or be elsewhere in the run; with an item of another document that is no obstacle.
   */
  #makeRoom(slice: number, part: number, tokens: number, used: readonly number[]): number {
    if (this.#open.find(tokens, []) < 0) return none;
    let left = exchangeRows;
    for (let away = 0; away < part; away += 1) {
      for (const at of away === 0 ? [slice] : [slice + away, slice - away]) {
        for (const row of this.#contents.rowsOf((at + this.#slices) % this.#slices)) {
          if (used.includes(row)) continue;
          if (this.#moveOneOut(row, tokens - this.#open.roomOf(row))) return row;
          left -= 1;
          if (left === 0) return none;
        }
      }
    }
    return none;
  }

  /** Moves the shortest item of at least so many tokens out of a row, if another row may take it. */
  #moveOneOut(row: number, least: number): boolean {
    const contents = this.#contents;
    const groups = this.#groups;
    let best = none;
    let length = Number.POSITIVE_INFINITY;
    let left = exchangeItems;
    for (let item = contents.first(row); item !== none && left > 0; item = contents.next(item), left -= 1) {
      const tokens = lastPiece(groups.sequenceOf(item), this.#input.width);
      if (tokens < least || tokens >= length || this.#rowsOf.has(groups.documentOf(item))) continue;
      best = item;
      length = tokens;
    }
    if (best === none) return false;
    const to = this.#rowFor(best, length, row);
    if (to < 0) return false;
    this.#open.fill(row, -length);
    contents.remove(row, best);
    this.#put(best, length, to);
    return true;
  }

  /** A row for an item that is placed already. */
  #rowFor(item: number, tokens: number, row: number): number {
    const { document, from, copies } = this.#groups.placeOf(item);
    if (copies === 1) return this.#open.find(tokens, [row]);
    const slices = this.#slices;
    const slice = Math.floor(this.#times(document, 0, item - from, copies) * slices);
    const used = Array.from(this.rowOf.subarray(from, from + copies));
    const part = Math.max(1, Math.floor(slices / (2 * copies)));
    for (let away = 0; away < part; away += 1) {
      let found = this.#open.findIn(slice + away, tokens, used);
      if (found < 0) found = this.#open.findIn(slice - away, tokens, used);
      if (found >= 0) return found;
    }
    return none;
  }
}
