/**
 * Pretoken -> tokens, in two tables of fixed size, so memory stays bounded on any corpus.
 *
 * `near`: pretokens of up to 15 bytes (11.7 of 11.75 million in the corpus) that make up to 3 tokens. A slot is 32 bytes:
 * a key (the bytes with zeros after them and the length as the 16th, so "a" and "a\0" differ), 3 tokens, their number.
 * Two slots share a cache line. The first one holds what was found last: 99.3 % of the lookups end there, so the
 * processor predicts all but a few of them. A new entry takes the second slot, so rare words push out only each other.
 */
import { K1, K2 } from './hash';
import { reserveZeroed } from './memory';

export const NEAR_BYTES: u32 = 15;
export const NEAR_TOKENS: u32 = 3;

export let near: usize = 0;
/** Takes the offset of a line from the upper 25 bits of a hash. */
export let nearMask: usize = 0;

/** Its size as log2 of bytes. */
export function reserveNear(nearBits: u32): void {
  near = reserveZeroed(<usize>1 << nearBits);
  nearMask = (<usize>1 << nearBits) - 64;
}

// @ts-ignore: decorator
@inline
export function hashKey(low: u64, high: u64): u64 {
  return low * K1 + high * K2;
}

// @ts-ignore: decorator
@inline
export function nearLine(near: usize, nearMask: usize, hash: u64): usize {
  return near + (<usize>(hash >>> 39) & nearMask);
}

/** What differs in the key of a pretoken that makes more than 3 tokens: they are in `far`. */
const MANY: u64 = 1 << 63;

// @ts-ignore: decorator
@inline
function has(slot: usize, low: u64, high: u64): bool {
  return ((load<u64>(slot) ^ low) | (load<u64>(slot, 8) ^ high)) == 0;
}

// @ts-ignore: decorator
@inline
function isFree(slot: usize): bool {
  return load<u64>(slot, 8) == 0;
}

function swap(a: usize, b: usize): void {
  const key = v128.load(a);
  const tokens = v128.load(a, 16);
  v128.store(a, v128.load(b));
  v128.store(a, v128.load(b, 16), 16);
  v128.store(b, key);
  v128.store(b, tokens, 16);
}

/** Looks in the other slots; the one that has the key becomes the first one. */
export function nearFind(line: usize, low: u64, high: u64): bool {
  let slot = line + 32;
  if (!has(slot, low, high)) {
    if (isFree(slot)) return false;
    slot = line ^ 64;
    if (!has(slot, low, high)) {
      slot += 32;
      if (!has(slot, low, high)) return false;
    }
  }
  swap(line, slot);
  return true;
}

/** Whether `far` may have the tokens of this key. */
export function nearMany(line: usize, low: u64, high: u64): bool {
  high ^= MANY;
  if (has(line, low, high) || has(line + 32, low, high)) return true;
  return !isFree(line + 32) && (has(line ^ 64, low, high) || has((line ^ 64) + 32, low, high));
}

/** `count`: the number of tokens; more than 3 stay outside, and the key says so. */
export function nearInsert(line: usize, low: u64, high: u64, tokens: usize, count: u32): void {
  let slot = line;
  if (!isFree(slot)) slot = line + 32;
  if (!isFree(slot)) {
    if (isFree(line ^ 64)) slot = line ^ 64;
    else if (isFree((line ^ 64) + 32)) slot = (line ^ 64) + 32;
  }
  store<u64>(slot, low);
  store<u64>(slot, high ^ select<u64>(MANY, 0, count > NEAR_TOKENS), 8);
  v128.store(slot, v128.load(tokens), 16);
  store<u32>(slot, count << 2, 28);
}
