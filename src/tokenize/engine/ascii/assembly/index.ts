/**
 * Stretches of ASCII that are copied, each byte by a table, with runs of spaces made one where that is asked for. Sixteen bytes
 * at a time: most blocks of text stay as they are, which is seen by one set of bytes; the others go through the whole table.
 */
import { findPointIn } from './find-points';
import { outside } from './sets';

export { apartAddress, findTexts, pairsAddress, setTexts } from './find-texts';

/** u8[128]: what a byte becomes; STOP or more: the copy ends before it. */
const table: usize = memory.data(128, 16);
/** Bit h of byte l: the byte (h << 4 | l) stays as it is. */
const same: usize = memory.data(16, 16);
const STOP: u32 = 0x80;
const SPACE: u32 = 0x20;

/** Where the copy ends that was made last, and whether a space that came now would be dropped. */
let written: usize = 0;
let isAfterSpace: bool = false;

export function tableAddress(): usize { return table; }
export function sameAddress(): usize { return same; }
export function writtenTo(): usize { return written; }
export function endsAfterSpace(): bool { return isAfterSpace; }

/** The first character that is not in the table of ASCII that stays, nor of those that stay by `points` (u8 by code point). */
export function findPoint(points: usize, at: usize, end: usize): usize {
  return findPointIn(same, points, at, end);
}

/** The first byte that is the host's. */
export function base(): usize {
  return (__heap_base + 63) & ~63;
}

/** Room up to `end`, and for a block more. */
export function reserve(end: usize): void {
  const pages = <i32>((end + 64 + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
}

/**
 * The first byte that doesn't stay (`pairs`: and the next one doesn't either), or the end. `high`: bytes outside of
 * ASCII are looked for, too.
 */
export function find(at: usize, end: usize, pairs: bool, high: bool): usize {
  const set = v128.load(same);
  // The byte after the text is none of it.
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

/** Each byte by the table; all of them are ASCII. */
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
 * Copies text[at, end) to `out` as far as it is ASCII, without the last byte before another one and without what the table
 * stops at. Returns how far it came.
 */
export function copy(at: usize, end: usize, out: usize, collapses: bool, after: bool): usize {
  const set = v128.load(same);
  // Where spaces in a row stay, none is after another one.
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
          // Written one over the other; what is dropped does not move on.
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

