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
import { giveBack } from '../../base/scratch.ts';
import { fitLengths } from '../packers/fit-lengths.ts';
import type { PackInput } from '../packers/packer.ts';
import type { CopyPieces } from './copy-pieces.ts';
import { type DealtRows, Fitting } from './fitting.ts';
import { chooseHosts, type Hosting } from './hosts.ts';

const attempts = 4;
/** A long document fills up no row with less room than this, in tokens, or this part of a row. */
const leastPiece = 8;
const leastPart = 1 / 256;
/** Of the full rows of long documents, such a part may go to fill up others. */
const mostFilledUp = 1 / 16;
/** Documents that go first in the next attempt, at most. */
const mostFirst = 10_000;

export interface FittedCopies extends DealtRows {
  /** By row; `anywhere`: it holds no repeated document. */
  readonly slice: Int32Array;
  readonly hosting: Hosting;
}

/** @param slices of the run */
export function fitCopies(input: PackInput, pieces: CopyPieces, slices: number): FittedCopies {
  const fullRows = pieces.longs.fullRows.reduce((sum, rows) => sum + rows, 0);
  const fewest = Math.max(fitLengths(pieces.counts).rows + fullRows, pieces.mostCopies);
  const first = new Set<number>();
  let best: { fitting: Fitting; hosting: Hosting } | null = null;
  let bestExcess = Number.POSITIVE_INFINITY;
  for (let n = 0; n < attempts; n += 1) {
    const fitting = new Fitting(input, pieces, slices, new Set(first));
    // Rows too many that are opened in time can be filled up by long documents.
    fitting.place(fewest - fullRows, fewest - fullRows + Math.floor(fullRows * mostFilledUp));
    const tooMany = fitting.rows + fullRows - fewest;
    const roomy =
      tooMany > 0 && fullRows > 0
        ? fitting.roomyRows(fitting.deal(), Math.ceil(Math.min(leastPiece, input.width * leastPart)))
        : [];
    const hosting = chooseHosts(roomy, pieces, tooMany, input.width);
    const excess = tooMany - hosting.saved;
    if (excess < bestExcess) {
      bestExcess = excess;
      best = { fitting, hosting };
    }
    const before = first.size;
    for (const document of fitting.stranded) if (first.size < mostFirst) first.add(document);
    if (excess <= 1 || first.size === before) break;
  }
  giveBack(pieces.keys);
  const { fitting, hosting } = best!;
  return { ...fitting.deal(), slice: fitting.slicesOf(hosting), hosting };
}
