/**
 * Where texts of a list stand in a text: the leftmost, of those the longest, and the search goes on behind it. Sixteen bytes at
 * a time, up to a byte of ASCII with which one may begin; then a bit for the two bytes there; then the trie.
 */
import { outside } from './sets';

/** Bit h of byte l: no text begins with the byte (h << 4 | l). */
const apart: usize = memory.data(16, 16);
/** Bit (first | second << 8): a text may begin with these two bytes. One of a single byte goes with any second one. */
const pairs: usize = memory.data(8192, 16);
/** 8 bytes a slot: node * 256 + byte (FREE: none), child. */
let table: usize = 0;
let mask: u32 = 0;
/** By node, 8 bytes: number of the text that ends there + 1, and how many bytes it has. */
let nodes: usize = 0;
/** A text begins with a byte outside of ASCII. */
let isHigh: bool = false;
const FREE: u32 = 0xffffffff;

export function apartAddress(): usize { return apart; }
export function pairsAddress(): usize { return pairs; }

export function setTexts(tableAt: usize, slots: u32, nodesAt: usize, high: bool): void {
  table = tableAt;
  mask = slots - 1;
  nodes = nodesAt;
  isHigh = high;
}

/** The node of the longest text that begins at `at`; 0: none does. */
function longestAt(at: usize, end: usize): u32 {
  let node: u32 = 0;
  let found: u32 = 0;
  for (; at < end; at++) {
    const key = (node << 8) | <u32>load<u8>(at);
    let slot = (key * 0x9e3779b1) >>> 7;
    let there: u32 = 0;
    while (true) {
      const entry = table + (<usize>(slot & mask) << 3);
      there = load<u32>(entry);
      node = load<u32>(entry, 4);
      if (there == key || there == FREE) break;
      slot += 1;
    }
    if (there == FREE) break;
    if (load<u32>(nodes + (<usize>node << 3)) != 0) found = node;
  }
  return found;
}

/** Writes where each of the first `most` texts begins (u32) and its number (u32) to `out`, returns how many there are. */
export function findTexts(at: usize, end: usize, out: usize, most: u32): u32 {
  const set = v128.load(apart);
  let count: u32 = 0;
  while (at < end) {
    const block = v128.load(at);
    let may = outside(set, block);
    if (!isHigh) may &= ~i8x16.bitmask(block);
    let next = at + 16;
    while (may != 0) {
      const place = at + <usize>ctz<u32>(may);
      if (place >= end) return count;
      may &= may - 1;
      const pair = <u32>load<u16>(place);
      if (((<u32>load<u8>(pairs + <usize>(pair >>> 3)) >>> (pair & 7)) & 1) == 0) continue;
      const node = longestAt(place, end);
      if (node == 0) continue;
      const entry = nodes + (<usize>node << 3);
      store<u32>(out, <u32>place);
      store<u32>(out, load<u32>(entry) - 1, 4);
      out += 8;
      count += 1;
      if (count == most) return count;
      const after = place + <usize>load<u32>(entry, 4);
      if (after >= next) {
        next = after;
        break;
      }
      may &= ~<u32>0 << <u32>(after - at);
    }
    at = next;
  }
  return count;
}
