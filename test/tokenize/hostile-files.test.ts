/**
 * Mutants of small tokenizer files: each one either loads, and then tokenizes and decodes without an error, or is
 * refused with a LongmixError, in bounded time. There are 500 by default; LONGMIX_FUZZ gives more.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { LongmixError } from '../../src/errors.ts';
import { bytesOfByteLevel } from '../../src/tokenize/engine/byte-level.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-'));
afterAll(() => rmSync(folder, { recursive: true }));

const longestMs = 10_000;
const text = Buffer.from("It's abab: caf\u00e9 12345 <|end|> <x>\r\n\r\n\t\u4f60\u597d \u{1f44d}");

const bytes = Array.from({ length: 256 }, (_, byte) => byte);
const more = ['ab', 'abab', ' a', '12', '\n\n'];
const pieces = [...bytes.map((byte) => Buffer.from([byte])), ...more.map((piece) => Buffer.from(piece))];
const base64 = pieces.map((piece) => piece.toString('base64'));

/** GPT-2's letter of each byte. */
const letters = new Map(
  Array.from({ length: 0x180 }, (_, point) => String.fromCodePoint(point)).flatMap(
    (char): [number, string][] => {
      const byte = bytesOfByteLevel(char)?.[0];
      return byte === undefined ? [] : [[byte, char]];
    },
  ),
);
const byteLevelOf = (piece: Uint8Array) => Array.from(piece, (byte) => letters.get(byte)!).join('');

const byteVocab = Object.fromEntries(pieces.map((piece, id) => [byteLevelOf(piece), id]));
const letter = (piece: string) => byteLevelOf(Buffer.from(piece));
const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
const byteLevelFile = {
  version: '1.0',
  added_tokens: [
    { id: 261, content: '<|end|>', special: true, ...flags },
    { id: 262, content: '<x>', special: false, ...flags },
  ],
  normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }] },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      {
        type: 'Split',
        pattern: { Regex: '\\p{N}{1,3}| ?[^\\s\\p{N}]+|\\s+' },
        behavior: 'Isolated',
        invert: false,
      },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    ],
  },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: {
    ...{ type: 'BPE', dropout: null, unk_token: null, fuse_unk: false, byte_fallback: false },
    vocab: byteVocab,
    merges: [
      ['a', 'b'],
      ['ab', 'ab'],
      [letter(' '), 'a'],
      ['1', '2'],
      [letter('\n'), letter('\n')],
    ],
  },
};
const characterFile = {
  added_tokens: [{ id: 0, content: '<unk>', special: true, ...flags }],
  normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
  pre_tokenizer: null,
  decoder: null,
  model: {
    ...{ type: 'BPE', unk_token: '<unk>', fuse_unk: true, byte_fallback: true, ignore_merges: false },
    vocab: Object.fromEntries(
      [
        '<unk>',
        ...bytes.map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
        ...['\u2581', 'a', 'b', 'ab', '\u2581a'],
      ].map((token, id) => [token, id]),
    ),
    merges: ['a b', '\u2581 a'],
  },
};
const unigramFile = {
  added_tokens: [{ id: 0, content: '<unk>', special: true, ...flags }],
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true },
  decoder: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true },
  model: {
    type: 'Unigram',
    unk_id: 0,
    byte_fallback: false,
    vocab: [
      ['<unk>', 0],
      ['\u2581', -2],
      ['a', -3],
      ['b', -3.5],
      ['ab', -4],
    ],
  },
};
const tekkenFile = {
  config: {
    pattern: '[^\\s]+|\\s+',
    ...{ num_vocab_tokens: 261, default_vocab_size: 271, default_num_special_tokens: 10, version: 'v11' },
  },
  vocab: base64.map((token_bytes, rank) => ({ rank, token_bytes, token_str: null })),
  special_tokens: ['<unk>', '<s>', '</s>'].map((token_str, rank) => ({ rank, token_str, is_control: true })),
};
const tiktokenFile = base64.map((token, rank) => `${token} ${rank}\n`).join('');

