/** Unicode normalization of UTF-8. Text that does not change never becomes a string. */
import { PointFinder } from '../engine/ascii/point-finder.ts';
import type { Normalization } from '../model.ts';
import { normalize } from '../plain/normalize.ts';
import { categoryRanges, classSource, unite } from './unicode.ts';

/**
 * Bytes that become a string at once, from a character on that may change. The size grows if the next such character is
 * near.
 */
const smallestPiece = 256;
const largestPiece = 16 * 1024;
/**
 * For text shorter than this (often the text between added tokens), a loop is faster than the call and views of the
 * general way.
 */
const shortBytes = 128;

function isShortAscii(text: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at += 1) all |= text[at]!;
  return all < 0x80;
}

/**
 * Returns the normalized text, or null if normalization changes nothing. It works piece by piece, so that one mark in a
 * long document does not turn all of it into a string. A piece begins and ends before an ASCII character. In every
 * form, such a character neither moves nor composes with text before it, so each piece normalizes by itself.
 */
export function createFormNormalizer(
  form: Normalization,
): (text: Uint8Array, start: number, end: number) => Uint8Array | null {
  const finder = new PointFinder(createChangeTest(form));
  return (text, start, end) => {
    if (end - start < shortBytes && isShortAscii(text, start, end)) return null;
    finder.begin(text, start, end);
    const parts: Uint8Array[] = [];
    /** The text up to this place is in `parts`. */
    let done = start;
    /** The end of the last piece. */
    let last = start;
    let size = smallestPiece;
    for (let found = finder.next(start, end); found < end; found = finder.next(last, end)) {
      size = found - last < smallestPiece ? Math.min(2 * size, largestPiece) : smallestPiece;
      let from = found;
      while (from > last && text[from]! >= 0x80) from -= 1;
      let to = Math.min(end, found + size);
      while (to < end && text[to]! >= 0x80) to += 1;
      last = to;
      const before = Buffer.from(text.buffer, text.byteOffset + from, to - from).toString();
      const after = normalize(before, form);
      if (after === before) continue;
      parts.push(text.subarray(done, from), Buffer.from(after));
      done = to;
    }
    return parts.length === 0 ? null : Buffer.concat([...parts, text.subarray(done, end)]);
  };
}

/**
 * Tests whether normalization may change a text that has this character. If the answer is false for all characters of a
 * text, the text does not change: each character alone stays as it is, and is neither a mark nor a conjoining Hangul
 * vowel or final, so it neither moves nor composes with the one before it.
 */
function createChangeTest(form: Normalization): (point: number) => boolean {
  const joins = new RegExp(classSource(unite([...categoryRanges('M')!, [0x1160, 0x11ff]])), 'u');
  return (point) => {
    const char = String.fromCodePoint(point);
    return joins.test(char) || char.normalize(form) !== char;
  };
}
