/** Unicode normalization of UTF-8: text that needs none never becomes a string. */
import { isAscii } from 'node:buffer';
import type { Normalization } from '../model.ts';
import { normalize } from '../plain/normalize.ts';
import { categoryRanges, classSource, unite } from './unicode.ts';

const pieceBytes = 16 * 1024;
/** Text between added tokens is often shorter than that: a loop is faster than the call and the views of the way for longer text. */
const shortBytes = 128;

function isShortAscii(text: Uint8Array, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at += 1) all |= text[at]!;
  return all < 0x80;
}

/**
 * The normalized text, or null where normalization changes nothing. Piece by piece, so that a mark in a long document does
 * not make all of it a string. A piece ends before an ASCII character: that one neither moves nor composes with what is
 * before it, in any form, so the pieces normalize by themselves.
 */
export function createFormNormalizer(
  form: Normalization,
): (text: Uint8Array, start: number, end: number) => Uint8Array | null {
  const mayChange = createChangeTest(form);
  return (text, start, end) => {
    if (end - start < shortBytes && isShortAscii(text, start, end)) return null;
    const parts: Uint8Array[] = [];
    let done = start;
    for (let at = start, next = start; at < end; at = next) {
      next = Math.min(end, at + pieceBytes);
      while (next < end && text[next]! >= 0x80) next += 1;
      if (!mayChange(text, at, next)) continue;
      const before = Buffer.from(text.buffer, text.byteOffset + at, next - at).toString();
      const after = normalize(before, form);
      if (after === before) continue;
      parts.push(text.subarray(done, at), Buffer.from(after));
      done = next;
    }
    return parts.length === 0 ? null : Buffer.concat([...parts, text.subarray(done, end)]);
  };
}

/**
 * Whether normalization may change the text. False is exact: every character stays as it is when it stands alone, and is
 * neither a mark nor a conjoining Hangul vowel or final, so it neither moves nor composes with the one before it.
 */
function createChangeTest(form: Normalization): (text: Uint8Array, start: number, end: number) => boolean {
  const joins = new RegExp(classSource(unite([...categoryRanges('M')!, [0x1160, 0x11ff]])), 'u');
  /** By code point: 0 not looked at yet, 1 stays, 2 may change. */
  const known = new Uint8Array(0x110000);
  const classify = (point: number): number => {
    const char = String.fromCodePoint(point);
    known[point] = joins.test(char) || char.normalize(form) !== char ? 2 : 1;
    return known[point]!;
  };
  return (text, start, end) => {
    if (isAscii(text.subarray(start, end))) return false;
    const { byteOffset } = text;
    const words = new Int32Array(text.buffer, 0, text.buffer.byteLength >> 2);
    for (let at = start; at < end; ) {
      const first = text[at]!;
      if (first < 0x80) {
        at += 1;
        // Ordinary text is ASCII for the most part: four bytes at a time.
        if (((byteOffset + at) & 3) !== 0) continue;
        while (at + 4 <= end && (words[(byteOffset + at) >> 2]! & 0x80808080) === 0) at += 4;
        continue;
      }
      let point: number;
      if (first < 0xe0) {
        point = ((first & 0x1f) << 6) | (text[at + 1]! & 0x3f);
        at += 2;
      } else if (first < 0xf0) {
        point = ((first & 0x0f) << 12) | ((text[at + 1]! & 0x3f) << 6) | (text[at + 2]! & 0x3f);
        at += 3;
      } else {
        point =
          ((first & 0x07) << 18) |
          ((text[at + 1]! & 0x3f) << 12) |
          ((text[at + 2]! & 0x3f) << 6) |
          (text[at + 3]! & 0x3f);
        at += 4;
      }
      if ((known[point] || classify(point)) === 2) return true;
    }
    return false;
  };
}
