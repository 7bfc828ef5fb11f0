/** Unigram of a tokenizer.json: kernel, plain engine and native library give the same tokens, whatever the scores. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tokenizer } from '../../src/nouns/tokens.ts';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import { modelFromHf } from '../../src/tokenize/files/from-hf.ts';
import { createReferenceTokenizer } from '../../src/tokenize/plain/reference.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { makeCharsmap } from './charsmap-maker.ts';
import { nativeOracle } from './oracles.ts';
import { hostileText } from './texts.ts';

type Piece = readonly [piece: string, score: number];

interface Settings {
  readonly split?: boolean;
  readonly scheme?: 'always' | 'first' | 'never';
  readonly byteFallback?: boolean;
  readonly metaspace?: boolean;
  readonly unk?: number;
  readonly normalizer?: unknown;
  /** Cut at white space first, as T5 is. */
  readonly words?: boolean;
}

function unigramFile(pieces: readonly Piece[], settings: Settings = {}): Buffer {
  const { split = true, scheme = 'always', byteFallback = false, unk = 0, normalizer = null } = settings;
  const { words = false } = settings;
  const metaspace = { type: 'Metaspace', replacement: '\u2581', prepend_scheme: scheme, split };
  return Buffer.from(
    JSON.stringify({
      added_tokens: [],
      normalizer,
      pre_tokenizer: words
        ? { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace] }
        : metaspace,
      post_processor: null,
      decoder: null,
      model: { type: 'Unigram', unk_id: unk, vocab: pieces, byte_fallback: byteFallback },
    }),
  );
}

async function open(file: Buffer): Promise<{ kernel: Tokenizer['encode']; plain: Tokenizer['encode'] }> {
  const model = modelFromHf('x', file, null);
  if ('unsupported' in model) throw new Error(model.unsupported);
  const shared = await shareTokenizer(model);
  if ('unsupported' in shared) throw new Error(shared.unsupported);
  return { kernel: (await openShared(shared)).encode, plain: createReferenceTokenizer(model).encode };
}

function encodeAll(encode: Tokenizer['encode'], texts: readonly string[]): number[][] {
  const parts = texts.map((text) => Buffer.from(text));
  let end = 0;
  const { tokens, lengths } = encode(
    Buffer.concat(parts),
    parts.map((part) => (end += part.length)),
  );
  let at = 0;
  return Array.from(lengths, (length) => {
    at += length;
    return Array.from(tokens.subarray(at - length, at));
  });
}

async function expectNative(file: Buffer, texts: readonly string[]): Promise<void> {
  // The native library is told apart from what JavaScript's strings can hold.
  const formed = texts.map((text) => Buffer.from(text).toString());
  const wanted = (await nativeOracle(file).tokens(formed)).map((ids) => Array.from(ids));
  const { kernel, plain } = await open(file);
  expect(encodeAll(plain, formed)).toEqual(wanted);
  expect(encodeAll(kernel, formed)).toEqual(wanted);
}

const letters = ['a', 'b', 'c', 'é', '我', '👍', '\u2581'];
const byteTokens: Piece[] = Array.from({ length: 256 }, (_, byte) => [
  `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  0,
]);

/** Few letters and few scores, so that many segmentations of a text have the same one. */
const vocabulary: fc.Arbitrary<Piece[]> = fc
  .array(
    fc.tuple(
      fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
      fc.constantFrom(-1, -2, -3, -4, -0.5, -1.5, 0, -2.25, -0.1, -0.2, -0.3, 20),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((pieces) => [['<unk>', 0], ['\u2581', -2], ...pieces] as Piece[]);

/** Of letters, ligatures and characters that are dropped. */
const rules = { '\ufb01': 'fi', '\u0001': '', '\u200b': ' ', '\ufdfa': 'a b c', '\u00fc': 'u' };
const charsmap = Buffer.from(makeCharsmap(rules)).toString('base64');

const text = fc
  .array(fc.constantFrom(...letters, ' ', '  ', 'd', 'ü', '<unk>', '<0x41>', '\n'), {
    maxLength: 40,
    size: 'max',
  })
  .map((parts) => parts.join(''));

describe('random vocabularies', () => {
  for (const settings of [
    {},
    { split: false },
    { scheme: 'first' },
    { scheme: 'never', split: false },
    { byteFallback: true },
    { byteFallback: true, split: false },
    { words: true },
  ] as Settings[]) {
    test(
      `have the native library's tokens: ${JSON.stringify(settings)}`,
      async () => {
        await fc.assert(
          fc.asyncProperty(
            vocabulary,
            fc.array(text, { minLength: 1, maxLength: 20 }),
            async (pieces, texts) => {
              const all = settings.byteFallback ? [...pieces, ...byteTokens] : pieces;
              await expectNative(unigramFile(all, settings), texts);
            },
          ),
          fuzz(15),
        );
      },
      fuzzTimeout(60_000),
    );
  }

  test(
    'with a prefix for the first part only, after normalizers',
    async () => {
      const replace = (pattern: object, content: string) => ({ type: 'Replace', pattern, content });
      const normalizers = fc.subarray(
        [
          { type: 'NFKC' },
          { type: 'NFD' },
          { type: 'Lowercase' },
          { type: 'Strip', strip_left: false, strip_right: true },
          { type: 'Precompiled', precompiled_charsmap: charsmap },
          { type: 'Prepend', prepend: 'a' },
          replace({ Regex: ' {2,}' }, '\u2581'),
          replace({ Regex: 'ab?' }, 'cc'),
          replace({ String: 'ca' }, 'b'),
        ],
        { minLength: 1, maxLength: 3 },
      );
      const starts = fc.constantFrom(
        '',
        ' ',
        '\u0001',
        '\u200b',
        '\ufb01',
        '\ufdfa',
        '\u0301',
        'I\u0307',
        '\u2581',
      );
      const some = fc.array(
        fc.tuple(starts, text).map((parts) => parts.join('')),
        { minLength: 1, maxLength: 20 },
      );
      await fc.assert(
        fc.asyncProperty(vocabulary, normalizers, fc.boolean(), some, async (pieces, list, split, texts) => {
          const normalizer = { type: 'Sequence', normalizers: list };
          await expectNative(unigramFile(pieces, { scheme: 'first', split, normalizer }), texts);
        }),
        fuzz(30),
      );
    },
    fuzzTimeout(60_000),
  );

  test(
    'may lack U+2581, some bytes, and have their unknown token anywhere',
    async () => {
      const some = fc.tuple(
        vocabulary,
        fc.integer({ min: 0, max: 300 }),
        fc.nat(),
        fc.array(text, { minLength: 1 }),
      );
      await fc.assert(
        fc.asyncProperty(some, async ([pieces, missing, unk, texts]) => {
          const all = [
            ...pieces.filter(([piece]) => piece !== '\u2581'),
            ...byteTokens.toSpliced(missing, 1),
          ];
          const file = unigramFile(all, { byteFallback: true, unk: unk % pieces.length });
          const model = modelFromHf('x', file, null);
          if ('unsupported' in model) throw new Error(model.unsupported);
          const formed = texts.map((each) => Buffer.from(each).toString());
          const wanted = (await nativeOracle(file).tokens(formed)).map((ids) => Array.from(ids));
          expect(encodeAll(createReferenceTokenizer(model).encode, formed)).toEqual(wanted);
        }),
        fuzz(15),
      );
    },
    fuzzTimeout(60_000),
  );
});

