/**
 * Best-fit decreasing, item by item: each goes to the open row that it fills best, of several the one filled last. The rows
 * are those of `best-fit-naive.ts`. The items are groups of documents; `fit-lengths.ts` does the same for a hundred million
 * documents, by their lengths. No item is longer than a row.
 *
 * Cost: a sort by length, and a search in some words per item; 20 bytes per item.
 */
import { orderByKey } from '../../base/radix-sort.ts';
import { CapacityIndex } from './capacity-index.ts';
import { createPieceList, type Packed } from './pieces.ts';

const none = -1;

export function fitItems(lengths: Uint32Array, width: number): Packed {
  const open = new CapacityIndex(width);
  /** Open rows of equal room form a stack. */
  const top = new Int32Array(width + 1).fill(none);
  const below = new Int32Array(lengths.length);
  const left = new Uint32Array(lengths.length);
  /** The items of a row are a chain, which begins with the last one put in. */
  const last = new Int32Array(lengths.length).fill(none);
  const before = new Int32Array(lengths.length);
  let rows = 0;
  // Longest first; equal lengths keep their order.
  for (const item of orderByKey(lengths.map((length) => width - length))) {
    const length = lengths[item]!;
    const room = open.atLeast(length);
    let row = rows;
    if (room === none) {
      left[row] = width;
      rows += 1;
    } else {
      row = top[room]!;
      top[room] = below[row]!;
      if (top[room] === none) open.remove(room);
    }
    before[item] = last[row]!;
    last[row] = item;
    left[row]! -= length;
    const rest = left[row]!;
    if (rest === 0) continue;
    if (top[rest] === none) open.add(rest);
    below[row] = top[rest]!;
    top[rest] = row;
  }
  const pieces = createPieceList(lengths.length, rows);
  for (let row = 0; row < rows; row += 1) {
    for (let item = last[row]!; item !== none; item = before[item]!) pieces.add(item, 0, lengths[item]!);
    pieces.endRow();
  }
  return pieces.finish();
}
