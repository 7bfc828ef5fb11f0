/**
 * Scans the pattern of gpt2, r50k_base and p50k_base, character by character:
 *
 *   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 */
import { Class, charAt, classOf, classTable, isLetter, isOther, widthOf } from './classes';
import { letters, numbers, others, whites } from './scan-common';

export function scanGpt2(at: usize, end: usize): usize {
  const classes = classTable();
  const short = contractionGpt2(at, end);
  if (short != 0) return at + short;
  const first = charAt(classes, at, end);
  let next = at;
  let char = first;
  if (classOf(first) == Class.Space) {
    next += 1;
    char = charAt(classes, next, end);
  }
  if (isLetter(char)) return letters(next + widthOf(char), end);
  if (classOf(char) == Class.Number) return numbers(next + widthOf(char), end, u32.MAX_VALUE);
  if (isOther(char)) return others(next + widthOf(char), end);
  return whites(at, end, false);
}

/** `'s|'t|'re|'ve|'m|'ll|'d`, lower case only: its length, or 0. */
export function contractionGpt2(at: usize, end: usize): usize {
  if (load<u8>(at) != 0x27 || at + 1 >= end) return 0;
  const c = load<u8>(at, 1);
  if (c == 0x73 || c == 0x74 || c == 0x6d || c == 0x64) return 2;
  if (at + 2 >= end) return 0;
  const d = load<u8>(at, 2);
  return (c == 0x6c && d == 0x6c) || ((c == 0x72 || c == 0x76) && d == 0x65) ? 3 : 0;
}
