/** A pretoken that is not in the first cache: the second one, else the vocabulary, else merging. */
import * as cache from './cache';
import { FAR_BYTES, farCopy, farFind, farInsert } from './far';
import { hashBytes } from './hash';
import { encodeByMerging } from './merge';
import { encodeShort, SHORT_BYTES } from './merge-short';
import { At, directory } from './memory';
import { findPiece, NONE } from './pieces';
import { hasTraps, touchesTrap } from './traps';
import { encodeByWindows } from './windows';

/**
 * Writes the tokens of text[at, at + length), at most 15 bytes, that the line's first slot does not have; returns where
 * the next token goes. `low` and `high` are its key.
 */
export function emitShort(at: usize, length: u32, out: usize, line: usize, low: u64, high: u64): usize {
  if (cache.nearFind(line, low, high)) {
    v128.store(out, v128.load(line, 16));
    return out + load<u32>(line, 28);
  }
  if (cache.nearMany(line, low, high)) return emitLong(at, length, out);
  const count = encodePretoken(at, length, out);
  cache.nearInsert(line, low, high, out, count);
  if (count > cache.NEAR_TOKENS) farInsert(hashBytes(at, length), at, length, out, count);
  return out + (<usize>count << 2);
}

/** The same for a pretoken of any length that may be in the second cache. */
export function emitLong(at: usize, length: u32, out: usize): usize {
  if (length > FAR_BYTES) return out + (<usize>encodePretoken(at, length, out) << 2);
  const hash = hashBytes(at, length);
  const record = farFind(hash, at, length);
  if (record != 0) return farCopy(record, out);
  const count = encodePretoken(at, length, out);
  farInsert(hash, at, length, out, count);
  return out + (<usize>count << 2);
}

function encodePretoken(at: usize, length: u32, out: usize): u32 {
  if (directory(At.LookUpWhole)) {
    const id = findPiece(at, length);
    if (id != NONE) {
      store<u32>(out, id);
      return 1;
    }
  }
  if (hasTraps() && touchesTrap(at, length)) return encodeByMerging(at, length, out);
  const count = length <= SHORT_BYTES ? encodeShort(at, length, out) : encodeByWindows(at, length, out);
  const external = directory(At.External);
  for (let k: u32 = 0; k < count; k++) {
    store<u32>(out + (<usize>k << 2), load<u32>(external + (<usize>load<u32>(out + (<usize>k << 2)) << 2)));
  }
  return count;
}
