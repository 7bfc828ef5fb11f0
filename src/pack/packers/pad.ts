/**
 * One item per row; the rest of the row is padding. An item longer than a row takes several rows. This is the plainest
 * and most wasteful packing; the plan shows its fill beside the fill of the other packers.
 */
import { createPieceList, type Packed } from './pieces.ts';

export function packPad(lengths: Uint32Array, width: number): Packed {
  let rows = 0;
  for (const length of lengths) rows += Math.ceil(length / width);
  const pieces = createPieceList(rows, rows);
  for (let item = 0; item < lengths.length; item += 1) {
    const length = lengths[item]!;
    for (let start = 0; start < length; start += width) {
      pieces.add(item, start, Math.min(width, length - start));
      pieces.endRow();
    }
  }
  return pieces.finish();
}
