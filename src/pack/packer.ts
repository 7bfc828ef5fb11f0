/**
 * What every packer takes and gives. Packers see lengths only: packing is planned before a token is read.
 */

/** Pieces in row order, as parallel arrays. */
export interface Packed {
  /** Number of the item that each piece is of. */
  readonly item: Uint32Array;
  /** Offset of the piece in its item, and its length, in tokens. */
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  /** One past the last piece of each row. */
  readonly rowEnds: Uint32Array;
}

/** @param lengths tokens of each item, special tokens included, each at least 1 */
export type Packer = (lengths: Uint32Array, width: number) => Packed;

export interface PieceList {
  add(item: number, start: number, length: number): void;
  endRow(): void;
  finish(): Packed;
}

/** Collects pieces of which an upper bound is known. */
export function createPieceList(maxPieces: number, maxRows: number): PieceList {
  const item = new Uint32Array(maxPieces);
  const start = new Uint32Array(maxPieces);
  const length = new Uint32Array(maxPieces);
  const rowEnds = new Uint32Array(maxRows);
  let pieces = 0;
  let rows = 0;
  return {
    add(ofItem, from, tokens) {
      item[pieces] = ofItem;
      start[pieces] = from;
      length[pieces] = tokens;
      pieces += 1;
    },
    endRow() {
      rowEnds[rows] = pieces;
      rows += 1;
    },
    finish: () => ({
      item: item.subarray(0, pieces),
      start: start.subarray(0, pieces),
      length: length.subarray(0, pieces),
      rowEnds: rowEnds.subarray(0, rows),
    }),
  };
}

/** Rows that items fill by themselves, and the items that leave a rest. */
export function countRows(lengths: Uint32Array, width: number): { full: number; rests: number } {
  let full = 0;
  let rests = 0;
  for (const length of lengths) {
    full += Math.floor(length / width);
    if (length % width > 0) rests += 1;
  }
  return { full, rests };
}
