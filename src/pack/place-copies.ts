/**
 * Best-fit decreasing where documents repeat. All copies are packed together, so that they need about as many rows as
 * best-fit decreasing over all of them. But a row holds a document once, and each copy has its time in the run
 * (`spread.ts`): it goes to the row of its slice, or of the slices beside it, that it fills best. What stands in the rows
 * once goes to the row of all that it fills best.
 *
 * Where no such row has room, one is opened, as long as there are fewer than best-fit decreasing needs without these
 * rules; from then on a copy takes any row of its part of the run, then any row at all. A note that repeats often finds
 * no room in rows that are full. So where there are more rows than allowed, packing begins again, and what had opened the
 * rows too many goes first. If the full rows of long documents leave nothing that could fill up the rows of such a note,
 * they are its hosts (`hosts.ts`).
 *
 * Cost: per piece a search in an index of rooms, not per kind of rows as in `best-fit.ts`; 12 bytes per copy; and the
 * work up to `attempts` times where there are more rows than allowed.
 */
import { type CopyGroups, lastPiece } from './copy-groups.ts';
import { fitLengths } from './fit-lengths.ts';
import {
  chooseHosts,
  fullRowsOf,
  type Hosting,
  type Long,
  listLongs,
  noHosts,
  type ReservedRow,
} from './hosts.ts';
import { OpenRows } from './open-rows.ts';
import type { PackInput } from './packer.ts';
import { RowContents } from './row-contents.ts';
import { anywhere, type CopyTime, copyTimes, sliceReach } from './spread.ts';

const none = -1;
const attempts = 6;
/** The golden ratio's fraction: the numbers k * golden mod 1 are spread evenly, wherever one stops. */
const golden = 0.618_033_988_749_894_9;

/** So many times as long as it is counts a copy of less than such a part of a row, and is placed the earlier. */
const copiesAhead = 8;
/** Rows that are looked at, and copies in each, to find one that makes room for another. */
const exchangeRows = 48;
const exchangePieces = 256;

/** Where the last piece of every item stands. Rows that are full of one long document are not among these rows. */
export interface Placed {
  readonly rows: number;
  /** By item. */
  readonly rowOf: Uint32Array;
  /** By row; `anywhere`: it holds no repeated document. */
  readonly slice: Int32Array;
  readonly hosting: Hosting;
}

/** @param slices of the run */
export function placeCopies(
  input: PackInput,
  groups: CopyGroups,
  slices: number,
): Placed & { longs: readonly Long[] } {
  const longs = listLongs(input, groups);
  const fullRows = longs.reduce((sum, long) => sum + long.fullRows, 0);
  const fewest = fitLengths(groups.counts).rows + fullRows;
  const budget = Math.max(fewest, groups.mostCopies);
  const first = new Set<number>();
  let hosted = 0;
  let best: { placed: Placed; rows: number } | null = null;
  for (let n = 0; n < attempts; n += 1) {
    const placing = new Placing(input, groups, slices);
    placing.placeFirst(first);
    const reserved = placing.rows;
    const hosting =
      hosted === 0 ? noHosts : chooseHosts(placing.reservedRows(first), longs, hosted, slices, input.width);
    const rowsOfLongs = longs.reduce((sum, long) => sum + fullRowsOf(long, hosting, input.width), 0);
    placing.placeRest(first, hosting, longs, budget - rowsOfLongs);
    const rows = placing.rows + rowsOfLongs;
    if (best === null || rows < best.rows) best = { placed: placing.finish(hosting), rows };
    const excess = rows - Math.max(fewest + 1, groups.mostCopies);
    if (excess <= 0) break;
    const before = [first.size, hosted];
    for (const group of placing.stranded) first.add(group);
    if (n > 0 && longs.length > 0) hosted = Math.min(reserved, hosted + excess);
    if (first.size === before[0] && hosted === before[1]) break;
  }
  return { ...best!.placed, longs };
}

/** One attempt. */
class Placing {
  readonly #input: PackInput;
  readonly #groups: CopyGroups;
  readonly #slices: number;
  readonly #times: CopyTime;
  readonly #open: OpenRows;
  readonly #rowOf: Uint32Array;
  /** Rows that hold a document whose copies are placed one by one. */
  readonly #rowsOf = new Map<number, number[]>();
  readonly #contents: RowContents;
  #hosts: Hosting['hostOf'] = noHosts.hostOf;
  #budget = Number.POSITIVE_INFINITY;
  /** Groups that opened a row beyond the budget. */
  readonly stranded: number[] = [];

  constructor(input: PackInput, groups: CopyGroups, slices: number) {
    this.#input = input;
    this.#groups = groups;
    this.#slices = slices;
    this.#times = copyTimes(input);
    this.#open = new OpenRows(input.width, slices);
    this.#rowOf = new Uint32Array(groups.items);
    this.#contents = new RowContents(groups.items);
  }

  get rows(): number {
    return this.#open.rows;
  }

  placeFirst(first: ReadonlySet<number>): void {
    const groups = this.#groups;
    for (const document of groups.uneven) this.#rowsOf.set(document, []);
    const sorted = [...first].sort((a, b) => groups.lengthOf(b) - groups.lengthOf(a) || a - b);
    for (const group of sorted) this.#placeGroup(group, groups.lengthOf(group), noHosts);
  }

