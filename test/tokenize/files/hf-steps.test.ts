/**
 * Compares pre-tokenizers of a tokenizer.json, as split steps, with the native library: all code points, hostile texts.
 */
import fc from 'fast-check';
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { planPreparation } from '../../../src/tokenize/engine/plan-preparation.ts';
import { readTextSteps } from '../../../src/tokenize/files/hf-steps.ts';
import { numberClass } from '../../../src/tokenize/files/patterns.ts';
import { createMatcher } from '../../../src/tokenize/pattern/match.ts';
import { splitText } from '../../../src/tokenize/pattern/split.ts';
import { createPretokenizer } from '../../../src/tokenize/plain/pretokenize.ts';
import { classRanges } from '../../../src/tokenize/unicode/hf-classes.ts';
import { fuzz, fuzzTimeout } from '../../support/fuzz.ts';
import { alphabetOf, madeFile } from '../made-file.ts';
import { prepared } from '../prepared.ts';
import { fuzzCount, hostileText, hostileTexts } from '../texts.ts';

type Part = { readonly type: string } & Readonly<Record<string, unknown>>;

const points = Array.from({ length: 0x110000 }, (_, point) => point)
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point));
const texts = hostileTexts(fuzzCount / 4, 12).map((text) => Buffer.from(text).toString());

const behaviors = ['Isolated', 'Removed', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];
const byteLevel = (use_regex = true, add_prefix_space = false): Part => ({
  type: 'ByteLevel',
  add_prefix_space,
  trim_offsets: true,
  use_regex,
});
const split = (pattern: object, behavior: string, invert = false): Part => ({
  type: 'Split',
  pattern,
  behavior,
  invert,
});
const metaspace = (prepend_scheme: string, splits = true): Part => ({
  type: 'Metaspace',
  replacement: '\u2581',
  prepend_scheme,
  split: splits,
});

const classes: Readonly<Record<string, readonly Part[]>> = {
  'single digits': [{ type: 'Digits', individual_digits: true }],
  digits: [{ type: 'Digits', individual_digits: false }],
  ...Object.fromEntries(
    behaviors.map((behavior) => [`punctuation ${behavior}`, [{ type: 'Punctuation', behavior }]]),
  ),
  'punctuation that does not say how': [{ type: 'Punctuation' }],
  Whitespace: [{ type: 'Whitespace' }],
  WhitespaceSplit: [{ type: 'WhitespaceSplit' }],
  BertPreTokenizer: [{ type: 'BertPreTokenizer' }],
};
const others: Readonly<Record<string, readonly Part[]>> = {
  ByteLevel: [byteLevel()],
  CharDelimiterSplit: [{ type: 'CharDelimiterSplit', delimiter: '-' }],
  'CharDelimiterSplit at an operator': [{ type: 'CharDelimiterSplit', delimiter: '$' }],
  FixedLength: [{ type: 'FixedLength', length: 3 }],
  ...Object.fromEntries(
    behaviors.flatMap((behavior) =>
      [false, true].flatMap((invert) => [
        [`Split at a pattern ${behavior} ${invert}`, [split({ Regex: '[a-z]+|\\s|1' }, behavior, invert)]],
        [`Split at a text ${behavior} ${invert}`, [split({ String: '.' }, behavior, invert)]],
      ]),
    ),
  ),
  'Falcon: steps after ByteLevel': [
    { type: 'Punctuation', behavior: 'Contiguous' },
    byteLevel(),
    { type: 'Digits', individual_digits: false },
    split({ Regex: '[0-9][0-9][0-9]' }, 'Isolated'),
  ],
  'a prefix space before each word': [{ type: 'WhitespaceSplit' }, byteLevel(true, true)],
  'a prefix space before each part': [{ type: 'Digits', individual_digits: true }, byteLevel(false, true)],
  'a prefix space': [byteLevel(true, true)],
  T5: [{ type: 'WhitespaceSplit' }, metaspace('always')],
  'T5 with a prefix for the first word': [{ type: 'WhitespaceSplit' }, metaspace('first')],
  'T5 without a prefix': [{ type: 'WhitespaceSplit' }, metaspace('never')],
  'Metaspace, then digits': [metaspace('first'), { type: 'Digits', individual_digits: true }],
  'Metaspace that does not split, then punctuation': [metaspace('always', false), { type: 'Punctuation' }],
};

const inAlphabet = (text: string) => Array.from(Buffer.from(text), alphabetOf).join('');

