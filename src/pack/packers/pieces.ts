/** Rows as lists of pieces: what a packer gives that takes items one by one in their order, and puts them down so. */
import { keyedHash } from '../../base/keyed-hash.ts';
import { takenTokens } from '../../base/sequence.ts';
import { shuffle } from '../../base/shuffle.ts';
import { keyedOrder, type PackInput, sequenceLengths } from './packer.ts';
import type { RowWriter } from './row-writer.ts';

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

/**
 * @param lengths tokens of each item, special tokens included, each at least 1
 * @param documents of each item, where documents repeat: a row has no two items of one
 */
export type Packer = (lengths: Uint32Array, width: number, documents?: Uint32Array) => Packed;

/** Packs documents in keyed order, and shuffles the rows; inside a row the order stays, as pieces may go on from row to row. */
export function packInOrder(input: PackInput, out: RowWriter, pack: Packer): void {
  const { table, instances, width, sequences, seed } = input;
  const { document } = instances;
  const takeOf = takenTokens(instances, table.lengths);
  const lengthOf = sequenceLengths(instances, table, sequences);
  const items = keyedOrder(input);
  const lengths = new Uint32Array(items.length);
  for (let k = 0; k < items.length; k += 1) lengths[k] = lengthOf(items[k]!);
  const { item, start, length, rowEnds } = pack(lengths, width);
  const rows = new Uint32Array(rowEnds.length);
  for (let r = 0; r < rows.length; r += 1) rows[r] = r;
  shuffle(rows, keyedHash(seed, 'row'), 0);
  for (let r = 0; r < rows.length; r += 1) {
    const row = rows[r]!;
    for (let p = row === 0 ? 0 : rowEnds[row - 1]!; p < rowEnds[row]!; p += 1) {
      const i = items[item[p]!]!;
      out.add(document[i]!, takeOf(i), start[p]!, length[p]!);
    }
    out.endRow();
  }
}

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
