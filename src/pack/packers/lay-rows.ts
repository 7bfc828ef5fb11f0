/**
 * Writes the pieces of all rows in the order of the run. The rows of a kind take pieces from each list of the kind in
 * list order, and shuffle them inside the row. The rows of a long document hold its pieces in document order.
 *
 * Rows are filled kind by kind, not in the order of the run, because the pieces for the rows of a kind lie together in
 * memory. Filling in the order of the run would cost a cache miss per piece.
 */
import { type KeyedHash, keyedHash, scramble } from '../../base/keyed-hash.ts';
import { giveBack } from '../../base/scratch.ts';
import type { RowKinds } from './fit-lengths.ts';
import type { PackInput } from './packer.ts';
import type { RowWriter } from './row-writer.ts';

/** A long document that fills up a row of other documents (`copies/hosts.ts`). */
export interface Host {
  /** Index of the long item. */
  readonly long: number;
  readonly document: number;
  /** Tokens of its sequence that stand in this row. */
  readonly tokens: number;
}

/** Pieces, and full rows of long documents. In both four-number columns the packer may use the fourth number. */
export interface LaidPieces {
  /** List by list: the document of a piece that is a whole document, else `table.count` + the exception's number. */
  readonly sorted: Uint32Array;
  /** Per list: where its next piece stands in `sorted`. */
  readonly starts: Uint32Array;
  /** Four numbers per piece that isn't a whole document: its document, tokens taken of that, start of the piece. */
  readonly exceptions: Uint32Array;
  /** Four numbers per long item (one with full rows): its document, tokens taken of that, start of its next piece. */
  readonly longs: Uint32Array;
}

const noHosts: ReadonlyMap<number, readonly Host[]> = new Map();

export interface LaidRows {
  /** They are used up. */
  readonly pieces: LaidPieces;
  readonly kinds: RowKinds;
  /** Each row's kind, in the order of the run; for a full row of a long document, the number of kinds + the document's index in `longs`. */
  readonly rows: Uint32Array;
  /** By kind: long documents that fill up its rows. */
  readonly hostsOf?: ReadonlyMap<number, readonly Host[]>;
}

export function layRows(
  { pieces, kinds, rows, hostsOf = noHosts }: LaidRows,
  { table, width, seed }: Pick<PackInput, 'table' | 'width' | 'seed'>,
  out: RowWriter,
): void {
  const ends = out.rowsAhead(rows.length);
  setEnds(kinds, hostsOf, rows, out.pieces, ends);
  const laid: Laid = { pieces, kinds, rows, hostsOf, ends };
  putDown(laid, rowsByKind(kinds, rows), keyedHash(seed, 'within-row'), out);
  giveBack(pieces.sorted);
  addInOrder(laid, { documents: table.count, width }, out);
}

interface Laid extends Required<LaidRows> {
  /** One past the last piece of each row. */
  readonly ends: Uint32Array;
}

/** Sets `ends` to one past the last piece of each row. The first row begins with the piece `first`. */
function setEnds(
  { kinds, piecesOf }: RowKinds,
  hostsOf: ReadonlyMap<number, readonly Host[]>,
  rows: Uint32Array,
  first: number,
  ends: Uint32Array,
): void {
  const pieces = hostsOf.size === 0 ? piecesOf : piecesOf.slice();
  for (const [kind, hosts] of hostsOf) pieces[kind]! += hosts.length;
  let end = first;
  for (let row = 0; row < rows.length; row += 1) {
    end += rows[row]! < kinds ? pieces[rows[row]!]! : 1;
    ends[row] = end;
  }
}

/** Lists the rows of each kind, one kind after the other. */
function rowsByKind({ kinds, rows: count, rowsOf }: RowKinds, rows: Uint32Array): Uint32Array {
  const next = new Uint32Array(kinds);
  for (let kind = 1; kind < kinds; kind += 1) next[kind] = next[kind - 1]! + rowsOf[kind - 1]!;
  const byKind = new Uint32Array(count);
  for (let row = 0; row < rows.length; row += 1) {
    const kind = rows[row]!;
    if (kind >= kinds) continue;
    byKind[next[kind]!] = row;
    next[kind]! += 1;
  }
  return byKind;
}

/** Writes the pieces of all rows of all kinds to their places in the plan, as their numbers from `sorted`. */
function putDown(
  { pieces: { starts, sorted }, kinds: { kinds, rowsOf, links, chain }, hostsOf, ends }: Laid,
  byKind: Uint32Array,
  hash: KeyedHash,
  { document, length, pieces: first }: RowWriter,
): void {
  let n = 0;
  for (let kind = 0; kind < kinds; kind += 1) {
    const hosts = hostsOf.size === 0 ? 0 : (hostsOf.get(kind)?.length ?? 0);
    for (const end = n + rowsOf[kind]!; n < end; n += 1) {
      const row = byKind[n]!;
      const salt = hash(row, 0, 0);
      const begin = (row === 0 ? first : ends[row - 1]!) + (standBefore(row) ? hosts : 0);
      let at = begin;
      for (let link = links[kind]!; link >= 0; link = chain[link + 3]!) {
        const list = chain[link]!;
        const tokens = chain[link + 1]!;
        const from = starts[list]!;
        const to = from + chain[link + 2]!;
        starts[list] = to;
        for (let i = from; i < to; i += 1, at += 1) {
          // A Fisher-Yates shuffle: the piece swaps places with a random earlier one of its row, or with none.
          const other = begin + Math.floor((scramble(salt + at) / 2 ** 32) * (at - begin + 1));
          document[at] = document[other]!;
          length[at] = length[other]!;
          document[other] = sorted[i]!;
          length[other] = tokens;
        }
      }
    }
  }
}

/** Adds all rows in the order of the run: the pieces that `putDown` wrote, and the pieces of long documents. */
function addInOrder(
  { pieces: { exceptions, longs }, kinds: { kinds }, hostsOf, rows, ends }: Laid,
  { documents, width }: { readonly documents: number; readonly width: number },
  out: RowWriter,
): void {
  const { document, length } = out;
  const addLong = (long: number, tokens: number) => {
    const start = longs[4 * long + 2]!;
    out.addCut(longs[4 * long]!, longs[4 * long + 1]!, start, tokens);
    longs[4 * long + 2] = start + tokens;
  };
  for (let row = 0, p = out.pieces; row < rows.length; row += 1) {
    if (rows[row]! >= kinds) {
      addLong(rows[row]! - kinds, width);
      p += 1;
      out.endRow();
      continue;
    }
    const hosts = hostsOf.size === 0 ? undefined : hostsOf.get(rows[row]!);
    if (hosts !== undefined && standBefore(row)) {
      for (const { long, tokens } of hosts) addLong(long, tokens);
      p += hosts.length;
    }
    const after = hosts === undefined || standBefore(row) ? 0 : hosts.length;
    for (const end = ends[row]! - after; p < end; p += 1) {
      const piece = document[p]!;
      if (piece < documents) continue;
      const at = (piece - documents) * 4;
      out.addPut(p);
      out.addCut(exceptions[at]!, exceptions[at + 1]!, exceptions[at + 2]!, length[p]!);
    }
    out.addPut(p);
    if (after > 0) {
      for (const { long, tokens } of hosts!) addLong(long, tokens);
      p += after;
    }
    out.endRow();
  }
}

/** In every second row the long documents stand before the other documents, in the remaining rows after them. */
function standBefore(row: number): boolean {
  return row % 2 === 0;
}
