/**
 * The near cache: pretoken -> tokens, in a table of fixed size, so that memory stays bounded on any corpus. Other
 * pretokens are in `far.ts`.
 *
 * It holds pretokens of up to 15 bytes (11.7 of 11.75 million in the corpus) that make up to 3 tokens. A slot is 32
 * bytes: a key of 16 (the bytes, then 0xff, which UTF-8 never contains, so the key also gives the length of the
 * pretoken), 3 tokens, and the number of bytes that these take. So one store writes the tokens, whatever their number.
 *
 * Two slots share a cache line, and an entry that is found moves to the first one: 99 % of the lookups end there, and
 * the processor predicts nearly all of them. A new entry takes the second slot, so rare words evict only each other. If
 * a line is full, the line beside it takes the entry if it has room: of 230,000 pretokens, 1,300 per pass are encoded
 * again, and without this 17,000.
 */
import { K1 } from './hash';
import { reserveZeroed } from './memory';

export const NEAR_BYTES: u32 = 15;
export const NEAR_TOKENS: u32 = 3;

/**
 * 16 bytes per length, at a fixed address: zeros for the bytes of the pretoken, then 0xff for the rest of its key; all
 * 0xff for a length that is too long for a key.
 */
export const PADDING: usize = 0x9000;
memory.fill(PADDING, 0xff, 17 * 16);
for (let length: u32 = 0; length <= NEAR_BYTES; length++) memory.fill(PADDING + length * 16, 0, length);

export let near: usize = 0;
/** Mask that takes the offset of a line from the upper 25 bits of a hash. */
export let nearMask: usize = 0;

/**
 * @param nearBits log2 of the cache's bytes. The cache is aligned to two lines, so that the line beside any line is in
 * it.
 */
export function reserveNear(nearBits: u32): void {
  near = (reserveZeroed((<usize>1 << nearBits) + 64) + 127) & ~127;
  nearMask = (<usize>1 << nearBits) - 64;
}

/** One multiplication is enough for the keys of words: with two, 2 % slower. */
// @ts-ignore: decorator
@inline
export function hashKey(low: u64, high: u64): u64 {
  return (low + rotl<u64>(high, 29)) * K1;
}

// @ts-ignore: decorator
@inline
export function nearLine(near: usize, nearMask: usize, hash: u64): usize {
  return near + (<usize>(hash >>> 39) & nearMask);
}

export function isFirst(line: usize, low: u64, high: u64): bool {
  return has(line, low, high);
}

/** This bit differs in the key of a pretoken that makes more than 3 tokens; its tokens are in `far.ts`. */
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

/** Searches the other slots for a key. A slot that has it changes places with the line's first slot. */
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

/** Whether `far.ts` may have the tokens of this key. */
export function nearMany(line: usize, low: u64, high: u64): bool {
  high ^= MANY;
  if (has(line, low, high) || has(line + 32, low, high)) return true;
  return !isFree(line + 32) && (has(line ^ 64, low, high) || has((line ^ 64) + 32, low, high));
}

/** The slot for a new entry. */
export function nearSlot(line: usize): usize {
  if (isFree(line)) return line;
  if (!isFree(line + 32)) {
    if (isFree(line ^ 64)) return line ^ 64;
    if (isFree((line ^ 64) + 32)) return (line ^ 64) + 32;
  }
  return line + 32;
}

/**
 * Fills a free slot of the line or the line beside it, else the line's second slot; returns it. More than 3 tokens are
 * not stored.
 */
export function nearInsert(line: usize, low: u64, high: u64, tokens: usize, count: u32): usize {
  const slot = nearSlot(line);
  store<u64>(slot, low);
  store<u64>(slot, high ^ select<u64>(MANY, 0, count > NEAR_TOKENS), 8);
  v128.store(slot, v128.load(tokens), 16);
  store<u32>(slot, count << 2, 28);
  return slot;
}
