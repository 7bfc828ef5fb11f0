/**
 * Best-fit decreasing where documents repeat. `fit-copies.ts` decides which lists share a row, `run-order.ts` orders
 * the rows, and `lay-rows.ts` writes the pieces to their places in the run.
 *
 * Inner rows can be joined only when their documents are known, so they are first written in the order of their times.
 */

import { firstFrom, takenTokens } from '../../base/sequence.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import { layRows } from '../packers/lay-rows.ts';
import type { PackInput } from '../packers/packer.ts';
import { RowWriter } from '../packers/row-writer.ts';
import { CopyPieces } from './copy-pieces.ts';
import { type FittedCopies, fitCopies } from './fit-copies.ts';
import { type EachRow, measureRepeats, runOrder, sortRows } from './run-order.ts';
import { anywhere, type Copy, copyTimes, type SpreadRows, sliceOf } from './spread.ts';

/** Packs rows of L, where all rows have that width. */
export function packCopiesBestFit(input: PackInput, slices: number): RowPlan {
  const { instances, table, items, seed } = input;
  const pieces = new CopyPieces(input, slices);
  const fitted = fitCopies(input, pieces, slices);
  const { order, isBound } = runOrder(eachRow(input, pieces, fitted, slices), slices, seed);
  const takeOf = takenTokens(instances, table.lengths);
  const laid = pieces.laid(fitted.starts, (item) => takeOf(items === null ? item : items[item]!));
  const { kinds, hostsOf } = fitted;
  const out = newWriter(input, pieces, fitted);
  layRows({ pieces: laid, kinds, rows: order, hostsOf }, input, out);
  const plan = out.finish();
  return { ...plan, repeats: measureRepeats(plan, isBound, instances) };
}

/** Packs rows that will be joined, or mixed with rows of another width. */
export function spreadCopiesBestFit(input: PackInput, slices: number): SpreadRows {
  const { instances, table, items, seed } = input;
  const pieces = new CopyPieces(input, slices);
  const fitted = fitCopies(input, pieces, slices);
  const { bound, free, starts } = sortRows(eachRow(input, pieces, fitted, slices), slices, seed);
  const order = new Uint32Array(bound.length + free.length);
  order.set(bound);
  order.set(free, bound.length);
  const slice = new Int32Array(order.length).fill(anywhere);
  for (let s = 0; s < slices; s += 1) slice.fill(s, starts[s], starts[s + 1]);
  const out = newWriter(input, pieces, fitted);
  // `take` holds the item instead of the tokens taken, because `copiesIn` must know which copy a cut belongs to.
  const laid = pieces.laid(fitted.starts, (item) => item);
  layRows({ pieces: laid, kinds: fitted.kinds, rows: order, hostsOf: fitted.hostsOf }, input, out);
  const { rowEnds, document, length, cuts } = out.finish();
  const takeOf = takenTokens(instances, table.lengths);
  const eachPiece = (row: number, visit: (piece: number, cut: number) => void) => {
    const from = row === 0 ? 0 : rowEnds[row - 1]!;
    let cut = firstFrom(cuts.piece, from);
    for (let p = from; p < rowEnds[row]!; p += 1) {
      const isCut = cuts.piece[cut] === p;
      visit(p, isCut ? cut : -1);
      if (isCut) cut += 1;
    }
  };
  return {
    rows: order.length,
    pieces: document.length,
    slice,
    give(row, _place, to) {
      eachPiece(row, (p, cut) => {
        if (cut < 0) to.addWhole(document[p]!, length[p]!);
        else {
          const item = cuts.take[cut]!;
          to.addCut(document[p]!, takeOf(items === null ? item : items[item]!), cuts.start[cut]!, length[p]!);
        }
      });
      to.endRow();
    },
    copiesIn(row) {
      const found: Copy[] = [];
      eachPiece(row, (p, cut) => {
        if (cut < 0) {
          // A copy that is one whole piece stands in no other row, so any unique number serves as its copy number.
          if (pieces.copiesOf(document[p]!) > 1) found.push({ document: document[p]!, copy: -1 - p });
          return;
        }
        const item = cuts.take[cut]!;
        const { document: d, from, copies } = pieces.placeOf(item);
        if (copies > 1) found.push({ document: d, copy: item - from });
      });
      return found;
    },
  };
}

/** Visits rows by the names that `layRows` uses, with their slices: the kinds, then the full rows of long documents. */
function eachRow(
  input: PackInput,
  pieces: CopyPieces,
  { kinds, fullRows }: FittedCopies,
  slices: number,
): EachRow {
  const { longs } = pieces;
  const times = copyTimes(input);
  return (visit) => {
    for (let kind = 0; kind < kinds.kinds; kind += 1) visit(kind, kinds.slice[kind]!, kinds.rowsOf[kind]!);
    for (let long = 0; long < longs.item.length; long += 1) {
      const what = kinds.kinds + long;
      const { document, from, copies } = pieces.placeOf(longs.item[long]!);
      if (copies === 1) {
        visit(what, anywhere, fullRows[long]!);
        continue;
      }
      const copy = longs.item[long]! - from;
      for (let n = 1; n <= fullRows[long]!; n += 1)
        visit(what, sliceOf(times(document, n, copy, copies), slices), 1);
    }
  };
}

function newWriter(
  { table, width, sequences }: PackInput,
  pieces: CopyPieces,
  { fullRows, hostsOf }: FittedCopies,
): RowWriter {
  let count = pieces.sorted.length;
  for (const rows of fullRows) count += rows;
  for (const hosts of hostsOf.values()) count += hosts.length;
  return new RowWriter(table, width, sequences, count);
}
