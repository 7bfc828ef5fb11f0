/**
 * Best-fit decreasing where documents repeat. Rows are filled in kinds, as in `fit-lengths.ts`, but each copy has its time in
 * the run (`spread.ts`). A copy may stand in a row of its slice of the run, in one of the slices beside it, or in a row that is
 * bound to no slice yet, which is then bound to the copy's slice. Of these rows it takes the one that it fills best. A document
 * that is there once takes the row of all rows that it fills best. Copies of a document never share a row, because their slices
 * are further apart than any copy goes.
 *
 * Best-fit decreasing over all copies, without the rule that copies never share a row, needs a number of rows: so many are opened
 * freely (`budget`). From then on, a copy that finds no room goes to the nearest row in its part of the run; else to any row that
 * no other copy of its document can be in; else to a new one. Where that makes too many rows, long documents fill up the rows
 * with most room (`hosts.ts`). Where there are still too many, packing begins again: the documents that opened the rows too
 * many are placed first, and the others fill up their rows.
 *
 * Cost: a few searches a kind of row, slice and length; 8 bytes per item.
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
/** A long document fills up no row with less room than this, in tokens, or this part of a row. */
const leastPiece = 8;
const leastPart = 1 / 256;
/** Rows with room are looked at until they have so much of it for each row that is to be filled up, in rows. */
const roomPerRow = 16;
/** Of the full rows of long documents, such a part may go to fill up others. */
const mostFilledUp = 1 / 16;
/** Documents that go first in the next attempt, at most. */
const mostFirst = 10_000;

export interface FittedCopies extends PlacedRows {
  /** By kind: long documents that fill up its rows. */
  readonly hostsOf: ReadonlyMap<number, readonly Host[]>;
  /** Per long item: full rows that it has for itself. */
  readonly fullRows: Uint32Array;
}

/** @param slices of the run */
export function fitCopies(input: PackInput, pieces: CopyPieces, slices: number): FittedCopies {
  const fullRows = pieces.longs.fullRows.reduce((sum, rows) => sum + rows, 0);
  const fewest = Math.max(fitLengths(pieces.counts).rows + fullRows, pieces.mostCopies);
  const leastRoom = Math.ceil(Math.min(leastPiece, input.width * leastPart));
  const first = new Set<number>();
  let best: { placed: PlacedRows; hosting: Hosting } | null = null;
  let bestExcess = Number.POSITIVE_INFINITY;
  for (let n = 0; n < attempts; n += 1) {
    const fitting = new Fitting(input, pieces, slices, first);
    // Rows too many that are opened in time can be filled up by long documents.
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

/** Rows with at least so much room, which come first, as `RoomyRow`: those with most before others. */
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

/** Makes each row that long documents fill up a kind of its own. */
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
  // By new kind: the old one, its rows, and its slice.
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
      // A row that nothing else ties to a time is tied to one by a long document that repeats.
      const moved = inSlice === anywhere && repeats;
      hostsOf.set(of.length, hosts);
      add(kind, 1, moved ? Math.floor(((row * golden) % 1) * slices) : inSlice);
      nextHosted += 1;
      row += 1;
    }
  }
  // The kinds after the last hosted row are as they were.
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
