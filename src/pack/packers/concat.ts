/**
 * The classic packing: items end to end, cut every `width` tokens. Rows are full; documents are cut wherever a row
 * ends. With `discard` the rest of a cut item is dropped instead of opening the next row (ProLong's SFT packing, Gao et
 * al. 2024, arXiv 2410.02660). Then no row begins inside an item, and the ledger counts the dropped tokens.
 */
import { createPieceList, type Packed } from './pieces.ts';

export function packConcat(lengths: Uint32Array, width: number, documents?: Uint32Array): Packed {
  return pack(lengths, width, true, documents);
}

export function packConcatDiscard(lengths: Uint32Array, width: number, documents?: Uint32Array): Packed {
  return pack(lengths, width, false, documents);
}

function pack(lengths: Uint32Array, width: number, carry: boolean, documents?: Uint32Array): Packed {
  let total = 0;
  for (const length of lengths) total += length;
  // Where documents repeat, a row ends early before an item whose document already stands in it.
  const maxRows = Math.ceil(total / width) + (documents === undefined ? 0 : lengths.length);
  const inRow = new Set<number>();
  const pieces = createPieceList(lengths.length + maxRows, maxRows);
  let left = width;
  for (let item = 0; item < lengths.length; item += 1) {
    const length = lengths[item]!;
    let start = 0;
    const document = documents?.[item];
    if (document !== undefined && inRow.has(document)) {
      pieces.endRow();
      left = width;
      inRow.clear();
    }
    while (start < length) {
      const tokens = Math.min(left, length - start);
      pieces.add(item, start, tokens);
      start += tokens;
      left -= tokens;
      if (document !== undefined) inRow.add(document);
      if (left === 0) {
        inRow.clear();
        pieces.endRow();
        left = width;
        if (!carry) break;
      }
    }
  }
  if (left < width) pieces.endRow();
  return pieces.finish();
}
