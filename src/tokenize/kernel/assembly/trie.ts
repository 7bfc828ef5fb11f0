/**
 * The longest token that begins a text. A trie whose edges are slots of one hash table: the slot's number is the
 * child's name, so an edge is 8 bytes, {parent << 8 | byte, internal token + 1 or 0}, and a step is one memory touch.
 * The first two bytes go through a table of their own.
 */
import { At, directory, log2Ceil, reserveZeroed, setDirectory } from './memory';
import { NONE } from './pieces';

/** Parent of the one-byte nodes: a name that no slot has. */
const ROOT: u32 = 0xfffffe;

let edges: u32 = 0;

export function reserveTrie(bits: u32): void {
  edges = 0;
  setDirectory(At.TrieSlots, reserveZeroed((<usize>8) << bits));
  setDirectory(At.TrieShift, 32 - bits);
  setDirectory(At.TrieRoot2, reserveZeroed(65536 * 4));
}

/** More than half full, with room for one more token: lookups that fail, as every longest match ends, slow down. */
export function trieIsFull(length: u32): bool {
  return (edges + length) * 2 > <u32>1 << (32 - directory(At.TrieShift));
}

// @ts-ignore: decorator
@inline
function find(slots: usize, shift: u32, mask: u32, node: u32, byte: u32): u32 {
  const key = (node << 8) | byte;
  let i = (key * 0x9e3779b1) >>> shift;
  while (true) {
    const found = load<u32>(slots + (<usize>i << 3));
    if (found == key + 1) return i;
    if (found == 0) return NONE;
    i = (i + 1) & mask;
  }
}

export function insertToken(at: usize, length: u32, token: u32): void {
  const slots = directory(At.TrieSlots);
  const shift = directory(At.TrieShift);
  const mask = (<u32>1 << (32 - shift)) - 1;
  let node = ROOT;
  for (let k: u32 = 0; k < length; k++) {
    const byte = <u32>load<u8>(at + k);
    let child = find(slots, shift, mask, node, byte);
    if (child == NONE) {
      const key = (node << 8) | byte;
      child = (key * 0x9e3779b1) >>> shift;
      while (load<u32>(slots + (<usize>child << 3)) != 0) child = (child + 1) & mask;
      store<u32>(slots + (<usize>child << 3), key + 1);
      edges += 1;
      if (k == 1) store<u32>(directory(At.TrieRoot2) + <usize>load<u16>(at) * 4, child + 1);
    }
    node = child;
  }
  store<u32>(slots + (<usize>node << 3), token + 1, 4);
}

/** Internal id of the longest token that `length` (at least 1) bytes begin with; every byte is a token. */
export function longestToken(at: usize, length: u32): u32 {
  let best = <u32>load<u8>(at);
  if (length == 1) return best;
  let node = load<u32>(directory(At.TrieRoot2) + <usize>load<u16>(at) * 4);
  if (node == 0) return best;
  node -= 1;
  const slots = directory(At.TrieSlots);
  const shift = directory(At.TrieShift);
  const mask = (<u32>1 << (32 - shift)) - 1;
  const end = at + length;
  at += 2;
  while (true) {
    const token = load<u32>(slots + (<usize>node << 3), 4);
    if (token != 0) best = token - 1;
    if (at == end) return best;
    node = find(slots, shift, mask, node, <u32>load<u8>(at));
    if (node == NONE) return best;
    at += 1;
  }
}

/** The longest token that is a proper prefix of these bytes, or NONE: shorter candidates for backtracking. */
export function longestProperPrefix(at: usize, length: u32): u32 {
  return length == 1 ? NONE : longestToken(at, length - 1);
}
