/**
 * Canonical merges, and the test whether two tokens can stand side by side.
 *
 * A token that merging can make is always made in the same way: as long as no merge crosses the edges of its bytes, the
 * merges inside are the same as when these bytes are alone. So each token has one last merge, (left, right), and its
 * other splits never occur. Tokens are numbered in the order of these merges (`traps.ts` handles merges that may come
 * before the merges of their parts).
 *
 * It follows that a sequence of tokens is the encoding of its bytes if and only if no merge crosses any border of two
 * neighbours. This depends only on the two neighbours: `canFollow`. (GitHub's rust-gems `bpe` found this.)
 */
import { K1 } from './hash';
import { At, directory, log2Ceil, reserve, reserveZeroed, setDirectory } from './memory';
import { NONE } from './pieces';

/** A slot packs left, right and merged, 21 bits each, and above them a bit that marks the slot as used. */
const BITS: u64 = 21;
export const MAX_TOKENS: u32 = 1 << 21;

export function reservePairs(tokens: u32): void {
  // The table is up to four fifths full, because waiting for memory costs more than longer probes (3 % of the first
  // pass).
  const bits = log2Ceil(tokens + (tokens >> 2) + 2);
  setDirectory(At.PairSlots, reserveZeroed((<usize>8) << bits));
  setDirectory(At.PairShift, 64 - bits);
}

/**
 * log2 of the number of bits: 128 KB, which stay cached. For most pairs, the bit already says that they do not merge.
 */
const HINTS: u64 = 20;

export function reserveHints(): void {
  setDirectory(At.PairHints, reserveZeroed((<usize>1) << <usize>(HINTS - 3)));
  setDirectory(At.BytePairs, reserve(65536 * 4));
  memory.fill(directory(At.BytePairs), 0xff, 65536 * 4);
}

// @ts-ignore: decorator
@inline
function keyOf(left: u32, right: u32): u64 {
  return ((<u64>1) << (2 * BITS)) | ((<u64>left) << BITS) | (<u64>right);
}

export function addPair(left: u32, right: u32, merged: u32): void {
  const slots = directory(At.PairSlots);
  const shift = directory(At.PairShift);
  const mask = (<usize>1 << (64 - shift)) - 1;
  const key = keyOf(left, right);
  let i = <usize>((key * K1) >>> shift);
  while (load<u64>(slots + i * 8) != 0) i = (i + 1) & mask;
  store<u64>(slots + i * 8, (key << BITS) | <u64>merged);
  const hint = (key * K1) >>> (64 - HINTS);
  const at = directory(At.PairHints) + <usize>(hint >>> 3);
  store<u8>(at, load<u8>(at) | <u8>((<u32>1) << <u32>(hint & 7)));
  if (left < 256 && right < 256) {
    store<u32>(directory(At.BytePairs) + (<usize>(left | (right << 8)) << 2), merged << 6);
  }
}

/** The token that this pair merges into, or NONE, which is larger than any token. */
// @ts-ignore: decorator
@inline
export function merge(hints: usize, slots: usize, shift: u32, left: u32, right: u32): u32 {
  const mask = (<usize>1 << (64 - shift)) - 1;
  const key = keyOf(left, right);
  const hash = key * K1;
  const hint = hash >>> (64 - HINTS);
  if (((<u32>load<u8>(hints + <usize>(hint >>> 3)) >> <u32>(hint & 7)) & 1) == 0) return NONE;
  let i = <usize>(hash >>> shift);
  while (true) {
    const slot = load<u64>(slots + i * 8);
    if (slot >>> BITS == key) return <u32>slot & (MAX_TOKENS - 1);
    if (slot == 0) return NONE;
    i = (i + 1) & mask;
  }
}

/**
 * Undoes the merges of both tokens, the latest first, and tests whether a merge across the border would have come
 * earlier.
 */
export function canFollow(left: u32, right: u32): bool {
  const hints = directory(At.PairHints);
  const slots = directory(At.PairSlots);
  const shift = directory(At.PairShift);
  const records = directory(At.Records);
  let limit = NONE;
  while (true) {
    if (merge(hints, slots, shift, left, right) < limit) return false;
    // Equal merges run from left to right: a merge across wins against an equal one on its right, but not on its left.
    if (left > right) {
      limit = left;
      left = load<u32>(records + (<usize>left << 4), 4);
      if (left == limit) {
        limit = right + 1;
        right = load<u32>(records + (<usize>right << 4));
        if (right + 1 == limit) return true;
      }
    } else {
      limit = right + 1;
      right = load<u32>(records + (<usize>right << 4));
      if (right + 1 == limit) {
        limit = left;
        left = load<u32>(records + (<usize>left << 4), 4);
        if (left == limit) return true;
      }
    }
  }
}
