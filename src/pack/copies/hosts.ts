/**
 * Fills up rows of shorter documents with pieces of a long document. Rows may keep much room because no copy that is
 * still to be placed may stand in them. A document longer than a row is cut in any case, so it can fill such rows, and
 * then has fewer full rows of its own. Its last piece stays as it is.
 */
import type { Host } from '../packers/lay-rows.ts';
import type { CopyPieces } from './copy-pieces.ts';

export interface Hosting {
  /** By row: the long documents that fill it up. */
  readonly hostOf: ReadonlyMap<number, readonly Host[]>;
  /** By index of a long item: how many full rows it gives up. Its pieces in `hostOf` hold their tokens. */
  readonly rowsLess: ReadonlyMap<number, number>;
  /** The sum of `rowsLess`. */
  readonly saved: number;
}

/** A row with room left. */
export interface RoomyRow {
  readonly row: number;
  readonly room: number;
  /** May a copy of the document stand in it? */
  takes(document: number): boolean;
}

/** The most long documents to try. */
const mostTried = 1000;

interface Candidate {
  readonly long: number;
  readonly document: number;
  readonly copies: number;
}

/** Lists the long items to try: documents with a single copy first, then those with the most full rows. */
function candidates(pieces: CopyPieces): Candidate[] {
  const { item, fullRows } = pieces.longs;
  const found: Candidate[] = [];
  for (const repeated of [false, true]) {
    for (let long = 0; long < item.length && found.length < mostTried; long += 1) {
      const { document, copies } = pieces.placeOf(item[long]!);
      if (copies > 1 === repeated) found.push({ long, document, copies });
    }
  }
  return found.sort(
    (a, b) => a.copies - b.copies || fullRows[b.long]! - fullRows[a.long]! || a.long - b.long,
  );
}

/**
 * Saves up to `excess` rows.
 * @param roomy rows with the most room come first
 */
export function chooseHosts(
  roomy: readonly RoomyRow[],
  pieces: CopyPieces,
  excess: number,
  width: number,
): Hosting {
  const hostOf = new Map<number, Host[]>();
  const rowsLess = new Map<number, number>();
  const rooms = roomy.map(({ room }) => room);
  let roomLeft = rooms.reduce((sum, room) => sum + room, 0);
  let saved = 0;
  const tried = excess > 0 && roomLeft >= width ? candidates(pieces) : [];
  for (const { long, document } of tried) {
    if (saved >= excess || roomLeft < width) break;
    const mine = [...roomy.keys()].filter((r) => {
      const { row, takes } = roomy[r]!;
      return rooms[r]! > 0 && takes(document) && !hostOf.get(row)?.some((host) => host.document === document);
    });
    const room = mine.reduce((sum, r) => sum + rooms[r]!, 0);
    const rows = Math.min(excess - saved, pieces.longs.fullRows[long]!, Math.floor(room / width));
    if (rows === 0) continue;
    let left = rows * width;
    for (const r of mine) {
      if (left === 0) break;
      const { row } = roomy[r]!;
      const tokens = Math.min(rooms[r]!, left);
      hostOf.set(row, [...(hostOf.get(row) ?? []), { long, document, tokens }]);
      rooms[r]! -= tokens;
      left -= tokens;
    }
    roomLeft -= rows * width;
    rowsLess.set(long, rows);
    saved += rows;
  }
  return { hostOf, rowsLess, saved };
}
