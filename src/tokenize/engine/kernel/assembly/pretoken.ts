/** Encodes a pretoken that is not in the near cache: from the far cache, else from the vocabulary, else by merging. */
import * as cache from './cache';
import { FAR_BYTES, farCopy, farCount, farFind, farInsert } from './far';
import { hashBytes } from './hash';
import { At, directory } from './memory';
import { findPiece, NONE } from './pieces';
import { encodeRun } from './run';
import { encodeUnigram, hasUnigram } from './unigram';
import { encodeUnknown, isAllKnown, lacksUnits } from './unknown';

/**
 * Writes the tokens of the pretoken text[at, at + length), at most 15 bytes, which the line's first slot does not have;
 * returns where the next token goes. `low` and `high` are the pretoken's key.
 */
export function emitShort(at: usize, length: u32, out: usize, line: usize, low: u64, high: u64): usize {
  if (cache.nearFind(line, low, high)) {
    v128.store(out, v128.load(line, 16));
    return out + load<u32>(line, 28);
  }
  if (cache.nearMany(line, low, high)) return emitLong(at, length, out);
  const count = encodePretoken(at, length, out);
  cache.nearInsert(line, low, high, out, count);
  if (count > cache.NEAR_TOKENS) farInsert(hashBytes(at, length), at, length, out, count, count);
  return out + (<usize>count << 2);
}

/** The same for a pretoken of any length, which may be in the far cache. */
export function emitLong(at: usize, length: u32, out: usize): usize {
  if (length > FAR_BYTES) return out + (<usize>encodePretoken(at, length, out) << 2);
  const hash = hashBytes(at, length);
  const record = farFind(hash, at, length);
  if (record != 0) return farCopy(record, out, farCount(record));
  const count = encodePretoken(at, length, out);
  farInsert(hash, at, length, out, count, count);
  return out + (<usize>count << 2);
}

function encodePretoken(at: usize, length: u32, out: usize): u32 {
  if (hasUnigram()) return encodeUnigram(at, length, out);
  if (directory(At.LookUpWhole)) {
    const piece = findPiece(at, length);
    if (piece != NONE) {
      const id = load<u32>(directory(At.Ids) + (<usize>piece << 2));
      // A piece without an id is the beginning of a character, or a byte that is not in the vocabulary.
      if (id != NONE) {
        store<u32>(out, id);
        return 1;
      }
    }
  }
  if (lacksUnits() && !isAllKnown(at, length)) return encodeUnknown(at, length, out);
  return encodeRun(at, length, out);
}
