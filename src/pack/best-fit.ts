/**
 * Best-fit decreasing: items longer than a row are cut into rows, then every rest and every short item, longest
 * first, goes to the open row that it fills best. No item that fits in a row is cut (Ding et al. 2024, "Fewer
 * Truncations Improve Language Modeling", arXiv 2404.10830).
 *
 * Cost: a radix sort, then O(log_32 width) a piece; 16 bytes a piece. `best-fit-naive.ts` is the same by exhaustive
 * search; tests hold the two equal. Between rows of equal capacity both take the one filled last.
 */
import { orderByKey } from '../util/radix-sort.ts';
import { CapacityIndex } from './capacity-index.ts';
import { countRows, createPieceList, type Packed } from './packer.ts';

const none = -1;

export function packBestFit(lengths: Uint32Array, width: number): Packed {
  const { full, rests } = countRows(lengths, width);
  const pieces = createPieceList(full + rests, full + rests);
  const restItem = new Uint32Array(rests);
  const shortness = new Uint32Array(rests);
  let n = 0;
  for (let item = 0; item < lengths.length; item += 1) {
    const length = lengths[item]!;
    const rest = length % width;
    for (let start = 0; start < length - rest; start += width) {
      pieces.add(item, start, width);
      pieces.endRow();
    }
    if (rest > 0) {
      restItem[n] = item;
      shortness[n] = width - rest;
      n += 1;
    }
  }

  // Open rows of equal capacity form a stack; pieces of a row form a list, newest first.
  const open = new CapacityIndex(width);
  const stackTop = new Int32Array(width + 1).fill(none);
  const below = new Int32Array(rests);
  const newest = new Int32Array(rests);
  const older = new Int32Array(rests);
  let rows = 0;
  for (const piece of orderByKey(shortness)) {
    const length = width - shortness[piece]!;
    const capacity = open.atLeast(length);
    let row: number;
    if (capacity === none) {
      row = rows;
      rows += 1;
      older[piece] = none;
    } else {
      row = stackTop[capacity]!;
      stackTop[capacity] = below[row]!;
      if (below[row] === none) open.remove(capacity);
      older[piece] = newest[row]!;
    }
    newest[row] = piece;
    const left = (capacity === none ? width : capacity) - length;
    if (left > 0) {
      if (stackTop[left] === none) open.add(left);
      below[row] = stackTop[left]!;
      stackTop[left] = row;
    }
  }

  for (let row = 0; row < rows; row += 1) {
    for (let piece = newest[row]!; piece !== none; piece = older[piece]!) {
      const item = restItem[piece]!;
      const length = width - shortness[piece]!;
      pieces.add(item, lengths[item]! - length, length);
    }
    pieces.endRow();
  }
  return pieces.finish();
}
