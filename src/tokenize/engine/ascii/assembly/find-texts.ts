/**
 * Finds the texts of a list in a text: the leftmost match, and the longest of those that start there; then the search
 * goes on after it. It looks at sixteen bytes at a time for a byte with which a text may begin, then tests a bit for
 * the two bytes there, then asks the trie.
 */
import { outside } from './sets';

/** A set bit h of byte l means that no text begins with the byte (h << 4 | l). */
const apart: usize = memory.data(16, 16);
/**
 * A set bit (first | second << 8) means that a text may begin with these two bytes. A text of one byte sets all bits of
 * its byte.
 */
const pairs: usize = memory.data(8192, 16);
/** 8 bytes per slot: node * 256 + byte (FREE: the slot is empty), then the child. */
let table: usize = 0;
let mask: u32 = 0;
/** 8 bytes per node: 1 + the number of the text that ends there, then the bytes of that text. */
let nodes: usize = 0;
/** Whether a text begins with a byte outside of ASCII. */
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

/**
 * Writes the start (u32) and the number (u32) of each of the first `most` matches to `out`; returns how many it wrote.
 */
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
