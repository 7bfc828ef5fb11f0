/**
 * Finds the tokens of up to 64 bytes by merging as it is defined: again and again, it merges the pair of neighbours
 * that makes the lowest token, the leftmost first. Tokens are numbered in the order of their merges, so the number is
 * the priority; `pairs.ts` explains why it is enough to know each token's own merge.
 *
 * It needs no list and no heap: every byte has a place, a token is at the place of its first byte, a bit says whether a
 * place is the start of a token, and the lowest pair is a minimum over vectors. The two lookups of a merge do not wait
 * for each other, while each step of a trie waits for the one before. So it takes half of the time of `backtrack.ts`
 * (o200k's first pass: 137 MB/s against 110), and most of the remaining time is waiting for memory.
 */
import { At, directory } from './memory';
import { merge } from './pairs';
import { NONE } from './pieces';

export const SHORT_BYTES: u32 = 64;

/** By place: the token, and the key (the token that it makes with the next one) << 6 | place, or NONE. */
const tokens: usize = memory.data(64 * 4, 16);
const keys: usize = memory.data(64 * 4, 16);

/** Writes internal tokens to `out`; returns their number. `length` is from 1 to 64. */
export function encodeShort(at: usize, length: u32, out: usize): u32 {
  const bytePairs = directory(At.BytePairs);
  const hints = directory(At.PairHints);
  const slots = directory(At.PairSlots);
  const shift = directory(At.PairShift);
  const groups = keys + ((<usize>length + 15) & ~15) * 4;
  for (let key = keys; key < groups; key += 16) v128.store(key, i32x4.splat(-1));
  const last = length - 1;
  for (let i: u32 = 0; i < last; i++) {
    store<u32>(tokens + (<usize>i << 2), <u32>load<u8>(at + i));
    store<u32>(keys + (<usize>i << 2), load<u32>(bytePairs + (<usize>load<u16>(at + i) << 2)) | i);
  }
  store<u32>(tokens + (<usize>last << 2), <u32>load<u8>(at + last));

  let starts = ~(<u64>0) >>> (63 - <u64>last);
  while (true) {
    let lowest = i32x4.splat(-1);
    for (let key = keys; key < groups; key += 64) {
      const a = i32x4.min_u(v128.load(key), v128.load(key, 16));
      const b = i32x4.min_u(v128.load(key, 32), v128.load(key, 48));
      lowest = i32x4.min_u(lowest, i32x4.min_u(a, b));
    }
    lowest = i32x4.min_u(lowest, i64x2.shuffle(lowest, lowest, 1, 0));
    const key = min(<u32>i32x4.extract_lane(lowest, 0), <u32>i32x4.extract_lane(lowest, 1));
    if (key == NONE) break;
    const i = key & 63;
    const token = key >>> 6;
    const after = starts & (~(<u64>1) << (<u64>i));
    const j = <u32>ctz<u64>(after);
    const beyond = after & (after - 1);
    starts ^= after ^ beyond;
    store<u32>(tokens + (<usize>i << 2), token);
    store<u32>(keys + (<usize>j << 2), NONE);
    let right: u32 = NONE;
    if (beyond != 0) {
      const next = load<u32>(tokens + (<usize>ctz<u64>(beyond) << 2));
      const merged = merge(hints, slots, shift, token, next);
      if (merged != NONE) right = (merged << 6) | i;
    }
    store<u32>(keys + (<usize>i << 2), right);
    const before = starts & (((<u64>1) << (<u64>i)) - 1);
    if (before != 0) {
      const p = 63 - <u32>clz<u64>(before);
      const merged = merge(hints, slots, shift, load<u32>(tokens + (<usize>p << 2)), token);
      store<u32>(keys + (<usize>p << 2), merged == NONE ? NONE : (merged << 6) | p);
    }
  }
  let count: u32 = 0;
  while (starts != 0) {
    store<u32>(out + (<usize>count << 2), load<u32>(tokens + (<usize>ctz<u64>(starts) << 2)));
    starts &= starts - 1;
    count += 1;
  }
  return count;
}
