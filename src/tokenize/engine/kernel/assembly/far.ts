/**
 * The far cache: pretoken -> tokens for pretokens that do not fit in `cache.ts`: those of 16 to 512 bytes, and shorter
 * ones of more than 3 tokens. The corpus has 10,000 of them (0.6 % of all pretokens). Encoding them again and again
 * took a tenth of the time when only those of up to 48 bytes were kept, one per slot.
 *
 * Records of just the length that they need lie end to end in a ring; the newest overwrites the oldest. Buckets of 4
 * entries locate them. An entry has the upper half of the hash and the record's position: the number of 8-byte units
 * written before it, which shows whether the record was overwritten since.
 *
 * A record: length, number of tokens (u32 each; `scored.ts` stores more in the second one), then the bytes and the
 * tokens, both padded to a multiple of 8 bytes.
 */
import { equalBytes } from './hash';
import { reserveZeroed } from './memory';

export const FAR_BYTES: u32 = 512;

const BUCKETS: usize = 1 << 14;
let buckets: usize = 0;
let ring: usize = 0;
/** Size of the ring in units of 8 bytes, as all positions. */
let size: u32 = 0;
/** Position of the next record. Its first value makes an entry of zeros look like an overwritten record. */
let next: u32 = 0;

/** @param bytes size of the buckets and the ring together */
export function reserveFar(bytes: usize): void {
  buckets = reserveZeroed(BUCKETS * 32);
  ring = reserveZeroed(bytes - BUCKETS * 32);
  size = <u32>(bytes - BUCKETS * 32) >> 3;
  next = 2 * size;
}

// @ts-ignore: decorator
@inline
function bucketOf(hash: u64): usize {
  return buckets + (<usize>hash & (BUCKETS - 1)) * 32;
}

// @ts-ignore: decorator
@inline
function units(bytes: u32): u32 {
  return (bytes + 7) >> 3;
}

/** The record of these bytes, or 0. */
export function farFind(hash: u64, at: usize, length: u32): usize {
  const bucket = bucketOf(hash);
  for (let entry = bucket; entry < bucket + 32; entry += 8) {
    if (load<u32>(entry) != <u32>(hash >>> 32)) continue;
    const position = load<u32>(entry, 4);
    if (next - position > size) continue;
    const record = ring + (<usize>(position % size) << 3);
    if (load<u32>(record) == length && equalBytes(record + 8, at, length)) return record;
  }
  return 0;
}

/** Number of tokens of a record. Valid only if `scored.ts` stores nothing else in this word. */
// @ts-ignore: decorator
@inline
export function farCount(record: usize): u32 {
  return load<u32>(record, 4);
}

/**
 * Copies the tokens of a record; returns where the next token goes. It copies 16 bytes at a time, because `memory.copy`
 * is a call.
 */
export function farCopy(record: usize, out: usize, count: u32): usize {
  const tokens = record + 8 + (<usize>units(load<u32>(record)) << 3);
  const bytes = <usize>count << 2;
  for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, v128.load(tokens + k));
  return out + bytes;
}

/** @param word the record's second word: the number of tokens, and the bits that `scored.ts` adds */
export function farInsert(hash: u64, at: usize, length: u32, tokens: usize, count: u32, word: u32): void {
  const needed: u32 = 1 + units(length) + units(count << 2);
  const left = size - (next % size);
  // A record never wraps around the end of the ring.
  if (needed > left) next += left;
  // Restart the positions before they overflow.
  if (next > 1 << 30) {
    memory.fill(buckets, 0, BUCKETS * 32);
    next = 2 * size;
  }
  const record = ring + (<usize>(next % size) << 3);
  store<u32>(record, length);
  store<u32>(record, word, 4);
  const copy = record + 8 + (<usize>units(length) << 3);
  for (let k: usize = 0; k < length; k += 8) store<u64>(record + 8 + k, load<u64>(at + k));
  for (let k: usize = 0; k < (<usize>count << 2); k += 8) store<u64>(copy + k, load<u64>(tokens + k));
  const bucket = bucketOf(hash);
  v128.store(bucket, v128.load(bucket, 8), 16);
  store<u64>(bucket, load<u64>(bucket), 8);
  store<u32>(bucket, <u32>(hash >>> 32));
  store<u32>(bucket, next, 4);
  next += needed;
}
