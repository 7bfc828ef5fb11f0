/**
 * Best-fit decreasing as one would write it on a blackboard: every piece looks at every open row. It costs
 * O(pieces * rows), so it only serves tests, which compare `best-fit.ts` with it.
 */
import { createPieceList, type Packed } from './pieces.ts';

interface Piece {
  readonly item: number;
  readonly start: number;
  readonly length: number;
}

interface Row {
  readonly pieces: Piece[];
  left: number;
  /** The step in which the row was last filled. */
  filled: number;
}

export function packBestFitNaive(lengths: Uint32Array, width: number, documents?: Uint32Array): Packed {
  const pieces: Piece[] = [];
  for (const [item, length] of lengths.entries()) {
    for (let start = 0; start < length; start += width) {
      pieces.push({ item, start, length: Math.min(width, length - start) });
    }
  }
  const fullRows = pieces.filter((piece) => piece.length === width);
  const rests = pieces.filter((piece) => piece.length < width).sort((a, b) => b.length - a.length);

  const rows: Row[] = [];
  for (const [step, piece] of rests.entries()) {
    const holds = (row: Row) => row.pieces.some(({ item }) => documents?.[item] === documents?.[piece.item]);
    const fitting = rows.filter(
      (row) => row.left >= piece.length && (documents === undefined || !holds(row)),
    );
    let row = fitting.sort((a, b) => a.left - b.left || b.filled - a.filled)[0];
    if (row === undefined) {
      row = { pieces: [], left: width, filled: step };
      rows.push(row);
    }
    row.pieces.unshift(piece);
    row.left -= piece.length;
    row.filled = step;
  }

  const list = createPieceList(pieces.length, pieces.length);
  for (const row of [...fullRows.map((piece) => [piece]), ...rows.map((r) => r.pieces)]) {
    for (const piece of row) list.add(piece.item, piece.start, piece.length);
    list.endRow();
  }
  return list.finish();
}