/** Our pieces, in the byte alphabet if the native library has them so. */
function piecesOf(parts: readonly Part[]): (text: string) => string[] {
  const pre_tokenizer = { type: 'Sequence', pretokenizers: parts };
  const { steps, byteLevel: inBytes } = readTextSteps({ pre_tokenizer, model: {} }, new Map());
  const over = (which: string) => steps.splits.filter((step) => step.over === which);
  const pretokenize = createPretokenizer({ ...steps, splits: over('characters') });
  const after = over('byte-alphabet').map((step) => {
    const findMatches = createMatcher(step.pattern, step.syntax);
    return (text: string) => splitText(text, findMatches(text), step);
  });
  return (text) => {
    let pieces = pretokenize(text, false).map(String);
    if (inBytes) pieces = pieces.map(inAlphabet);
    for (const cut of after) pieces = pieces.flatMap(cut);
    return pieces;
  };
}

function nativePieces(parts: readonly Part[]): (text: string) => string[] {
  const file = madeFile({ pre_tokenizer: { type: 'Sequence', pretokenizers: parts } });
  const native = NativeTokenizer.fromString(file.toString()).getPreTokenizer()!;
  return (text) => (text === '' ? [] : native.preTokenizeString(text)!.map(([piece]) => piece));
}

describe.each(Object.entries({ ...classes, ...others }))('%s', (name, parts) => {
  const ours = piecesOf(parts);
  const native = nativePieces(parts);

  test.runIf(name in classes)(
    'every code point',
    () => {
      for (let at = 0; at < points.length; at += 512) {
        const some = points.slice(at, at + 512);
        const text = some.map((char) => `a${char}`).join('');
        expect(ours(text)).toEqual(native(text));
      }
    },
    60_000,
  );

  test('hostile texts', () => {
    for (const text of texts) expect([text, ...ours(text)]).toEqual([text, ...native(text)]);
  });
});

test(
  'steps in any order',
  () => {
    const part = fc.constantFrom<Part>(
      ...Object.values(classes).flat(),
      split({ Regex: 'a|\\s+' }, 'MergedWithNext'),
      split({ String: ' ' }, 'MergedWithPrevious'),
      split({ Regex: '\\p{L}+' }, 'Removed', true),
      byteLevel(false),
      byteLevel(true, true),
      metaspace('always'),
      metaspace('never', false),
    );
    let compared = 0;
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.array(hostileText), (parts, some) => {
        let ours: (text: string) => string[];
        try {
          ours = piecesOf(parts);
        } catch {
          return;
        }
        const native = nativePieces(parts);
        for (const hostile of some) {
          const text = Buffer.from(hostile).toString();
          expect([text, ...ours(text)]).toEqual([text, ...native(text)]);
          compared += 1;
        }
      }),
      fuzz(200),
    );
    expect(compared).toBeGreaterThan(100);
  },
  fuzzTimeout(60_000),
);

test('words that get a prefix are the same in bytes', () => {
  for (const parts of [
    others.T5!,
    others['T5 without a prefix']!,
    others['T5 with a prefix for the first word']!,
    others['a prefix space before each word']!,
  ]) {
    const pre_tokenizer = { type: 'Sequence', pretokenizers: parts };
    const { steps } = readTextSteps({ pre_tokenizer, model: {} }, new Map());
    const plan = planPreparation({ ...steps, splits: [] });
    if ('unsupported' in plan) throw new Error(plan.unsupported);
    // The kernel cuts at spaces.
    const metaspace = steps.metaspace === null ? null : { ...steps.metaspace, split: false };
    const pretokenize = createPretokenizer({ ...steps, metaspace, splits: [] });
    const wanted = texts.map((text) => {
      const words = pretokenize(text, false).map((piece) =>
        steps.metaspace ? String(piece).replaceAll('\u2581', ' ') : piece,
      );
      return plan.words === 'together' && words.length > 0 ? [words.join('')] : words;
    });
    expect(prepared(plan, texts)).toEqual(wanted);
  }
});

test('the class of numbers in patterns has the numbers of Digits', () => {
  const findNumbers = createMatcher(numberClass, 'oniguruma');
  const found = points.filter((char) => findNumbers(char).length > 0);
  const numbers = classRanges('numbers').flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i)),
  );
  expect(found).toEqual(numbers);
});

test.each([
  ['ByteLevel twice', [byteLevel(), byteLevel()], 'ByteLevel after ByteLevel'],
  ['a metaspace after ByteLevel', [byteLevel(), metaspace('never')], 'a metaspace after ByteLevel'],
  ['ByteLevel after a metaspace', [metaspace('never'), byteLevel()], 'ByteLevel after a metaspace'],
  ['scripts', [{ type: 'UnicodeScripts' }], 'the pre-tokenizer UnicodeScripts'],
  ['a prefix for the first part', [{ type: 'Punctuation' }, metaspace('first')], 'after a split'],
  ['a split without a pattern', [split({}, 'Isolated')], 'without a pattern'],
  ['a split with a behavior that is none', [split({ String: 'a' }, 'isolated')], 'the behavior isolated'],
])('%s is refused', (_, parts: readonly Part[], why) => {
  expect(() => piecesOf(parts)).toThrow(why);
});
