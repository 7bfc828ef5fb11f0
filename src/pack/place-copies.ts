/**
 * Best-fit decreasing where documents repeat. All copies are packed together (`placing.ts`), so that they need about as
 * many rows as best-fit decreasing over all of them, as if copies could share rows.
 *
 * A note that repeats often finds no room in rows that are full. Where there are more rows than that, long documents fill
 * up those with most room (`hosts.ts`). Where there are still more than allowed, packing begins again: what had opened
 * the rows too many goes first, and is filled up by the others.
 *
 * Cost: that of `placing.ts`, up to `attempts` times.
 */
import type { CopyGroups } from './copy-groups.ts';
import { fitLengths } from './fit-lengths.ts';
import { chooseHosts, type Hosting, type Longs, listLongs } from './hosts.ts';
import type { PackInput } from './packer.ts';
import { Placing } from './placing.ts';

const attempts = 4;
/** A long document fills up no row with less room than this, in tokens, or this part of a row. */
const leastPiece = 8;
const leastPart = 1 / 256;
/** Of the full rows of long documents, such a part may go to fill up others. */
const mostFilledUp = 1 / 16;

/** Where the last piece of every item stands. Rows that are full of one long document are not among these rows. */
export interface Placed {
  readonly rows: number;
  /** By item; `noRow`: it has no last piece beside its full rows. */
  readonly rowOf: Uint32Array;
  /** By row; `anywhere`: it holds no repeated document. */
  readonly slice: Int32Array;
  readonly hosting: Hosting;
  readonly longs: Longs;
}

/** @param slices of the run */
export function placeCopies(input: PackInput, groups: CopyGroups, slices: number): Placed {
  const longs = listLongs(input, groups);
  const fullRows = longs.fullRows.reduce((sum, rows) => sum + rows, 0);
  const fewest = Math.max(fitLengths(groups.counts).rows + fullRows, groups.mostCopies);
  const first = new Set<number>();
  let best: Placed | null = null;
  let bestExcess = Number.POSITIVE_INFINITY;
  for (let n = 0; n < attempts; n += 1) {
    const placing = new Placing(input, groups, slices);
    placing.placeFirst(first);
    // Rows too many that are opened in time can be filled up by long documents.
    placing.placeRest(first, fewest - fullRows, fewest - fullRows + Math.floor(fullRows * mostFilledUp));
    const tooMany = placing.rows + fullRows - fewest;
    const roomy =
      tooMany > 0 && fullRows > 0
        ? placing.roomyRows(Math.ceil(Math.min(leastPiece, input.width * leastPart)))
        : [];
    const hosting = chooseHosts(roomy, longs, groups, tooMany, input.width);
    const excess = tooMany - hosting.saved;
    if (excess < bestExcess) {
      bestExcess = excess;
      const { rows, rowOf } = placing;
      best = { rows, rowOf, slice: placing.slicesOf(hosting, longs), hosting, longs };
    }
    const before = first.size;
    for (const group of placing.stranded) first.add(group);
    if (excess <= 1 || first.size === before) break;
  }
  return best!;
}
