/** Finds the first character of a text that is not known to stay unchanged. ASCII is tested sixteen bytes at a time. */
import { outside } from './sets';

const STAYS: u32 = 1;

/**
 * The start of that character, or the end. `same`: the set of ASCII characters that stay; `points`: u8 by code point.
 * Well-formed UTF-8 only.
 */
export function findPointIn(same: usize, points: usize, at: usize, end: usize): usize {
  const set = v128.load(same);
  while (at < end) {
    let b = <u32>load<u8>(at);
    if (b < 0x80) {
      const may = outside(set, v128.load(at));
      if (may == 0) {
        at += 16;
        continue;
      }
      at += <usize>ctz<u32>(may);
      if (at >= end) return end;
      b = <u32>load<u8>(at);
      if (b < 0x80) return at;
    }
    let point: u32;
    let width: usize = 2;
    if (b < 0xe0) {
      point = ((b & 0x1f) << 6) | (load<u8>(at, 1) & 0x3f);
    } else if (b < 0xf0) {
      point = ((b & 0x0f) << 12) | ((<u32>load<u8>(at, 1) & 0x3f) << 6) | (load<u8>(at, 2) & 0x3f);
      width = 3;
    } else {
      point =
        ((b & 0x07) << 18) |
        ((<u32>load<u8>(at, 1) & 0x3f) << 12) |
        ((<u32>load<u8>(at, 2) & 0x3f) << 6) |
        (load<u8>(at, 3) & 0x3f);
      width = 4;
    }
    if (load<u8>(points + point) != STAYS) return at;
    at += width;
  }
  return end;
}
