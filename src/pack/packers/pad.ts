/**
 * One item a row, the rest of the row is padding; an item longer than a row takes several. The plainest packing, and
 * the most wasteful: the plan shows its fill beside the others'.
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
