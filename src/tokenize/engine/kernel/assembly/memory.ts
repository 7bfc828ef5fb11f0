/**
 * Who owns which byte. Everything is laid out by hand, because the tables must be one block that can be copied
 * into another instance: the directory (pointers to all tables) first, then the tables in the order in which they
 * were reserved. What an instance owns for itself (caches, text, tokens) comes after them.
 *
 * Building needs scratch beside the tables. A table that was reserved among scratch would be lost with it, so the order
 * is fixed: all tables first, the trie as the last of them with room for the largest trie (see `trie.ts`), then scratch.
 * `endTables` gives back everything after the trie's last slot at once. Elsewhere, `release` only frees what the same
 * function reserved.
 */

/** Below `memoryBase` (65,536), where AssemblyScript's own data begins. The queue is there too, from 0x2000 on. */
export const DIRECTORY: usize = 1024;

/** Slots of the directory: name -> its byte offset. One u32 each. */
export const enum At {
  TablesEnd = 0,
  /** Pieces that merging makes out of order (`traps.ts`), {id, 1 + the next of its hash or 0}; their number, a filter, and u16[hashes]. */
  Traps = 4,
  TrapHeads = 120,
  IgnoreMerges = 8,
  Tokens = 12, // number of internal tokens
  Classes = 16, // u8[0x110000]
  PieceText = 20, // bytes of all pieces, end to end
  PieceStart = 24, // u32[pieces + 1]
  PieceSlots = 28,
  PieceShift = 32,
  /** u32[tokens]: internal token -> number of its piece while tables are built, then -> the model's id. */
  External = 36,
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
  Ids = 104, // u32[pieces]: the model's id of each piece, or NONE
  BytePieces = 108, // u32[256]: number of the piece that a byte is, or NONE
  Unknown = 112, // see unknown.ts; 0: no text has units that are no pieces
  Steps = 116, // step-layout.ts
  Borders = 124, // see words.ts; 0: pretokens are not cut
  /** Unigram (`unigram.ts`); 0: the vocabulary is one of merges. */
  UnigramCells = 160,
  UnigramIds = 164, // u32[cells]: the token of the piece that ends in a cell
  UnigramBytes = 168, // u32[256]: the token of each byte, or NONE
  UnigramRules = 172,
  UnigramUnknown = 176,
  UnigramLongest = 180, // bytes of the longest piece, and at least of a character
  UnigramScore = 184, // where the score of an unknown character is, then the largest one without its sign
  UnigramScores = 188, // f32[]: the score of each token, for `scored.ts`; 0: words don't go on with a sum
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
