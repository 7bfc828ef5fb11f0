/**
 * Rows that shorter documents share with a long one. A document that is longer than a row is cut in any case. So where
 * rows have much room left, since no copy that is still to be placed may stand in them, a long document fills them up,
 * and has some full rows fewer. Its last piece stays as it is.
 */
import { type CopyGroups, fullRowsOf } from './copy-groups.ts';
import type { PackInput } from './packer.ts';

/** A document that spans rows, or a copy of it. */
export interface Long {
  readonly item: number;
  readonly document: number;
  readonly copy: number;
  readonly copies: number;
  readonly fullRows: number;
}

export interface Host {
  readonly item: number;
  readonly document: number;
  /** Of its document, in this row. */
  readonly tokens: number;
}

export interface Hosting {
  /** By row: the items that fill it up. */
  readonly hostOf: ReadonlyMap<number, readonly Host[]>;
  /** By item: full rows that it has no longer; its pieces in `hostOf` have their tokens. */
  readonly rowsLess: ReadonlyMap<number, number>;
  /** All rows less. */
  readonly saved: number;
}

/** A row with room. */
export interface RoomyRow {
  readonly row: number;
  readonly room: number;
  /** May a copy of the document stand in it? */
  takes(document: number): boolean;
}

/** Long documents that are tried. */
const mostTried = 1000;

/** Those that are there once come first, then those with few copies; of these the ones with most full rows. */
export function listLongs({ table, width }: PackInput, groups: CopyGroups): Long[] {
  const longs: Long[] = [];
  for (let item = 0; item < groups.items; ) {
    const { document, copies, from } = groups.placeOf(item);
    for (; item < from + copies; item += 1) {
      const sequence = groups.sequenceOf(item);
      if (sequence <= width) continue;
      longs.push({
        ...{ item, document, copy: item - from, copies },
        fullRows: fullRowsOf(sequence, width),
      });
    }
  }
  const { keysLow, keysHigh } = table;
  return longs.sort(
    (a, b) =>
      a.copies - b.copies ||
      b.fullRows - a.fullRows ||
      keysLow[a.document]! - keysLow[b.document]! ||
      keysHigh[a.document]! - keysHigh[b.document]! ||
      a.item - b.item,
  );
}

/**
 * Saves up to `excess` rows.
 * @param roomy those with most room first
 */
export function chooseHosts(
  roomy: readonly RoomyRow[],
  longs: readonly Long[],
  excess: number,
  width: number,
): Hosting {
  const hostOf = new Map<number, Host[]>();
  const rowsLess = new Map<number, number>();
  const rooms = roomy.map(({ room }) => room);
  let roomLeft = rooms.reduce((sum, room) => sum + room, 0);
  let saved = 0;
  for (const { item, document, fullRows } of longs.slice(0, mostTried)) {
    if (saved >= excess || roomLeft < width) break;
    const mine = [...roomy.keys()].filter((r) => {
      const { row, takes } = roomy[r]!;
      return rooms[r]! > 0 && takes(document) && !hostOf.get(row)?.some((host) => host.document === document);
    });
    const room = mine.reduce((sum, r) => sum + rooms[r]!, 0);
    const rows = Math.min(excess - saved, fullRows, Math.floor(room / width));
    if (rows === 0) continue;
    let left = rows * width;
    for (const r of mine) {
      if (left === 0) break;
      const { row } = roomy[r]!;
      const tokens = Math.min(rooms[r]!, left);
      hostOf.set(row, [...(hostOf.get(row) ?? []), { item, document, tokens }]);
      rooms[r]! -= tokens;
      left -= tokens;
    }
    roomLeft -= rows * width;
    rowsLess.set(item, rows);
    saved += rows;
  }
  return { hostOf, rowsLess, saved };
}
