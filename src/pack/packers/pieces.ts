/** Rows as lists of pieces: the output of packers that take items one by one in their order and keep that order. */
import { keyedHash } from '../../base/keyed-hash.ts';
import { takenTokens } from '../../base/sequence.ts';
import { shuffle } from '../../base/shuffle.ts';
import { keyedOrder, type PackInput, sequenceLengths } from './packer.ts';
import type { RowWriter } from './row-writer.ts';

/** Pieces in row order, as parallel arrays. */
export interface Packed {
  /** Number of the item that each piece belongs to. */
  readonly item: Uint32Array;
  /** Offset of the piece in its item, and its length, in tokens. */
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  /** One past the last piece of each row. */
  readonly rowEnds: Uint32Array;
}

/**
 * @param lengths tokens of each item, special tokens included, each at least 1
 * @param documents the document of each item, given where documents repeat: no row may hold two items of one document
 */
export type Packer = (lengths: Uint32Array, width: number, documents?: Uint32Array) => Packed;

/**
 * Packs documents in keyed order, then shuffles the rows. The order inside a row stays, because a piece at the end of
 * one row may continue in the next.
 */
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

/** Collects pieces whose number has a known upper bound. */
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
