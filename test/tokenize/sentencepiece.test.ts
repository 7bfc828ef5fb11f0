/**
 * Compares SentencePiece .model files with the sentencepiece package in Python, which also trains them: BPE and Unigram
 * with each option that affects tokens. Tests of damaged files need no Python.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import { modelFromSentencePiece } from '../../src/tokenize/files/from-sentencepiece.ts';
import { createReferenceTokenizer, createTokenDecoder } from '../../src/tokenize/plain/reference.ts';
import { fuzzTimeout } from '../support/fuzz.ts';
import { askPeer, peersMissing, pythonFile } from '../support/peers.ts';
import { expectAgreement } from './agreement.ts';
import { corpusTexts, hostileTexts, sampleTexts } from './texts.ts';

const missing = peersMissing();
const folder = mkdtempSync(join(tmpdir(), 'longmix-sentencepiece-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const identity = { normalization_rule_name: 'identity', remove_extra_whitespaces: false };
const symbols = ['foo', '<sep>', '\u2581\u2581', 'the', 'e\u0301', '\n', '\uff21'];
const unigram = { model_type: 'unigram', vocab_size: 1_500, hard_vocab_limit: false };
const bpe = { model_type: 'bpe', vocab_size: 1_200 };
const made: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  unigram,
  'unigram, bytes, identity': { ...unigram, ...identity, byte_fallback: true },
  'unigram, case folded': { ...unigram, normalization_rule_name: 'nmt_nfkc_cf' },
  'unigram, space as suffix': { ...unigram, treat_whitespace_as_suffix: true },
  'unigram, no prefix': { ...unigram, add_dummy_prefix: false, remove_extra_whitespaces: false },
  'unigram, pieces over spaces': { ...unigram, split_by_whitespace: false },
  'unigram, user-defined': { ...unigram, user_defined_symbols: symbols, byte_fallback: true },
  bpe,
  'bpe, bytes, identity': { ...bpe, ...identity, byte_fallback: true, pad_id: 3 },
  'bpe, space as suffix': { ...bpe, treat_whitespace_as_suffix: true },
  'bpe, pieces over spaces': { ...bpe, split_by_whitespace: false, allow_whitespace_only_pieces: true },
  'bpe, user-defined': {
    ...bpe,
    user_defined_symbols: symbols,
    byte_fallback: true,
    remove_extra_whitespaces: false,
  },
};

const parts = [
  ...[
    'the',
    'foo',
    '<sep>',
    '<s>',
    '</s>',
    '<unk>',
    '<0x0A>',
    '\u2581',
    '\u2581\u2581',
    ' ',
    '  ',
    '   ',
    '\t',
    '\n',
  ],
  ...[
    '\r\n',
    'e\u0301',
    '\u0301',
    '\uff21',
    '\ufb01',
    '\u2460',
    '我们',
    '\u{1f44d}',
    '\u200b',
    '\u200d',
    '\u00a0',
  ],
  ...[
    '\u3000',
    '\ufdfa',
    '\u0001',
    '\u0000',
    '.\n',
    '\ufeff',
    'ß',
    'İ',
    'a',
    'b',
    '가',
    '\u1100\u1161',
    '½',
    '\u00a8',
  ],
];
const pieced = fc.sample(
  fc.array(fc.constantFrom(...parts), { maxLength: 14, size: 'max' }).map((all) => all.join('')),
  { numRuns: 1_500, seed: 7 },
);
const repeated = ['a', ' ', 'the ', '\u{1f44d}', '\n', 'ab', '\u2581', '='].map((some) => some.repeat(3_000));
// A lone surrogate has no UTF-8, which is what both sides get.
const texts = [
  ...pieced,
  ...hostileTexts(1_000),
  ...repeated,
  ...corpusTexts().slice(0, 40),
  ...sampleTexts().slice(0, 10),
].map((text) => Buffer.from(text).toString());

async function expectNative(file: string): Promise<void> {
  const { tokens } = await askPeer<{ tokens: number[][] }>({ engine: 'sentencepiece', file, texts });
  const oracle = { tokens: async () => tokens.map((ids) => Uint32Array.from(ids)) };
  const model = modelFromSentencePiece(file, readFileSync(file));
  const shared = await shareTokenizer(model);
  if ('unsupported' in shared) throw new Error(shared.unsupported);
  const kernel = { ...(await openShared(shared)), decode: createTokenDecoder(model), name: 'kernel' };
  await expectAgreement({ ...createReferenceTokenizer(model), name: 'plain' }, oracle, texts);
  await expectAgreement(kernel, oracle, texts);
}

describe.skipIf(missing !== null)('the library has the same tokens', () => {
  test.each(Object.entries(made))(
    '%s',
    async (name, options) => {
      const file = join(folder, `${name}.model`);
      const lines = sampleTexts().slice(0, 30);
      await askPeer({ make: 'sentencepiece', out: file, texts: lines, options });
      await expectNative(file);
    },
    fuzzTimeout(120_000),
  );

  const mistral = ['tokenizer.model.v1', 'mistral_instruct_tokenizer_241114.model.v7'];
  test.each(mistral)(
    '%s, whose runs of U+2581 have one score',
    async (name) => {
      const file = pythonFile(`mistral_common/data/${name}`);
      if (file !== null && existsSync(file)) await expectNative(file);
    },
    fuzzTimeout(120_000),
  );
});

/** A message's field: its number, then a text, bytes or a number. */
function field(number: number, value: Uint8Array | number): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

