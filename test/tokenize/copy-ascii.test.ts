/** Compares copies in WebAssembly with a loop over the bytes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AsciiCopy } from '../../src/tokenize/engine/ascii/copy-ascii.ts';
import { createWordSpacer } from '../../src/tokenize/engine/space-words.ts';
import { fuzz } from '../support/fuzz.ts';

const space = 0x20;
const text = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('a', 'Z', ' ', '  ', '\n', 'ordinary words, ', '<', '\u007f') },
      { weight: 1, arbitrary: fc.constantFrom('é', '我', '\u00a0', '\u2581', '\u3000', '👍', '\u0000') },
    ),
    { maxLength: 60, size: 'max' },
  )
  .map((parts) => Buffer.from(`xy${parts.join('')}`));

test('bytes become what the table says, up to one that the table does not know', () => {
  const table = fc.array(fc.constantFrom(-1, -2, -2, -2, -2, -2, space, 0x41), {
    minLength: 128,
    maxLength: 128,
  });
  fc.assert(
    fc.property(text, table, fc.boolean(), fc.boolean(), (bytes, kinds, collapses, after) => {
      const to = kinds.map((kind, byte) => (kind === -2 ? byte : kind));
      const copy = new AsciiCopy(to, collapses);
      copy.begin(bytes, 2, bytes.length);
      copy.isAfterSpace = after && collapses;
      const reached = copy.copy(2, bytes.length);
      const wanted: number[] = [];
      let isAfterSpace = after && collapses;
      let at = 2;
      // Where there is no room for a block the host does it all.
      for (; at < bytes.length && bytes.length >= 18; at += 1) {
        const byte = bytes[at]!;
        if (byte >= 0x80 || to[byte]! < 0 || (at + 1 < bytes.length && bytes[at + 1]! >= 0x80)) break;
        if (!(to[byte] === space && isAfterSpace)) wanted.push(to[byte]!);
        isAfterSpace = collapses && to[byte] === space;
      }
      expect(reached).toBe(at);
      expect(Array.from(copy.written())).toEqual(wanted);
      expect(copy.isAfterSpace).toBe(isAfterSpace);
    }),
    fuzz(1_000),
  );
});

test('what does not stay is found', () => {
  fc.assert(
    fc.property(
      text,
      fc.constantFrom(' ', 'aZ', '\n'),
      fc.boolean(),
      fc.boolean(),
      (bytes, set, pairs, high) => {
        const copy = new AsciiCopy(
          Array.from({ length: 128 }, (_, byte) => (set.includes(String.fromCharCode(byte)) ? -1 : byte)),
          false,
        );
        const isFound = (at: number) =>
          at < bytes.length && (bytes[at]! < 0x80 ? set.includes(String.fromCharCode(bytes[at]!)) : high);
        copy.begin(bytes, 2, bytes.length);
        let wanted = 2;
        while (wanted < bytes.length && !(isFound(wanted) && (!pairs || isFound(wanted + 1)))) wanted += 1;
        const found = copy.find(2, bytes.length, pairs, high);
        // A single one at the end may be found as a pair with what lies behind the text.
        expect(found === wanted || (found === bytes.length - 1 && isFound(found))).toBe(true);
      },
    ),
    fuzz(1_000),
  );
});

test('every word gets a space before it', () => {
  fc.assert(
    fc.property(text, fc.boolean(), fc.boolean(), fc.boolean(), (bytes, always, underlines, begins) => {
      const spaced = createWordSpacer(always)(bytes, 2, bytes.length, underlines, begins);
      const whole = bytes.subarray(2).toString();
      const words = whole.split(/\p{White_Space}+/u).filter((word) => word !== '');
      const isInside = !begins && !/^\p{White_Space}/u.test(whole);
      const wanted = words.map((word, i) => {
        const before =
          (i === 0 && isInside) || (underlines && !always && word.startsWith('\u2581')) ? '' : ' ';
        return before + (underlines ? word.replaceAll('\u2581', ' ') : word);
      });
      expect(Buffer.from(spaced).toString()).toBe(wanted.join(''));
    }),
    fuzz(1_000),
  );
});
