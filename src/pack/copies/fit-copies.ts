/**
 * Best-fit decreasing where documents repeat. Rows are filled in kinds, as in `fit-lengths.ts`, but each copy has its
 * time in the run (`spread.ts`). A copy may stand in a row of its own slice of the run, in a row of a slice nearby, or
 * in a row that is bound to no slice yet, which is then bound to the copy's slice. It takes the row that it fills best
 * among these. A document with one copy takes the row that it fills best among all rows. Copies of a document never
 * share a row, because their slices are further apart than any copy moves.
 *
 * `budget` is the number of rows that best-fit decreasing over all copies needs without the rule that copies never
 * share a row. Up to that number, rows are opened freely. After that, a copy that finds no room goes to the nearest row
 * in its part of the run; else to any row that can hold no other copy of its document; else to a new row. If this makes
 * too many rows, long documents fill up the rows with the most room (`hosts.ts`). If there are still too many, packing
 * starts again: the documents that opened the excess rows are placed first, and the others fill up their rows.
 *
 * Cost: a few searches per kind of row, slice and length; 8 bytes per item.
 */
import { fitLengths } from '../packers/fit-lengths.ts';
import type { Host } from '../packers/lay-rows.ts';
import type { PackInput } from '../packers/packer.ts';
import type { CopyPieces } from './copy-pieces.ts';
import { Fitting, type PlacedRows } from './fitting.ts';
import { chooseHosts, type Hosting, type RoomyRow } from './hosts.ts';
import type { SlicedKinds } from './open-kinds.ts';
import { anywhere, golden } from './spread.ts';

const attempts = 4;
/**
 * Long documents fill up only rows with at least this much room: `leastPiece` tokens or, if less, `leastPart` of a row.
 */
const leastPiece = 8;
const leastPart = 1 / 256;
/** Examine the roomiest rows until they have this many rows' worth of room per row to save. */
const roomPerRow = 16;
/** The largest part of the full rows of long documents that may go to fill up other rows. */
const mostFilledUp = 1 / 16;
/** The most documents to place first in the next attempt. */
const mostFirst = 10_000;

export interface FittedCopies extends PlacedRows {
  /** By kind: long documents that fill up its rows. */
  readonly hostsOf: ReadonlyMap<number, readonly Host[]>;
  /** Per long item: full rows that it has for itself. */
  readonly fullRows: Uint32Array;
}

/** @param slices number of slices of the run */
export function fitCopies(input: PackInput, pieces: CopyPieces, slices: number): FittedCopies {
  const fullRows = pieces.longs.fullRows.reduce((sum, rows) => sum + rows, 0);
  const fewest = Math.max(fitLengths(pieces.counts).rows + fullRows, pieces.mostCopies);
  const leastRoom = Math.ceil(Math.min(leastPiece, input.width * leastPart));
  const first = new Set<number>();
  let best: { placed: PlacedRows; hosting: Hosting } | null = null;
  let bestExcess = Number.POSITIVE_INFINITY;
  for (let n = 0; n < attempts; n += 1) {
    const fitting = new Fitting(input, pieces, slices, first);
    // Long documents can fill up some excess rows, so up to that many may be opened to keep copies in their time.
    fitting.place(fewest - fullRows, fewest - fullRows + Math.floor(fullRows * mostFilledUp));
    const tooMany = fitting.rows + fullRows - fewest;
    const roomy =
      tooMany > 0 && fullRows > 0
        ? fitting.roomyFrom(roomPerRow * tooMany * input.width, leastRoom)
        : Number.POSITIVE_INFINITY;
    const placed = fitting.placed(roomy);
    const hosting = chooseHosts(roomyRows(pieces, placed, roomy), pieces, tooMany, input.width);
    const excess = tooMany - hosting.saved;
    if (excess < bestExcess) {
      bestExcess = excess;
      best = { placed, hosting };
    }
    const before = first.size;
    for (const document of fitting.stranded) if (first.size < mostFirst) first.add(document);
    if (excess <= 1 || first.size === before) break;
  }
  const { placed, hosting } = best!;
  const ownRows = pieces.longs.fullRows.map((all, long) => all - (hosting.rowsLess.get(long) ?? 0));
  return { ...partHosted(placed, hosting, pieces, slices), fullRows: ownRows };
}

