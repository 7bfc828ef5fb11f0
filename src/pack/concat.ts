/**
 * The classic: items end to end, cut every `width` tokens. Rows are full, documents are cut wherever a row ends.
 * With `discard` the rest of a cut item is dropped instead of opening the next row (ProLong's SFT packing, Gao et al.
 * 2024, arXiv 2410.02660): no row begins inside an item, and the dropped tokens are counted in the ledger.
 */
import { createPieceList, type Packed } from './pieces.ts';

export function packConcat(lengths: Uint32Array, width: number): Packed {
  return pack(lengths, width, true);
}

export function packConcatDiscard(lengths: Uint32Array, width: number): Packed {
  return pack(lengths, width, false);
}

function pack(lengths: Uint32Array, width: number, carry: boolean): Packed {
  let total = 0;
  for (const length of lengths) total += length;
  const maxRows = Math.ceil(total / width);
  const pieces = createPieceList(lengths.length + maxRows, maxRows);
  let left = width;
  for (let item = 0; item < lengths.length; item += 1) {
    const length = lengths[item]!;
    let start = 0;
    while (start < length) {
      const tokens = Math.min(left, length - start);
      pieces.add(item, start, tokens);
      start += tokens;
      left -= tokens;
      if (left === 0) {
        pieces.endRow();
        left = width;
        if (!carry) break;
      }
    }
  }
  if (left < width) pieces.endRow();
  return pieces.finish();
}
