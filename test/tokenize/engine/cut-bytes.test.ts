/** Cuts between bytes that no piece joins: which cuts there are, and that they change no token. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJoinedBytes } from '../../../src/tokenize/engine/cut-bytes.ts';
import { openShared, shareTokenizer } from '../../../src/tokenize/engine/kernel-tokenizer.ts';
import type { BpeVocabulary, UnknownUnits } from '../../../src/tokenize/model.ts';
import { createReferenceTokenizer } from '../../../src/tokenize/plain/reference.ts';
import { fuzz } from '../../support/fuzz.ts';
import { madeModel } from '../made-model.ts';

const noUnknown: UnknownUnits = { bytes: null, id: null, fuse: false };

function ofTexts(texts: readonly string[], more: Partial<BpeVocabulary> = {}): BpeVocabulary {
  return {
    kind: 'bpe',
    pieces: texts.map((text) => Buffer.from(text)),
    ignoreMerges: false,
    merges: 'ranks',
    units: 'characters',
    unknown: { ...noUnknown, bytes: new Uint32Array(256) },
    ...more,
  };
}

function staysTogether(vocabulary: BpeVocabulary, left: string, right: string): boolean {
  const joined = findJoinedBytes(vocabulary, true)!;
  const [a, b] = [Buffer.from(left).at(-1)!, Buffer.from(right)[0]!];
  return ((joined[(a << 5) | (b >> 3)]! >> (b & 7)) & 1) === 1;
}

test('two bytes stay together where a piece has them', () => {
  const vocabulary = ofTexts(['a', 'b', '\u2581', 'ab', '\u2581a', 'é', 'bé']);
  expect(staysTogether(vocabulary, 'a', 'b')).toBe(true);
  expect(staysTogether(vocabulary, 'b', 'a')).toBe(false);
  expect(staysTogether(vocabulary, ' ', 'a')).toBe(true);
  expect(staysTogether(vocabulary, 'a', ' ')).toBe(false);
  expect(staysTogether(vocabulary, 'b', 'é')).toBe(true);
  expect(staysTogether(vocabulary, 'é', 'a')).toBe(false);
});

test('unknown units are held together where they may fuse, and with all beside them where they may be dropped', () => {
  const texts = ['a', 'b', '\u2581'];
  const fusing = ofTexts(texts, { unknown: { bytes: null, id: 0, fuse: true } });
  expect(staysTogether(fusing, 'z', 'ж')).toBe(true);
  expect(staysTogether(fusing, 'a', 'z')).toBe(false);
  const dropping = ofTexts(texts, { unknown: noUnknown });
  expect(staysTogether(dropping, 'a', 'z')).toBe(true);
  expect(staysTogether(dropping, 'z', 'b')).toBe(true);
  expect(staysTogether(dropping, 'a', 'b')).toBe(false);
});

test('a pretoken that is looked up whole is not cut', () => {
  expect(findJoinedBytes(ofTexts(['a'], { ignoreMerges: true }), false)).toBe(null);
});

test('no token changes, whatever the vocabulary', async () => {
  const letters = ['a', 'b', ' ', 'é', 'ж', '.'];
  const piece = fc
    .array(fc.constantFrom(...letters), { minLength: 2, maxLength: 4 })
    .map((parts) => parts.join(''));
  const unknowns: UnknownUnits[] = [
    noUnknown,
    { bytes: null, id: 0, fuse: false },
    { bytes: null, id: 0, fuse: true },
    { bytes: Uint32Array.from({ length: 256 }, (_, byte) => 1_000 + byte), id: null, fuse: false },
  ];
  const cases = fc.record({
    singles: fc.subarray(letters, { minLength: 1 }),
    longer: fc.uniqueArray(piece, { maxLength: 12 }),
    unknown: fc.constantFrom(...unknowns),
    texts: fc.array(
      fc.array(fc.constantFrom(...letters, 'z', '漢'), { maxLength: 40 }).map((parts) => parts.join('')),
      { minLength: 8, maxLength: 8 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ singles, longer, unknown, texts }) => {
      const known = longer.filter((some) => [...some].every((letter) => singles.includes(letter)));
      const pieces = ['\u0001', ...singles, ...known];
      const model = madeModel(ofTexts(pieces, { unknown }));
      const shared = await shareTokenizer(model);
      if ('unsupported' in shared) throw new Error(shared.unsupported);
      const kernel = await openShared(shared, 2 ** 24);
      const plain = createReferenceTokenizer(model);
      const bytes = Buffer.from(texts.join(''));
      let end = 0;
      const ends = texts.map((text) => (end += Buffer.byteLength(text)));
      const wanted = plain.encode(bytes, ends);
      const found = kernel.encode(bytes, ends);
      expect([...found.tokens]).toEqual([...wanted.tokens]);
      expect([...found.lengths]).toEqual([...wanted.lengths]);
    }),
    fuzz(20),
  );
});