/** Lists the rows with at least `least` tokens of room, the roomiest first. Their kinds must come first in `kinds`. */
function roomyRows(pieces: CopyPieces, { kinds, starts }: PlacedRows, least: number): RoomyRow[] {
  const found: RoomyRow[] = [];
  const nextOf = new Map<number, number>();
  for (let kind = 0, row = 0; kind < kinds.kinds && kinds.room[kind]! >= least; kind += 1) {
    for (const end = row + kinds.rowsOf[kind]!; row < end; row += 1) {
      const documents: number[] = [];
      for (let link = kinds.links[kind]!; link >= 0; link = kinds.chain[link + 3]!) {
        const list = kinds.chain[link]!;
        const from = nextOf.get(list) ?? starts[list]!;
        const to = from + kinds.chain[link + 2]!;
        nextOf.set(list, to);
        for (let at = from; at < to; at += 1) documents.push(pieces.documentOf(pieces.sorted[at]!));
      }
      found.push({ row, room: kinds.room[kind]!, takes: (document) => !documents.includes(document) });
    }
  }
  return found.sort((a, b) => b.room - a.room || a.row - b.row);
}

/** Splits kinds so that each row that long documents fill up is a kind of its own. */
function partHosted(
  { kinds, starts }: PlacedRows,
  { hostOf }: Hosting,
  pieces: CopyPieces,
  slices: number,
): PlacedRows & Pick<FittedCopies, 'hostsOf'> {
  const hostsOf = new Map<number, readonly Host[]>();
  const hosted = [...hostOf.keys()].sort((a, b) => a - b);
  const last = hosted.at(-1);
  if (last === undefined) return { kinds, starts, hostsOf };
  // By new kind: the old kind, the number of rows, and the slice.
  const of: number[] = [];
  const rowsOf: number[] = [];
  const slice: number[] = [];
  const add = (kind: number, rows: number, inSlice: number) => {
    of.push(kind);
    rowsOf.push(rows);
    slice.push(inSlice);
  };
  let kind = 0;
  let nextHosted = 0;
  for (let row = 0; row <= last; kind += 1) {
    const inSlice = kinds.slice[kind]!;
    for (const end = row + kinds.rowsOf[kind]!; row < end; ) {
      const next = Math.min(hosted[nextHosted] ?? end, end);
      if (next > row) add(kind, next - row, inSlice);
      row = next;
      if (row === end) break;
      const hosts = hostOf.get(row)!;
      const repeats = hosts.some(({ long }) => pieces.placeOf(pieces.longs.item[long]!).copies > 1);
      // A row that belongs to no slice gets one if a long document that repeats fills it up.
      const moved = inSlice === anywhere && repeats;
      hostsOf.set(of.length, hosts);
      add(kind, 1, moved ? Math.floor(((row * golden) % 1) * slices) : inSlice);
      nextHosted += 1;
      row += 1;
    }
  }
  // The kinds after the last hosted row stay as they are.
  const count = of.length + kinds.kinds - kind;
  const fill = <T extends Int32Array | Uint32Array>(all: T, values: T): T => {
    for (let k = 0; k < of.length; k += 1) all[k] = values[of[k]!]!;
    all.set(values.subarray(kind), of.length);
    return all;
  };
  const parted: SlicedKinds = {
    ...kinds,
    kinds: count,
    rowsOf: fill(new Uint32Array(count), kinds.rowsOf),
    piecesOf: fill(new Uint32Array(count), kinds.piecesOf),
    room: fill(new Uint32Array(count), kinds.room),
    links: fill(new Int32Array(count), kinds.links),
    slice: fill(new Int32Array(count), kinds.slice),
  };
  parted.rowsOf.set(rowsOf);
  parted.slice.set(slice);
  return { kinds: parted, starts, hostsOf };
}
