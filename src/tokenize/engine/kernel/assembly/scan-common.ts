/**
 * Parts that the patterns share, character by character. Each function takes the start of a match and returns its end.
 */
import { Class, charAt, classOf, classTable, isLetter, isOther, isWhite, widthOf } from './classes';

/**
 * The last place that was read to decide a token. If more text follows, a token is certain only if this place, and the
 * few characters after it that a contraction may take, are before the end of the known text.
 */
export let looked: usize = 0;

export function forget(): void {
  looked = 0;
}

/** `\p{L}*` */
export function letters(at: usize, end: usize): usize {
  const classes = classTable();
  let char = charAt(classes, at, end);
  while (isLetter(char)) {
    at += widthOf(char);
    char = charAt(classes, at, end);
  }
  return at;
}

/** `\p{N}*`, at most `most` of them. */
export function numbers(at: usize, end: usize, most: u32): usize {
  const classes = classTable();
  for (let k: u32 = 0; k < most; k++) {
    const char = charAt(classes, at, end);
    if (classOf(char) != Class.Number) break;
    at += widthOf(char);
  }
  return at;
}

/** `[^\s\p{L}\p{N}]*` */
export function others(at: usize, end: usize): usize {
  const classes = classTable();
  let char = charAt(classes, at, end);
  while (isOther(char)) {
    at += widthOf(char);
    char = charAt(classes, at, end);
  }
  return at;
}

/**
 * `\s*[\r\n]+|\s+(?!\S)|\s+` at a white-space character; without `newlines`, `\s+(?!\S)|\s+`.
 * In words: up to the last newline; else all but the last character, which belongs to the next token; else the only
 * one.
 */
export function whites(at: usize, end: usize, newlines: bool): usize {
  const classes = classTable();
  const start = at;
  let last = at;
  let afterNewline: usize = 0;
  let char = charAt(classes, at, end);
  while (isWhite(char)) {
    last = at;
    at += widthOf(char);
    if (newlines && classOf(char) == Class.Newline) afterNewline = at;
    char = charAt(classes, at, end);
  }
  looked = at;
  if (afterNewline != 0) return afterNewline;
  return at == end || last == start ? at : last;
}

/** Whether this ASCII letter, in either case, is at `at`, before `end`. */
// @ts-ignore: decorator
@inline
function has(at: usize, end: usize, low: u32): bool {
  return at < end && (load<u8>(at) | 0x20) == low;
}

/**
 * `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at an apostrophe: its length, or 0. Case folding makes U+017F, the long s, an s.
 */
export function contraction(at: usize, end: usize): usize {
  if (at >= end || load<u8>(at) != 0x27 || at + 1 >= end) return 0;
  const c = <u32>load<u8>(at, 1);
  if (c == 0xc5) return load<u8>(at, 2) == 0xbf ? 3 : 0;
  const letter = c | 0x20;
  if (letter == 0x73 || letter == 0x74 || letter == 0x6d || letter == 0x64) return 2;
  if (letter == 0x6c) return has(at + 2, end, 0x6c) ? 3 : 0;
  if (letter == 0x72 || letter == 0x76) return has(at + 2, end, 0x65) ? 3 : 0;
  return 0;
}
