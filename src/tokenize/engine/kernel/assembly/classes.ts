/** The classes of characters that the patterns distinguish. The table comes from the host (`unicode-classes.ts`). */
import { At, directory } from './memory';

export const enum Class {
  Other = 0,
  /** Lu and Lt. */
  Upper = 1,
  Lower = 2,
  /** Lm and Lo: in o200k they count as upper and as lower. */
  Letter = 3,
  Mark = 4,
  Number = 5,
  /** U+0020 only. */
  Space = 6,
  /** The rest of White_Space. */
  White = 7,
  /** CR and LF only. */
  Newline = 8,
  /** No character: the end of the text. */
  End = 9,
}

/** A character, packed: class in the low byte, length in bytes above. Well-formed UTF-8 only. */
// @ts-ignore: decorator
@inline
export function charAt(classes: usize, at: usize, end: usize): u32 {
  if (at >= end) return Class.End;
  const b = <u32>load<u8>(at);
  if (b < 0x80) return <u32>load<u8>(classes + b) | 0x100;
  if (b < 0xe0) return <u32>load<u8>(classes + (((b & 0x1f) << 6) | (load<u8>(at, 1) & 0x3f))) | 0x200;
  if (b < 0xf0) {
    const point = ((b & 0x0f) << 12) | ((<u32>load<u8>(at, 1) & 0x3f) << 6) | (load<u8>(at, 2) & 0x3f);
    return <u32>load<u8>(classes + point) | 0x300;
  }
  const point =
    ((b & 0x07) << 18) |
    ((<u32>load<u8>(at, 1) & 0x3f) << 12) |
    ((<u32>load<u8>(at, 2) & 0x3f) << 6) |
    (load<u8>(at, 3) & 0x3f);
  return <u32>load<u8>(classes + point) | 0x400;
}

// @ts-ignore: decorator
@inline
export function classOf(char: u32): u32 {
  return char & 0xff;
}

// @ts-ignore: decorator
@inline
export function widthOf(char: u32): u32 {
  return char >>> 8;
}

// @ts-ignore: decorator
@inline
export function isLetter(char: u32): bool {
  return classOf(char) - 1 < 3;
}

// @ts-ignore: decorator
@inline
export function isWhite(char: u32): bool {
  return classOf(char) - Class.Space < 3;
}

/** Not white space, letter, number or the end: `[^\s\p{L}\p{N}]`. */
// @ts-ignore: decorator
@inline
export function isOther(char: u32): bool {
  return classOf(char) == Class.Other || classOf(char) == Class.Mark;
}

// @ts-ignore: decorator
@inline
export function classTable(): usize {
  return directory(At.Classes);
}
