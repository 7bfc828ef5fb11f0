/**
 * Copies stretches of ASCII, mapping each byte by a table; runs of spaces become one space if the caller asks for it.
 * It works on sixteen bytes at a time. Most blocks do not change, which one test against a set of bytes shows; the
 * others are mapped by the whole table.
 */
import { findPointIn } from './find-points';
import { outside } from './sets';

export { apartAddress, findTexts, pairsAddress, setTexts } from './find-texts';

/** u8[128]: the replacement of each byte; STOP or more: the copy ends before the byte. */
const table: usize = memory.data(128, 16);
/** A set bit h of byte l means that the byte (h << 4 | l) does not change. */
const same: usize = memory.data(16, 16);
const STOP: u32 = 0x80;
const SPACE: u32 = 0x20;

/** Where the last copy ends, and whether a space that came next would be dropped. */
let written: usize = 0;
let isAfterSpace: bool = false;

export function tableAddress(): usize { return table; }
export function sameAddress(): usize { return same; }
export function writtenTo(): usize { return written; }
export function endsAfterSpace(): bool { return isAfterSpace; }

/**
 * The first character that is neither in the set of unchanged ASCII bytes nor marked unchanged in `points` (u8 by code
 * point).
 */
export function findPoint(points: usize, at: usize, end: usize): usize {
  return findPointIn(same, points, at, end);
}

/** The first byte that the host may use. */
export function base(): usize {
  return (__heap_base + 63) & ~63;
}

/** Grows the memory to `end` and one block more. */
export function reserve(end: usize): void {
  const pages = <i32>((end + 64 + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
}

/**
 * The first byte that the table changes (`pairs`: and the next byte, too), or the end. `high`: bytes outside of ASCII
 * count as changed.
 */
export function find(at: usize, end: usize, pairs: bool, high: bool): usize {
  const set = v128.load(same);
  // The byte after the text does not count.
  for (; at < end; at += 16) {
    const text = v128.load(at);
    let found = outside(set, text);
    if (!high) found &= ~i8x16.bitmask(text);
    if (pairs) {
      let next = outside(set, v128.load(at, 1));
      if (!high) next &= ~i8x16.bitmask(v128.load(at, 1));
      found &= next;
    }
    if (found != 0) return min(end, at + <usize>ctz<u32>(found));
  }
  return end;
}

/** Maps each byte by the table; all bytes must be ASCII. */
// @ts-ignore: decorator
@inline
function mapped(text: v128): v128 {
  let out = i8x16.splat(0);
  for (let k: i32 = 0; k < 8; k++) {
    // An index of 16 or more gives 0.
    const index = i8x16.sub(text, i8x16.splat(<i8>(k << 4)));
    out = v128.or(out, i8x16.swizzle(v128.load(table + (<usize>k << 4)), index));
  }
  return out;
}

/**
 * Copies text[at, end) to `out` up to the first byte at which the table stops or that is not ASCII, and leaves out the
 * last byte before one that is not ASCII. Returns how far it came.
 */
export function copy(at: usize, end: usize, out: usize, collapses: bool, after: bool): usize {
  const set = v128.load(same);
  // If spaces in a row are kept, no space is ever dropped.
  after = after && collapses;
  while (at < end) {
    while (at + 17 <= end) {
      let text = v128.load(at);
      if (i8x16.bitmask(text) != 0 || load<i8>(at, 16) < 0) break;
      if (outside(set, text) != 0) {
        text = mapped(text);
        if (i8x16.bitmask(text) != 0) break;
      }
      v128.store(out, text);
      if (collapses) {
        const spaces = <u32>i8x16.bitmask(i8x16.eq(text, i8x16.splat(0x20)));
        const dropped = spaces & ((spaces << 1) | <u32>after);
        after = (spaces >>> 15) != 0;
        if (dropped != 0) {
          // Each byte is written over the last one if that was dropped: `out` does not move past a dropped byte.
          const from = out;
          for (let k: u32 = 0; k < 16; k++) {
            store<u8>(out, load<u8>(from + k));
            out += <usize>(((dropped >>> k) & 1) ^ 1);
          }
          at += 16;
          continue;
        }
      }
      out += 16;
      at += 16;
    }
    // Byte by byte up to the next block.
    const stop = min(end, at + 16);
    for (; at < stop; at++) {
      const byte = <u32>load<u8>(at);
      if (byte >= 0x80 || (at + 1 < end && load<i8>(at, 1) < 0)) break;
      const to = <u32>load<u8>(table + byte);
      if (to >= STOP) break;
      const isSpace = to == SPACE;
      store<u8>(out, to);
      out += <usize>!(collapses && isSpace && after);
      after = collapses && isSpace;
    }
    if (at < stop) break;
  }
  written = out;
  isAfterSpace = after;
  return at;
}