const hostileValues: unknown[] = [
  ...[null, true, false, -1, 0, 1, 1.5, 255, 270, 3e6, 1e8, 1e9, 2 ** 31, 2 ** 53, 1e300],
  ...[
    '',
    'a',
    '\ud800',
    '__proto__',
    'Sequence',
    'BPE',
    'Unigram',
    'NFKC',
    '(',
    '(?=a)*',
    '\\p{Han}+',
    'x'.repeat(70_000),
  ],
  ...[[], {}, [[]], { type: 'Lowercase' }, { Regex: '[' }, { String: '' }, [null], { a: 1 }],
];

/** A change at a place of the value; `at` picks the way down. */
function mutate(value: unknown, at: readonly number[], kind: number, put: unknown): unknown {
  if (typeof value !== 'object' || value === null || at.length === 0) return put;
  const keys = Object.keys(value);
  if (keys.length === 0) return put;
  const key = keys[at[0]! % keys.length]!;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  const inner = copy[key];
  if (at.length > 1 && typeof inner === 'object' && inner !== null) {
    copy[key] = mutate(inner, at.slice(1), kind, put);
  } else if (kind === 0) {
    delete copy[key];
  } else if (kind === 1) {
    copy[keys[(at[0]! * 7) % keys.length]!] = inner;
  } else {
    copy[key] = put;
  }
  return copy;
}

const place = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 6 });
const changes = fc.array(fc.record({ at: place, kind: fc.nat(5), put: fc.constantFrom(...hostileValues) }), {
  minLength: 1,
  maxLength: 3,
});
const cuts = fc.record({
  from: fc.nat(20_000),
  length: fc.nat(40),
  put: fc.constantFrom('', '0', '"', '\n', ' ', '9999999', '\u0000', '{'),
});

const mutants = fc.oneof(
  fc
    .tuple(fc.constantFrom(byteLevelFile, characterFile, unigramFile, tekkenFile), changes)
    .map(([file, list]) =>
      JSON.stringify(
        list.reduce<unknown>((value, { at, kind, put }) => mutate(value, at, kind, put), file) ?? null,
      ),
    ),
  fc
    .tuple(fc.constantFrom(tiktokenFile, JSON.stringify(byteLevelFile), JSON.stringify(tekkenFile)), cuts)
    .map(([whole, { from, length, put }]) => {
      const at = from % whole.length;
      return whole.slice(0, at) + put + whole.slice(at + length);
    }),
);

async function load(content: string, number: number): Promise<'loaded' | 'refused'> {
  const file = join(
    folder,
    `${number % 8}.json`.replace('.json', content.startsWith('{') ? '.json' : '.model'),
  );
  writeFileSync(file, content);
  const isTiktoken = file.endsWith('.model');
  try {
    const tokenizer = await loadTokenizer({ file, pattern: isTiktoken ? 'gpt2' : null });
    const { tokens, lengths } = tokenizer.encode(text, [text.length]);
    expect(lengths[0]).toBe(tokens.length);
    for (const token of tokens) expect(token).toBeLessThan(tokenizer.vocabularySize);
    tokenizer.decode(tokens);
    return 'loaded';
  } catch (error) {
    if (error instanceof LongmixError) return 'refused';
    throw error;
  }
}

test.each([
  ['byte-level BPE', byteLevelFile],
  ['BPE of characters', characterFile],
  ['Unigram', unigramFile],
  ['tekken', tekkenFile],
  ['tiktoken', tiktokenFile],
])('%s is loaded as it is', async (_, file) => {
  expect(await load(typeof file === 'string' ? file : JSON.stringify(file), 0)).toBe('loaded');
});

test(
  'mutants are loaded or refused, soon',
  async () => {
    let number = 0;
    const outcomes = { loaded: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(mutants, async (content) => {
        const start = performance.now();
        outcomes[await load(content, number++)] += 1;
        expect(performance.now() - start).toBeLessThan(longestMs);
      }),
      fuzz(150),
    );
    // Of both there are many, or the mutants are of no use.
    expect(Math.min(outcomes.loaded, outcomes.refused)).toBeGreaterThan(number / 25);
  },
  fuzzTimeout(600_000),
);