function piece(text: string, score: number, type = 1): Buffer {
  const bytes = Buffer.alloc(5, varint(2 * 8 + 5));
  bytes.writeFloatLE(score, 1);
  return field(1, Buffer.concat([field(1, Buffer.from(text)), bytes, field(3, type)]));
}

const pieces = [
  piece('<unk>', 0, 2),
  piece('<s>', 0, 3),
  piece('\u2581', -1),
  piece('a', -2),
  piece('\u2581a', -1.5),
];
const trainer = (type: number) => field(2, field(3, type));

test('a small model, by hand', () => {
  const model = modelFromSentencePiece('x', Buffer.concat([...pieces, trainer(1)]));
  const { encode } = createReferenceTokenizer(model);
  const ids = (text: string) => Array.from(encode(Buffer.from(text), [Buffer.byteLength(text)]).tokens);
  expect(ids('a  a b')).toEqual([4, 4, 2, 0]);
  expect(ids('<s>')).toEqual([2, 0]);
  expect([model.bosId, model.eosId, model.vocabularySize]).toEqual([1, null, 5]);
});

test('a file that is cut short anywhere is one clear error', () => {
  const whole = Buffer.concat([...pieces, trainer(1)]);
  const ends = new Set(pieces.map((_, i) => Buffer.concat(pieces.slice(0, i + 1)).length));
  for (let end = 1; end < whole.length; end += 1) {
    if (ends.has(end)) continue;
    expect(() => modelFromSentencePiece('x', whole.subarray(0, end))).toThrow(
      /not a whole SentencePiece model/,
    );
  }
});

test('damaged bytes are an error or a model, never a crash', () => {
  const whole = Buffer.concat([...pieces, trainer(2)]);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Buffer.from(whole);
      damaged[at] = byte;
      try {
        modelFromSentencePiece('x', damaged);
      } catch (error) {
        expect(error).toMatchObject({ code: 'tokenizer-bad' });
      }
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['words', [...pieces, trainer(3)], 'of the type "word"'],
  ['two pieces of one text', [...pieces, piece('a', -9), trainer(1)], 'is the text of pieces'],
  ['a piece without text', [...pieces, piece('', -9), trainer(1)], 'has no text'],
  ['no unknown piece', [...pieces.slice(1), trainer(1)], 'it has 0 unknown pieces'],
  ['a byte without byte_fallback', [...pieces, piece('<0x41>', 0, 6), trainer(1)], 'without byte_fallback'],
  ['byte_fallback without bytes', [...pieces, field(2, field(35, 1))], 'have no piece'],
  ['merges of one score', [...pieces, piece('aa', -1.5), trainer(2)], 'one order of all merges'],
  ['a merge of what is no piece', [...pieces, piece('ab', -9), trainer(2)], 'which is not a piece'],
  ['a damaged map', [...pieces, trainer(1), field(3, field(2, Buffer.from('abcdefgh')))], 'is damaged'],
])('%s is refused', (_, parts, message) => {
  expect(() => modelFromSentencePiece('x', Buffer.concat(parts))).toThrow(message);
});
