/**
 * Finds the tokens of one pretoken from left to right: take the longest token that can follow the last one; if none
 * can, take the last one back and try a shorter one. A place that failed is never entered again, so the cost is linear
 * in the bytes, even for a megabyte of one letter. This is exact because the encoding of every prefix is unique (see
 * `pairs.ts`). It is used for text of long tokens. If each place must try many tokens (a megabyte of slashes: 600 tries
 * per token), it gives up, because merging is faster.
 */
import { At, directory, release, reserve } from './memory';
import { canFollow } from './pairs';
import { NONE } from './pieces';
import { longestToken } from './trie';

/** The return value if it gives up, in place of a number of tokens. */
export const GAVE_UP: u32 = NONE;
/** It gives up after this number of failed tries, plus one per byte. */
const FREE_TRIES: u32 = 1024;

/** Writes internal tokens to `out`; returns their number, or GAVE_UP. `length` is at least 1. */
export function encodeByBacktracking(at: usize, length: u32, out: usize): u32 {
  const records = directory(At.Records);
  const short = length < 64;
  let deadBits: u64 = 0;
  const dead = short ? 0 : reserve((length >> 3) + 1);
  if (!short) memory.fill(dead, 0, (length >> 3) + 1);
  let count: u32 = 0;
  let pos: u32 = 0;
  let token = longestToken(at, length);
  let badTries: u32 = 0;
  while (true) {
    const end = pos + load<u32>(records + (<usize>token << 4), 8);
    const isDead = short
      ? ((deadBits >>> (<u64>end)) & 1) != 0
      : ((load<u8>(dead + (end >> 3)) >> (<u8>(end & 7))) & 1) != 0;
    if (!isDead && (count == 0 || canFollow(load<u32>(out + (<usize>count << 2) - 4), token))) {
      store<u32>(out + (<usize>count << 2), token);
      count += 1;
      pos = end;
      if (pos == length) break;
      token = longestToken(at + pos, length - pos);
      continue;
    }
    if (++badTries > FREE_TRIES + pos) {
      count = GAVE_UP;
      break;
    }
    const shorter = load<u32>(records + (<usize>token << 4), 12);
    if (shorter != NONE) {
      token = shorter;
      continue;
    }
    if (short) deadBits |= (<u64>1) << (<u64>pos);
    else store<u8>(dead + (pos >> 3), load<u8>(dead + (pos >> 3)) | <u8>(<u32>1 << (pos & 7)));
    count -= 1;
    token = load<u32>(out + (<usize>count << 2));
    pos -= load<u32>(records + (<usize>token << 4), 8);
  }
  if (!short) release(dead);
  return count;
}
