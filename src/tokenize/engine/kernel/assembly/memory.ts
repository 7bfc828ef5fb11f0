/**
 * The layout of the memory. It is done by hand, because the tables must be one block that can be copied into another
 * instance: first the directory (pointers to all tables), then the tables in the order in which they were reserved. The
 * instance's own memory (caches, text, tokens) comes after them.
 *
 * Building needs scratch memory. A table that was reserved after scratch would be freed with it, so the order is
 * fixed: all tables first, the trie as the last of them with room for the largest trie (see `trie.ts`), then scratch.
 * `endTables` frees everything after the trie's last slot at once. Elsewhere, `release` only frees memory that the same
 * function reserved.
 */

/**
 * Address of the directory, below `memoryBase` (65,536), where AssemblyScript's own data begins. The queue is there
 * too, from 0x2000 on.
 */
export const DIRECTORY: usize = 1024;

/** Slots of the directory, one u32 each: name -> byte offset. */
export const enum At {
  TablesEnd = 0,
  /**
   * Pieces that merging makes out of order (`traps.ts`): {id, 1 + the next trap with the same hash, or 0} each; see
   * also TrapHeads (u16[hashes]), TrapCount and TrapHints (a filter).
   */
  Traps = 4,
  TrapHeads = 120,
  IgnoreMerges = 8,
  Tokens = 12, // number of internal tokens
  Classes = 16, // u8[0x110000]
  PieceText = 20, // bytes of all pieces, end to end
  PieceStart = 24, // u32[pieces + 1]
  PieceSlots = 28,
  PieceShift = 32,
  /** u32[tokens], by internal token: the number of its piece while tables are built, after that the model's id. */
  External = 36,
  /** u32[4 * tokens], by internal token: {left, right, length in bytes, longest proper prefix that is a token}. */
  Records = 40,
  PairSlots = 48,
  PairShift = 52,
  TrieSlots = 56,
  TrieShift = 60,
  MergeSlots = 64,
  MergeShift = 68,
  Pieces = 72,
  TrieRoot2 = 76, // u32[65536]: node after two bytes
  /** Whether a pretoken is looked up among the pieces before it is merged. */
  LookUpWhole = 80,
  TrapCount = 88,
  TrapHints = 92,
  /** Bytes of the shortest trap, at most 8. */
  TrapBytes = 96,
  PairHints = 84, // a bit for each hash of a pair that merges
  BytePairs = 100, // u32[65536]: the token that two bytes make, << 6, or NONE
  Ids = 104, // u32[pieces]: the model's id of each piece, or NONE
  BytePieces = 108, // u32[256]: number of the piece that a byte is, or NONE
  Unknown = 112, // see unknown.ts; 0: all units of all texts are pieces
  Steps = 116, // step-layout.ts
  Borders = 124, // see words.ts; 0: pretokens are not cut
  /** See `unigram.ts`; 0: the vocabulary has merges. */
  UnigramCells = 160,
  UnigramIds = 164, // u32[cells]: the token of the piece that ends in a cell
  UnigramBytes = 168, // u32[256]: the token of each byte, or NONE
  UnigramRules = 172,
  UnigramUnknown = 176,
  UnigramLongest = 180, // bytes of the longest piece, at least those of the longest character
  UnigramScore = 184, // address of the score of an unknown character, then the largest absolute score
  UnigramScores = 188, // f32[]: the score of each token, for `scored.ts`; 0: sums do not go on from word to word
  UnigramNone = 192, // the token after the last one, whose score is 0
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
/** The highest value that `top` ever had. */
let peak: usize = 0;

/** First free byte. */
export function mark(): usize {
  if (top === 0) top = (__heap_base + 63) & ~63;
  return top;
}

/** Frees all memory that was reserved since `mark()` returned `to`. */
export function release(to: usize): void {
  top = to;
}

/**
 * Reserves `bytes` of memory, aligned to a cache line. Memory that was used before is not zeroed: see `reserveZeroed`.
 */
export function reserve(bytes: usize): usize {
  const start = mark();
  top = (start + bytes + 63) & ~63;
  const pages = <i32>((top + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
  peak = max(peak, top);
  return start;
}

/** Reserves zeroed memory. Memory that was never reserved is already zero, and is not written. */
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
