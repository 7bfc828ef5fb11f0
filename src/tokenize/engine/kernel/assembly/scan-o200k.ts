/**
 * Scans the pattern of o200k_base, character by character. With U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}],
 * l = [\p{Ll}\p{Lm}\p{Lo}\p{M}] and c = (?i:'s|'t|'re|'ve|'m|'ll|'d):
 *
 *   [^\r\n\p{L}\p{N}]?U*l+c?|[^\r\n\p{L}\p{N}]?U+l*c?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
 */
import { Class, charAt, classOf, classTable, isLetter, isOther, widthOf } from './classes';
import { contraction, numbers, others, whites } from './scan-common';

export function scanO200k(at: usize, end: usize): usize {
  const classes = classTable();
  const first = charAt(classes, at, end);
  const next = at + widthOf(first);
  if (classOf(first) == Class.Number) return numbers(next, end, 2);
  let word: usize = 0;
  // A letter cannot be the character before a word; a mark can, and it can also be the word.
  const before = !isLetter(first) && classOf(first) != Class.Newline;
  const alone = isLetter(first) || classOf(first) == Class.Mark;
  if (before) word = lowerWord(next, end);
  if (word == 0 && alone) word = lowerWord(at, end);
  if (word == 0 && before) word = upperWord(next, end);
  if (word == 0 && alone) word = upperWord(at, end);
  if (word != 0) return word + contraction(word, end);
  if (isOther(first) || (classOf(first) == Class.Space && isOther(charAt(classes, next, end)))) {
    return newlinesAndSlashes(others(next, end), end);
  }
  return whites(at, end, true);
}

/**
 * `U*l+`: its end, or 0. If no lower-case letter follows U*, U* gives back the last character that is in both U and l.
 */
function lowerWord(at: usize, end: usize): usize {
  const classes = classTable();
  let afterBoth: usize = 0;
  let char = charAt(classes, at, end);
  while (classOf(char) == Class.Upper || classOf(char) == Class.Letter || classOf(char) == Class.Mark) {
    at += widthOf(char);
    if (classOf(char) != Class.Upper) afterBoth = at;
    char = charAt(classes, at, end);
  }
  if (classOf(char) != Class.Lower) return afterBoth;
  while (classOf(char) == Class.Lower || classOf(char) == Class.Letter || classOf(char) == Class.Mark) {
    at += widthOf(char);
    char = charAt(classes, at, end);
  }
  return at;
}

/** `U+l*` after `U*l+` has failed, so all are upper case: its end, or 0. */
function upperWord(at: usize, end: usize): usize {
  const classes = classTable();
  const start = at;
  let char = charAt(classes, at, end);
  while (classOf(char) == Class.Upper) {
    at += widthOf(char);
    char = charAt(classes, at, end);
  }
  return at == start ? 0 : at;
}

/** `[\r\n/]*` */
function newlinesAndSlashes(at: usize, end: usize): usize {
  while (at < end && (load<u8>(at) == 0x0a || load<u8>(at) == 0x0d || load<u8>(at) == 0x2f)) at += 1;
  return at;
}
