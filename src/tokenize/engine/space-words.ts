/**
 * Writes text with one space before each word and no other white space: T5's `WhitespaceSplit` and `Metaspace` in one
 * step.
 */
import { AsciiCopy, beginsStretch } from './ascii/copy-ascii.ts';
import { isMetaspaceAt, space } from './segments.ts';
import { spaceAt } from './space-bytes.ts';

/**
 * @param always whether a word that begins with U+2581 also gets a space before it
 * @returns a function whose result is valid until the next call. `underlines`: U+2581 becomes a space, and does not
 * separate
 *   words; `begins`: the first word does not continue a word of an earlier part
 */
export function createWordSpacer(
  always: boolean,
): (text: Uint8Array, start: number, end: number, underlines: boolean, begins: boolean) => Uint8Array {
  const isWhite = (byte: number) => byte === space || (byte >= 0x09 && byte <= 0x0d);
  const table = Array.from({ length: 128 }, (_, byte) => (isWhite(byte) ? space : byte));
  const out = new AsciiCopy(table, true);

  return (text, start, end, underlines, begins) => {
    out.begin(text, start, end);
    if (begins) {
      out.bytes[out.length++] = space;
      out.isAfterSpace = true;
    }
    for (let at = start; at < end; ) {
      const byte = text[at]!;
      if (byte < 0x80) {
        const reached = beginsStretch(text, at, end) ? out.copy(at, end) : at;
        if (reached > at) {
          at = reached;
          continue;
        }
        at += 1;
        put(table[byte]!);
        continue;
      }
      const white = spaceAt(text, at, end);
      if (white > 0) {
        at += white;
        put(space);
        continue;
      }
      if (underlines && isMetaspaceAt(text, at)) {
        at += 3;
        // After white space, U+2581 begins a word whose space is already written.
        if (out.isAfterSpace && !always) out.isAfterSpace = false;
        else out.bytes[out.length++] = space;
        out.isAfterSpace = false;
        continue;
      }
      out.isAfterSpace = false;
      do out.bytes[out.length++] = text[at++]!;
      while (at < end && (text[at]! & 0xc0) === 0x80);
    }
    if (out.isAfterSpace) out.length -= 1;
    return out.written();
  };

  function put(byte: number): void {
    if (byte === space && out.isAfterSpace) return;
    out.bytes[out.length++] = byte;
    out.isAfterSpace = byte === space;
  }
}
