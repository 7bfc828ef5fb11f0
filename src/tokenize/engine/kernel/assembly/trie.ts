/**
 * Finds the longest token that a text begins with. The edges of the trie are slots of one hash table; the slot's number
 * is the child's name, so a step down is one memory access. A slot's 64 bits:
 *
 *   0-30   1 + (parent << 8 | byte); 0: empty
 *   31-51  1 + the token that ends here; 0: none
 *   52-63  which bytes can follow, a bit for each remainder of byte / 12
 *
 * Every longest match ends with a failed lookup; the last 12 bits avoid most of these. The first two bytes go through a
 * separate table, whose entries are the same except for the child's name + 1 in the lowest bits.
 */
import { At, directory, reserveZeroed, setDirectory } from './memory';
import { NONE } from './pieces';

/** Parent of the one-byte nodes; no slot has this name. */
const ROOT: u32 = 0x7ffffe;
const LOW: u64 = 0x7fffffff;
const TOKEN: u64 = 31;
const TOKENS: u32 = 0x1fffff;
const NEXT: u64 = 52;

/**
 * log2 of the largest number of slots. Half of them can be filled; `planKernel` refuses a vocabulary with more edges.
 */
const MOST_BITS: u32 = 22;

let edges: u32 = 0;

/**
 * Reserves room for the largest trie and uses its first 2^bits slots. The trie grows in place, so it never moves into
 * scratch memory. Pages that are never written cost no memory, and the unused room after `trieEnd` is freed at the end.
 */
export function reserveTrie(bits: u32): void {
  edges = 0;
  setDirectory(At.TrieRoot2, reserveZeroed(65536 * 8));
  setDirectory(At.TrieSlots, reserveZeroed((<usize>8) << MOST_BITS));
  setDirectory(At.TrieShift, 32 - min(bits, MOST_BITS));
}

export function trieEnd(): usize {
  return directory(At.TrieSlots) + ((<usize>8) << (32 - directory(At.TrieShift)));
}

/** Empties the trie and doubles its slots. */
export function growTrie(): void {
  memory.fill(directory(At.TrieRoot2), 0, 65536 * 8);
  memory.fill(directory(At.TrieSlots), 0, trieEnd() - directory(At.TrieSlots));
  if (directory(At.TrieShift) == 32 - MOST_BITS) unreachable();
  setDirectory(At.TrieShift, directory(At.TrieShift) - 1);
  edges = 0;
}

// @ts-ignore: decorator
@inline
function find(slots: usize, shift: u32, node: u32, byte: u32): u32 {
  const mask = ((<u32>1) << (32 - shift)) - 1;
  const key = (node << 8) | byte;
  let i = (key * 0x9e3779b1) >>> shift;
  while (true) {
    const found = <u32>(load<u64>(slots + (<usize>i << 3)) & LOW);
    if (found == key + 1) return i;
    if (found == 0) return NONE;
    i = (i + 1) & mask;
  }
}

// @ts-ignore: decorator
@inline
function nextBit(byte: u32): u64 {
  return (<u64>1) << (NEXT + <u64>(byte % 12));
}

/** @returns false if the trie is half full; it must then grow, and all tokens must be inserted again */
export function insertToken(at: usize, length: u32, token: u32): bool {
  const slots = directory(At.TrieSlots);
  const shift = directory(At.TrieShift);
  const mask = ((<u32>1) << (32 - shift)) - 1;
  let node = ROOT;
  for (let k: u32 = 0; k < length; k++) {
    const byte = <u32>load<u8>(at + k);
    let child = find(slots, shift, node, byte);
    if (child == NONE) {
      if (edges * 2 > mask) return false;
      const key = (node << 8) | byte;
      child = (key * 0x9e3779b1) >>> shift;
      while (load<u64>(slots + (<usize>child << 3)) != 0) child = (child + 1) & mask;
      store<u64>(slots + (<usize>child << 3), <u64>(key + 1));
      if (k > 0) addBits(slots + (<usize>node << 3), nextBit(byte));
      edges += 1;
    }
    node = child;
    if (k == 1) {
      const entry = directory(At.TrieRoot2) + (<usize>load<u16>(at) << 3);
      if (length > 2) addBits(entry, nextBit(<u32>load<u8>(at, 2)));
      else addBits(entry, <u64>(token + 1) << TOKEN);
      addBits(entry, <u64>(node + 1));
    }
  }
  addBits(slots + (<usize>node << 3), <u64>(token + 1) << TOKEN);
  return true;
}

// @ts-ignore: decorator
@inline
function addBits(at: usize, bits: u64): void {
  store<u64>(at, load<u64>(at) | bits);
}

/**
 * Internal id of the longest token that these `length` bytes (at least 1) begin with. There is one: every byte is a
 * token.
 */
export function longestToken(at: usize, length: u32): u32 {
  let best = <u32>load<u8>(at);
  if (length == 1) return best;
  let slot = load<u64>(directory(At.TrieRoot2) + (<usize>load<u16>(at) << 3));
  if (slot == 0) return best;
  let node = <u32>(slot & LOW) - 1;
  const slots = directory(At.TrieSlots);
  const shift = directory(At.TrieShift);
  const end = at + length;
  at += 2;
  while (true) {
    const token = <u32>(slot >>> TOKEN) & TOKENS;
    best = select<u32>(token - 1, best, token != 0);
    if (at == end) return best;
    const byte = <u32>load<u8>(at);
    if ((slot & nextBit(byte)) == 0) return best;
    node = find(slots, shift, node, byte);
    if (node == NONE) return best;
    slot = load<u64>(slots + (<usize>node << 3));
    at += 1;
  }
}

/** The longest token that is a proper prefix of these bytes, or NONE. Backtracking tries it next. */
export function longestProperPrefix(at: usize, length: u32): u32 {
  return length == 1 ? NONE : longestToken(at, length - 1);
}
