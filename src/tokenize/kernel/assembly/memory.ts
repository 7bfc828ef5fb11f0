/**
 * Who owns which byte. Everything is laid out by hand, because the tables must be one block that can be copied
 * into another instance: the directory (pointers to all tables) first, then the tables in the order in which they
 * were reserved. What an instance owns for itself (caches, text, tokens) comes after them.
 *
 * Nothing is ever freed; scratch that only building needs lies past `tablesEnd` and is overwritten later.
 */

/** Below `memoryBase` (65,536), where AssemblyScript's own data begins. The queue is there too, from 0x2000 on. */
export const DIRECTORY: usize = 1024;

/** Slots of the directory: name -> its byte offset. One u32 each. */
export const enum At {
  TablesEnd = 0,
  /** Ids of pieces that merging makes out of order (`traps.ts`), their number, and the filter before them. */
  Traps = 4,
  IgnoreMerges = 8,
  Tokens = 12, // number of internal tokens
  Classes = 16, // u8[0x110000]
  PieceText = 20, // bytes of all pieces, end to end
  PieceStart = 24, // u32[pieces + 1]
  PieceSlots = 28,
  PieceShift = 32,
  External = 36, // u32[tokens]: internal -> external id
  /** {left, right, length in bytes, longest proper prefix that is a token}: u32[4 * tokens], one line a token. */
  Records = 40,
  PairSlots = 48,
  PairShift = 52,
  TrieSlots = 56,
  TrieShift = 60,
  MergeSlots = 64,
  MergeShift = 68,
  Pieces = 72,
  TrieRoot2 = 76, // u32[65536]: node after two bytes
  /** Whether to look for a pretoken among the pieces before merging it. */
  LookUpWhole = 80,
  TrapCount = 88,
  TrapHints = 92,
  /** Bytes of the shortest trap, at most 8. */
  TrapBytes = 96,
  PairHints = 84, // a bit for each hash of a pair that merges
  BytePairs = 100, // u32[65536]: what two bytes make, << 6, or NONE
}

// @ts-ignore: decorator
@inline
export function directory(at: usize): u32 {
  return load<u32>(DIRECTORY + at);
}

// @ts-ignore: decorator
@inline
export function setDirectory(at: usize, value: u32): void {
  store<u32>(DIRECTORY + at, value);
}

let top: usize = 0;
/** The highest that `top` ever was. */
let peak: usize = 0;

/** First free byte. */
export function mark(): usize {
  if (top === 0) top = (__heap_base + 63) & ~63;
  return top;
}

/** Frees what was reserved since `mark()` returned this. */
export function release(to: usize): void {
  top = to;
}

/** `bytes` of memory aligned to a cache line. Not zeroed where it was used before: see `reserveZeroed`. */
export function reserve(bytes: usize): usize {
  const start = mark();
  top = (start + bytes + 63) & ~63;
  const pages = <i32>((top + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
  peak = max(peak, top);
  return start;
}

/** Memory that was never reserved before is zero already, and stays untouched. */
export function reserveZeroed(bytes: usize): usize {
  const dirty = peak;
  const start = reserve(bytes);
  if (start < dirty) memory.fill(start, 0, min(bytes, dirty - start));
  return start;
}

/** log2 of the smallest power of two that is at least `n`. */
export function log2Ceil(n: u32): u32 {
  return n <= 1 ? 0 : 32 - clz<u32>(n - 1);
}
