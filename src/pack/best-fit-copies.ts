/**
 * Rows of best-fit decreasing where documents repeat: `place-copies.ts` says where the last piece of each copy stands;
 * here are the full rows of long documents, and the pieces of each row. The order of a row's pieces depends on the row's
 * place and the documents only. The rows of a long document hold its pieces in the document's order.
 *
 * Cost: 4 bytes per copy and 8 per row, beside what `place-copies.ts` needs.
 */
import { keyedHash } from '../util/keyed-hash.ts';
import { HashSorter } from '../util/radix-sort.ts';
import { takenTokens } from '../util/sequence.ts';
import { CopyGroups, lastPiece } from './copy-groups.ts';
import type { PackInput } from './packer.ts';
import { placeCopies } from './place-copies.ts';
import { noRow } from './placing.ts';
import { anywhere, copyTimes, type SpreadRows } from './spread.ts';

/** The distances between copies are those of a sample: of so many items, and so many full rows of each. */
const sampledItems = 500_000;
const sampledPieces = 4;
/** Documents with more copies are in every sample. */
const alwaysSampled = 8;

export function packCopiesBestFit(input: PackInput, slices: number): SpreadRows {
  const { instances, items, table, width, seed } = input;
  const groups = new CopyGroups(input);
  const { rowOf, hosting, longs, ...placed } = placeCopies(input, groups, slices);
  const times = copyTimes(input);
  const takeOf = takenTokens(instances, table.lengths);
  const instanceOf = (item: number) => (items === null ? item : items[item]!);
  const hash = keyedHash(seed, 'within-row');
  const sorter = new HashSorter();
  const { starts, pieces } = piecesByRow(rowOf, placed.rows);
  let keys = new Uint32Array(64);

  // Full rows of long documents come after the others, one document's together.
  const longCount = longs.item.length;
  const fullRows = longs.fullRows.map((all, l) => all - (hosting.rowsLess.get(l) ?? 0));
  const rows = placed.rows + fullRows.reduce((sum, n) => sum + n, 0);
  const slice = new Int32Array(rows).fill(anywhere);
  slice.set(placed.slice);
  const longOf = new Uint32Array(rows - placed.rows);
  const firstRow = new Uint32Array(longCount);
  /** Four numbers per long: its document, the tokens that it takes of that, where its next piece begins, 0. */
  const state = new Uint32Array(4 * longCount);
  for (let l = 0, row = placed.rows; l < longCount; l += 1) {
    const item = longs.item[l]!;
    const { document, from, copies } = groups.placeOf(item);
    state[4 * l] = document;
    state[4 * l + 1] = takeOf(instanceOf(item));
    firstRow[l] = row;
    for (let n = 0; n < fullRows[l]!; n += 1, row += 1) {
      longOf[row - placed.rows] = l;
      if (copies > 1) slice[row] = Math.floor(times(document, 1 + n, item - from, copies) * slices);
    }
  }

  let hosted = 0;
  for (const hosts of hosting.hostOf.values()) hosted += hosts.length;

  return {
    rows,
    pieces: rows - placed.rows + pieces.length + hosted,
    slice,
    give(row, place, out) {
      const addLong = (l: number, tokens: number) => {
        out.addCut(state[4 * l]!, state[4 * l + 1]!, state[4 * l + 2]!, tokens);
        state[4 * l + 2]! += tokens;
      };
      if (row >= placed.rows) addLong(longOf[row - placed.rows]!, width);
      else {
        const from = starts[row]!;
        const count = starts[row + 1]! - from;
        if (keys.length < count) keys = new Uint32Array(2 * count);
        if (count > 1) {
          for (let k = 0; k < count; k += 1) {
            const document = groups.documentOf(pieces[from + k]!);
            keys[k] = hash(table.keysLow[document]!, table.keysHigh[document]!, place);
          }
          sorter.sort(keys, pieces.subarray(from, from + count), 0, count);
        }
        const hosts = hosting.hostOf.get(row) ?? [];
        // Long documents stand before or after the others.
        if (place % 2 === 0) for (const { long, tokens } of hosts) addLong(long, tokens);
        for (let p = from; p < from + count; p += 1) {
          const item = pieces[p]!;
          const sequence = groups.sequenceOf(item);
          const last = lastPiece(sequence, width);
          out.add(groups.documentOf(item), takeOf(instanceOf(item)), sequence - last, last);
        }
        if (place % 2 === 1) for (const { long, tokens } of hosts) addLong(long, tokens);
      }
      out.endRow();
    },
    eachCopied(visit) {
      const every = Math.ceil(groups.items / sampledItems);
      const isSampled = (n: number, copies: number) => n % every === 0 || copies > alwaysSampled;
      for (let item = 0, n = 0; item < groups.items; n += 1) {
        const { from, copies } = groups.placeOf(item);
        item += copies;
        if (copies === 1 || !isSampled(n, copies)) continue;
        const lasts = Array.from(rowOf.subarray(from, item)).filter((row) => row !== noRow);
        if (lasts.length > 1) visit(lasts);
      }
      for (let l = 0, n = 0; l < longCount; n += 1) {
        const begin = l;
        while (l < longCount && state[4 * l] === state[4 * begin]) l += 1;
        if (l - begin === 1 || !isSampled(n, l - begin)) continue;
        // A few pieces of a document stand for all: their times differ by the same.
        for (let piece = 0; piece < sampledPieces; piece += 1) {
          const rowsOfPiece: number[] = [];
          for (let k = begin; k < l; k += 1) if (piece < fullRows[k]!) rowsOfPiece.push(firstRow[k]! + piece);
          if (rowsOfPiece.length > 1) visit(rowsOfPiece);
        }
      }
    },
    copiesIn(row) {
      const hosts = hosting.hostOf.get(row) ?? [];
      const found =
        row >= placed.rows
          ? [longs.item[longOf[row - placed.rows]!]!]
          : [...pieces.subarray(starts[row], starts[row + 1]), ...hosts.map(({ long }) => longs.item[long]!)];
      return found.flatMap((item) => {
        const { document, from, copies } = groups.placeOf(item);
        return copies === 1 ? [] : [{ document, copy: item - from }];
      });
    },
  };
}

/** The items of each row, by row. */
function piecesByRow(rowOf: Uint32Array, rows: number): { starts: Uint32Array; pieces: Uint32Array } {
  const starts = new Uint32Array(rows + 1);
  for (const row of rowOf) if (row !== noRow) starts[row + 1]! += 1;
  for (let row = 0; row < rows; row += 1) starts[row + 1]! += starts[row]!;
  const at = starts.slice(0, rows);
  const pieces = new Uint32Array(starts[rows]!);
  for (let item = 0; item < rowOf.length; item += 1) {
    const row = rowOf[item]!;
    if (row === noRow) continue;
    pieces[at[row]!] = item;
    at[row]! += 1;
  }
  return { starts, pieces };
}
