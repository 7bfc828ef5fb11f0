/** Finding the texts of a list: compares WebAssembly and the search by first byte with a loop over places and texts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextFinder } from '../../../src/tokenize/engine/ascii/text-finder.ts';
import { fuzz } from '../../support/fuzz.ts';

const letters = ['\n', '\n\n', '\t', 'a', 'b', '<', '>', ' ', '\u2581', '\u00e9', 'ordinary words, '];
const some = (least: number, most: number) =>
  fc
    .array(fc.constantFrom(...letters), { minLength: least, maxLength: most, size: 'max' })
    .map((parts) => Buffer.from(parts.join('')));

test.each([
  ['any texts', fc.array(some(1, 4), { minLength: 1, maxLength: 8 })],
  [
    'texts that begin with one byte',
    fc
      .array(some(0, 3), { minLength: 1, maxLength: 8 })
      .map((texts) => texts.map((text) => Buffer.from(`<${text}`))),
  ],
])('%s', (_, lists) => {
  fc.assert(
    fc.property(lists, some(0, 200), fc.nat(10), fc.nat(10), (texts, text, before, after) => {
      const start = Math.min(before, text.length);
      const end = Math.max(start, text.length - after);
      const finder = createTextFinder(texts);
      finder.begin(text, start, end);
      const found: [number, string][] = [];
      for (let at = finder.next(start, end); at < end; ) {
        found.push([at, texts[finder.found]!.toString()]);
        at = finder.next(at + texts[finder.found]!.length, end);
      }

      const longestFirst = [...texts].sort((a, b) => b.length - a.length);
      const wanted: [number, string][] = [];
      for (let at = start; at < end; ) {
        const match = longestFirst.find(
          (each) => at + each.length <= end && text.subarray(at, at + each.length).equals(each),
        );
        if (match !== undefined) wanted.push([at, match.toString()]);
        at += match?.length ?? 1;
      }
      expect(found).toEqual(wanted);
    }),
    fuzz(500),
  );
});

test('more places than are asked for at once', () => {
  const finder = createTextFinder([Buffer.from('\n'), Buffer.from('ab')]);
  const text = Buffer.from('\nab'.repeat(3_000));
  finder.begin(text, 0, text.length);
  const places: number[] = [];
  for (let at = finder.next(0, text.length); at < text.length; ) {
    places.push(at);
    at = finder.next(at + (finder.found === 0 ? 1 : 2), text.length);
  }
  expect(places).toEqual(Array.from({ length: 6_000 }, (_, i) => Math.floor(i / 2) * 3 + (i % 2)));
});