  /** The rows that are open, and what stands in them. */
  reservedRows(first: ReadonlySet<number>): ReservedRow[] {
    const documents = Array.from({ length: this.rows }, () => new Set<number>());
    for (const group of first) {
      const item = this.#groups.groups[group]!;
      const { document, from, copies } = this.#groups.placeOf(item);
      for (let k = from; k < from + copies; k += 1) documents[this.#rowOf[k]!]!.add(document);
    }
    return documents.map((in_, row) => ({
      ...{ row, room: this.#open.roomOf(row), slice: this.#open.sliceOf(row), documents: in_ },
    }));
  }

  placeRest(first: ReadonlySet<number>, hosting: Hosting, longs: readonly Long[], budget: number): void {
    const groups = this.#groups;
    const { width } = this.#input;
    this.#budget = budget;
    this.#hosts = hosting.hostOf;
    for (const [row, { tokens }] of hosting.hostOf) this.#open.fill(row, tokens);
    const moved = longs
      .filter(({ item }) => hosting.tokensOf.has(item))
      .map((long) => ({ ...long, last: hosting.lastPieceOf.get(long.item)! }))
      .sort((a, b) => b.last - a.last);
    for (const { document, copies } of moved)
      if (copies > 1 && !this.#rowsOf.has(document)) this.#rowsOf.set(document, []);
    let next = 0;
    const ahead = Math.floor(width / copiesAhead);
    for (let length = width; length > 0; length -= 1) {
      for (; next < moved.length && moved[next]!.last >= length; next += 1) {
        const { item, last, copy, copies } = moved[next]!;
        if (copies === 1) this.#placeOnce(item, last, -1);
        else this.#placeCopy(item, last, copy, copies, this.#rowsOf.get(moved[next]!.document)!, -1);
      }
      this.#placeGroups(length, false, first, hosting);
      // Short copies come before other documents of their length, which may fill up any row.
      if (length > ahead) this.#placeGroups(length, true, first, hosting);
      else if (length === ahead) {
        for (let l = length; l >= Math.ceil(length / copiesAhead); l -= 1)
          this.#placeGroups(l, true, first, hosting);
      } else if (length % copiesAhead === 0) this.#placeGroups(length / copiesAhead, true, first, hosting);
    }
  }

  #placeGroups(length: number, repeated: boolean, first: ReadonlySet<number>, hosting: Hosting): void {
    const [from, to] = this.#groups.ofLength(length, repeated);
    for (let group = from; group < to; group += 1)
      if (!first.has(group)) this.#placeGroup(group, length, hosting);
  }

  finish(hosting: Hosting): Placed {
    const slice = new Int32Array(this.rows).fill(anywhere);
    for (let item = 0; item < this.#rowOf.length; ) {
      const { copies } = this.#groups.placeOf(item);
      for (const end = item + copies; item < end; item += 1) {
        const row = this.#rowOf[item]!;
        if (copies > 1) slice[row] = this.#open.sliceOf(row);
      }
    }
    for (const [row, { item }] of hosting.hostOf)
      if (this.#groups.placeOf(item).copies > 1) slice[row] = this.#open.sliceOf(row);
    return { rows: this.rows, rowOf: this.#rowOf, slice, hosting };
  }

  #placeGroup(group: number, tokens: number, { tokensOf }: Hosting): void {
    const groups = this.#groups;
    const item = groups.groups[group]!;
    const { document, from, copies } = groups.placeOf(item);
    if (copies === 1) {
      if (!tokensOf.has(item)) this.#placeOnce(item, tokens, group);
      return;
    }
    const shared = this.#rowsOf.get(document);
    const used = shared ?? [];
    for (let k = item; k < from + copies; k += 1) {
      if (groups.uneven.has(document) && groups.sequenceOf(k) !== groups.sequenceOf(item)) break;
      if (!tokensOf.has(k)) this.#placeCopy(k, tokens, k - from, copies, used, group);
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
      if (row < 0) row = open.find(tokens, used);
    }
    if (row < 0) row = this.#openRow(slice, group);
    used.push(row);
    this.#put(item, tokens, row);
  }

  #openRow(slice: number, group: number): number {
    if (this.rows >= this.#budget && group >= 0) this.stranded.push(group);
    const row = this.#open.open(slice);
    this.#contents.open(row, slice);
    return row;
  }

  #put(item: number, tokens: number, row: number): void {
    this.#open.fill(row, tokens);
    this.#contents.add(row, item);
    this.#rowOf[item] = row;
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
          if (used.includes(row) || this.#hosts.has(row)) continue;
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
    let left = exchangePieces;
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
    const used = Array.from(this.#rowOf.subarray(from, from + copies));
    const part = Math.max(1, Math.floor(slices / (2 * copies)));
    for (let away = 0; away < part; away += 1) {
      let found = this.#open.findIn(slice + away, tokens, used);
      if (found < 0) found = this.#open.findIn(slice - away, tokens, used);
      if (found >= 0) return found;
    }
    return none;
  }
}
