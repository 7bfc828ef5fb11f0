/**
 * Scans the pattern of cl100k_base and Llama 3 (numbers of up to 3 digits), and of Qwen 2 and 3 (numbers of one digit),
 * character by character:
 *
 *   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 */
import { Class, charAt, classOf, classTable, isLetter, isOther, widthOf } from './classes';
import { contraction, letters, numbers, others, whites } from './scan-common';

/** The end of the pretoken that begins at `at`, which is before `end`. */
export function scanCl100k(at: usize, end: usize, digits: u32): usize {
  const classes = classTable();
  const first = charAt(classes, at, end);
  const next = at + widthOf(first);
  if (isLetter(first)) return letters(next, end);
  if (classOf(first) == Class.Number) return numbers(next, end, digits - 1);
  const short = contraction(at, end);
  if (short != 0) return at + short;
  const second = charAt(classes, next, end);
  if (isLetter(second) && classOf(first) != Class.Newline) return letters(next + widthOf(second), end);
  if (isOther(first) || (classOf(first) == Class.Space && isOther(second))) return newlines(others(next, end), end);
  return whites(at, end, true);
}

/** `[\r\n]*` */
function newlines(at: usize, end: usize): usize {
  while (at < end && (load<u8>(at) == 0x0a || load<u8>(at) == 0x0d)) at += 1;
  return at;
}