/** A made vocabulary of real words' parts: all letters of a text, and its most frequent stretches. */
function madeVocabulary(): Piece[] {
  const sample =
    'the quick brown fox jumps over the lazy dog and then the other one, too; 我们 été naïve don\u2019t';
  const counts = new Map<string, number>();
  const words = sample.split(' ').map((word) => `\u2581${word}`);
  for (const word of words) {
    const chars = [...word];
    for (let from = 0; from < chars.length; from += 1)
      for (let to = from + 1; to <= Math.min(chars.length, from + 6); to += 1) {
        const piece = chars.slice(from, to).join('');
        counts.set(piece, (counts.get(piece) ?? 0) + 1);
      }
  }
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  return [
    ['<unk>', 0],
    ['</s>', 0],
    ...[...counts].map(([piece, count]): Piece => [piece, Math.log(count / total)]),
  ];
}

describe('a made vocabulary', () => {
  test('hostile strings', async () => {
    const texts = fc.sample(hostileText, { numRuns: 1_000, seed: 5 });
    for (const byteFallback of [false, true]) {
      const pieces = byteFallback ? [...madeVocabulary(), ...byteTokens] : madeVocabulary();
      await expectNative(unigramFile(pieces, { byteFallback }), texts);
      await expectNative(unigramFile(pieces, { byteFallback, split: false }), texts);
    }
  });

  test('the text of special and byte tokens is what the model has for it', async () => {
    const pieces = [...madeVocabulary(), ...byteTokens];
    await expectNative(unigramFile(pieces, { byteFallback: true }), [
      'a</s>b',
      '<unk>',
      'x<unk>y',
      '<0x0A>',
      '\u{1f44d}<unk>\u{1f44d}',
    ]);
  });

  test('long texts, with and without a place to cut', async () => {
    const size = 300_000;
    const { kernel, plain } = await open(unigramFile(madeVocabulary(), { split: false }));
    const texts = [
      'the other dog '.repeat(size / 14),
      'a'.repeat(size),
      'o'.repeat(size),
      'tthhee'.repeat(size / 6),
      '\u6211'.repeat(size / 3),
      '\u{1f44d}'.repeat(size / 4),
      ' '.repeat(size),
      `${'\u{1f44d}'.repeat(1000)}the ${'x'.repeat(2000)}`,
    ];
    for (const each of texts) expect(encodeAll(kernel, [each])).toEqual(encodeAll(plain, [each]));
    expect(encodeAll(kernel, texts)).toEqual(encodeAll(plain, texts));
  });
});

test('a piece that stands twice in the vocabulary counts twice for the ids of added tokens', async () => {
  const file = JSON.parse(
    unigramFile([
      ['<unk>', 0],
      ['\u2581', -2],
      ['a', -1],
      ['a', -1.5],
    ]).toString(),
  );
  file.added_tokens = [
    { ...{ id: 9, content: '<x>', special: false, normalized: false }, ...{ lstrip: false, rstrip: false } },
  ].map((token) => ({ ...token, single_word: false }));
  await expectNative(Buffer.from(JSON.stringify(file)), ['a<x>a', '<x>']);
});

test('segmentations that are equal but for rounding are told apart as the native library does', async () => {
  // Three spaces are one and two, or two and one: the sum of the scores before them decides.
  const file = unigramFile(
    [
      ['<unk>', 0],
      ['\u2581', -8.910598279044688],
      ['\u2581\u2581', -11.522764614381991],
      ['--', -3.5488526844630384],
      ['ß', -1.1920794714760259],
      ['12', -11.36778959735532],
      ['x', -1.9198330294065862],
      ['“', -3.8670675108334107],
      ['rarest', -11.952482295394333],
    ],
    { scheme: 'never', split: false },
  );
  await expectNative(file, ['--ß\n12x“\n   ']);
});
