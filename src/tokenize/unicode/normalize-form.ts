/** Unicode normalization of UTF-8: text that needs none never becomes a string. */
import { PointFinder } from '../engine/ascii/point-finder.ts';
import type { Normalization } from '../model.ts';
import { normalize } from '../plain/normalize.ts';
import { categoryRanges, classSource, unite } from './unicode.ts';

/** Bytes after a character that may change that become a string with it; more where the next one comes soon. */
const smallestPiece = 256;
const largestPiece = 16 * 1024;
/** Text between added tokens is often shorter than that: a loop is faster than the call and the views of the way for longer text. */
const shortBytes = 128;

function isShortAscii(text: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at += 1) all |= text[at]!;
  return all < 0x80;
}

/**
 * The normalized text, or null where normalization changes nothing. Piece by piece, so that a mark in a long document does
 * not make all of it a string. A piece begins and ends before an ASCII character: that one neither moves nor composes with what
 * is before it, in any form, so the pieces normalize by themselves.
 */
export function createFormNormalizer(
  form: Normalization,
): (text: Uint8Array, start: number, end: number) => Uint8Array | null {
  const finder = new PointFinder(createChangeTest(form));
  return (text, start, end) => {
    if (end - start < shortBytes && isShortAscii(text, start, end)) return null;
    finder.begin(text, start, end);
    const parts: Uint8Array[] = [];
    /** The text up to here is in `parts`. */
    let done = start;
    /** The last piece ended here. */
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
 * Whether normalization may change a text that has this character. False is exact, if it is false for all of a text: every
 * character stays as it is when it stands alone, and is neither a mark nor a conjoining Hangul vowel or final, so it
 * neither moves nor composes with the one before it.
 */
function createChangeTest(form: Normalization): (point: number) => boolean {
  const joins = new RegExp(classSource(unite([...categoryRanges('M')!, [0x1160, 0x11ff]])), 'u');
  return (point) => {
    const char = String.fromCodePoint(point);
    return joins.test(char) || char.normalize(form) !== char;
  };
}
