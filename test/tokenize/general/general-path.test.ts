/** The general path gives the tokens of the native library, or refuses the tokenizer. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createGeneralTokenizer } from '../../../src/tokenize/general/general-path.ts';
import { expectAgreement } from '../agreement.ts';
import { nativeOracle } from '../oracles.ts';
import { smallFile } from '../small-file.ts';
import { sampleTexts } from '../texts.ts';

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789.,:;()[]{}-_#*/`\'"!?<>=+&@|');
const special = (id: number, content: string) => ({
  id,
  content,
  special: true,
  normalized: false,
  single_word: false,
  lstrip: false,
  rstrip: false,
});
const shared = { version: '1.0', truncation: null, padding: null, post_processor: null };

const wordPieces = [
  '[UNK]',
  '[CLS]',
  '[SEP]',
  ...letters,
  ...letters.map((char) => `##${char}`),
  'the',
  '##ing',
  'test',
  '##er',
];
const wordPiece = Buffer.from(
  JSON.stringify({
    ...shared,
    added_tokens: [special(0, '[UNK]'), special(1, '[CLS]'), special(2, '[SEP]')],
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(wordPieces.map((token, id) => [token, id])),
    },
  }),
);

const unigramPieces = ['<unk>', '</s>', '\u2581', ...letters, '\u2581the', 'ing', 'test', 'er', '\u2581a'];
const unigram = Buffer.from(
  JSON.stringify({
    ...shared,
    added_tokens: [special(0, '<unk>'), special(1, '</s>')],
    normalizer: null,
    pre_tokenizer: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true },
    decoder: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true },
    model: {
      type: 'Unigram',
      unk_id: 0,
      byte_fallback: false,
      vocab: unigramPieces.map((token, id) => [token, id < 2 ? 0 : -2 - id / 16]),
    },
  }),
);

const ascii = sampleTexts()
  .slice(0, 8)
  .map((text) => text.slice(0, 4_000).replace(/[^\x20-\x7e\n]/g, ''));

const fringe = [
  'a caf\u00e9, na\u00efve',
  '\u00bd\u00b2 x\u0663\u0664 12',
  'a\u00ab\u2014\u00bb...b ===- c',
  'x \u65e5\u672c\u8a9e \u6f22',
  'a  b\ufeff\u0085c ',
  '\t\n',
  ' ',
];
const texts = [...ascii, ...fringe, '', 'a [SEP] b </s>', 'a<unk>b <unk> <unk', 'the-test <x-1> x-1'];

/** The files above with other parts. */
const change = (bytes: Uint8Array, parts: object, model: object = {}) => {
  const file = JSON.parse(Buffer.from(bytes).toString());
  return Buffer.from(JSON.stringify({ ...file, ...parts, model: { ...file.model, ...model } }));
};
const sequence = (...pretokenizers: object[]) => ({ pre_tokenizer: { type: 'Sequence', pretokenizers } });
const split = (pattern: object, behavior: string, invert = false) => ({
  type: 'Split',
  pattern,
  behavior,
  invert,
});
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const metaspace = (more: object) => ({
  type: 'Metaspace',
  replacement: '\u2581',
  prepend_scheme: 'always',
  ...more,
});
const llama3 = Buffer.from(JSON.stringify(smallFile('llama3')));
const llama2 = Buffer.from(JSON.stringify(smallFile('llama2')));
const space = { String: ' ' };
const behaviors = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'];

test.each([
  ['WordPiece', wordPiece],
  ['WordPiece of words', change(wordPiece, { pre_tokenizer: { type: 'Whitespace' } })],
  ['Unigram', unigram],
  ['Unigram, NFKC', change(unigram, { normalizer: { type: 'NFKC' } })],
  ['Unigram in one piece', change(unigram, { pre_tokenizer: metaspace({ split: false, str_rep: '_' }) })],
  [
    'Unigram with pieces that span spaces',
    change(
      unigram,
      {},
      {
        vocab: [...JSON.parse(unigram.toString()).model.vocab, ['e\u2581t', -1], ['\u2581the\u2581test', -2]],
      },
    ),
  ],
  ['Unigram, words, then Metaspace', change(unigram, sequence({ type: 'WhitespaceSplit' }, metaspace({})))],
  ['BPE of characters', change(llama2, {}, { byte_fallback: false })],
  ['BPE of characters, unknown ones apart', change(llama2, {}, { byte_fallback: false, fuse_unk: false })],
  [
    'BPE of characters, Metaspace',
    change(
      llama2,
      { normalizer: null, pre_tokenizer: metaspace({ prepend_scheme: 'first' }) },
      { byte_fallback: false },
    ),
  ],
  [
    'BPE with a suffix',
    change(
      wordPiece,
      {
        ...sequence({ type: 'Whitespace' }, { type: 'Punctuation' }),
        normalizer: { type: 'Lowercase' },
        added_tokens: [],
        decoder: null,
      },
      {
        type: 'BPE',
        end_of_word_suffix: '</w>',
        continuing_subword_prefix: null,
        fuse_unk: false,
        vocab: { '[UNK]': 0, t: 1, h: 2, 'e</w>': 3, th: 4, 'the</w>': 5, 'a</w>': 6, '=</w>': 7 },
        merges: ['t h', 'th e</w>'],
      },
    ),
  ],
  [
    'numbers, then ByteLevel',
    change(
      llama3,
      sequence(
        { type: 'Punctuation' },
        { type: 'Digits', individual_digits: true },
        { ...byteLevel, use_regex: true },
      ),
    ),
  ],
  [
    'runs of numbers',
    change(
      llama3,
      sequence(
        { type: 'Punctuation', behavior: 'Contiguous' },
        { type: 'Digits', individual_digits: false },
        byteLevel,
      ),
    ),
  ],
  ['words, then ByteLevel', change(llama3, sequence({ type: 'WhitespaceSplit' }, byteLevel))],
  ['CharDelimiterSplit', change(llama3, sequence({ type: 'CharDelimiterSplit', delimiter: '-' }, byteLevel))],
  [
    'a split that drops all but numbers',
    change(llama3, sequence(split({ Regex: '\\p{N}' }, 'Removed', true), { ...byteLevel, use_regex: true })),
  ],
  [
    'Split by a text',
    change(
      llama3,
      sequence(split({ String: 'the' }, 'Isolated', true), split({ String: '..' }, 'Removed'), byteLevel),
    ),
  ],
  ...behaviors.map((behavior): [string, Buffer] => [
    `Split at spaces, ${behavior}`,
    change(llama3, sequence(split(space, behavior), byteLevel)),
  ]),
  ...behaviors.map((behavior): [string, Buffer] => [
    `Punctuation, ${behavior}`,
    change(llama3, sequence({ type: 'Punctuation', behavior }, byteLevel)),
  ]),
])('%s has the tokens of the native library', async (name, bytes) => {
  const tokenizer = createGeneralTokenizer(name, bytes, null);
  await expectAgreement(tokenizer, nativeOracle(bytes), texts);
  expect(tokenizer.safeCut(Buffer.from('one two'))).toBe(0);
});

const token = { ...special(9_000, '<x>'), special: false };
test.each([
  ['normalizer Nmt', change(unigram, { normalizer: { type: 'Nmt' } })],
  [
    'normalizer ByteLevel',
    change(llama3, { normalizer: { type: 'Sequence', normalizers: [{ type: 'ByteLevel' }] } }),
  ],
  [
    'normalizer Replace with a $',
    change(llama3, { normalizer: { type: 'Replace', pattern: { String: 'a' }, content: '$&' } }),
  ],
  ['pre-tokenizer UnicodeScripts', change(llama3, sequence({ type: 'UnicodeScripts' }, byteLevel))],
  ['pre-tokenizer FixedLength', change(llama3, sequence({ type: 'FixedLength', length: 5 }, byteLevel))],
  [
    'Split with MergedWithNext',
    change(llama3, sequence(split({ Regex: ' +' }, 'MergedWithNext'), byteLevel)),
  ],
  ['Split with Removed', change(llama3, sequence(split({ Regex: '(a)b' }, 'Removed'), byteLevel))],
  [
    '"first" after another',
    change(wordPiece, {
      normalizer: null,
      ...sequence({ type: 'WhitespaceSplit' }, metaspace({ prepend_scheme: 'first' })),
    }),
  ],
  [
    '"first" after the normalizer Strip',
    change(wordPiece, {
      normalizer: { type: 'Strip', strip_left: true, strip_right: true },
      pre_tokenizer: metaspace({ prepend_scheme: 'first' }),
    }),
  ],
  ['fused', change(unigram, { pre_tokenizer: { type: 'WhitespaceSplit' } })],
  ['whole words', change(llama3, { added_tokens: [{ ...token, single_word: true }] })],
  ['lacks characters', change(llama3, {}, { vocab: { a: 1 }, merges: [] })],
  ['the model WordLevel', change(wordPiece, {}, { type: 'WordLevel' })],
  [
    'BPE with continuing_subword_prefix',
    change(
      llama3,
      {},
      { continuing_subword_prefix: '##', vocab: { a: 1, '##b': 2, ab: 3 }, merges: ['a ##b'] },
    ),
  ],
  ['Unigram with byte_fallback', change(unigram, {}, { byte_fallback: true })],
  ["can't use it", change(wordPiece, { decoder: { type: 'None' } })],
])('%s is refused', (what, bytes) => {
  expect(() => createGeneralTokenizer('x', bytes, null)).toThrow(
    expect.objectContaining({
      code: 'tokenizer-bad',
      message: expect.stringContaining(what),
      cure: expect.stringContaining('byte_fallback'),
    }),
  );
});

test('what the library fails on is an error with a cure', () => {
  const inOnePiece = change(unigram, { pre_tokenizer: metaspace({ split: false }) });
  const document = Buffer.from('0'.repeat(200_000));
  expect(() => createGeneralTokenizer('x', inOnePiece, null).encode(document, [document.length])).toThrow(
    expect.objectContaining({ code: 'tokenizer-bad', message: expect.stringContaining('200000 characters') }),
  );
});

test('ids and fingerprint', () => {
  const tokenizer = createGeneralTokenizer('x', unigram, null);
  expect(tokenizer).toMatchObject({ vocabularySize: unigramPieces.length, bosId: null, eosId: 1 });
  expect(tokenizer.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(tokenizer.fingerprint).not.toBe(createGeneralTokenizer('x', wordPiece, null).fingerprint);
  // It goes up only for a file whose tokens were others.
  const print = (version: number, bytes: Uint8Array) =>
    createHash('sha256').update(`longmix general tokenizer ${version}\n`).update(bytes).digest('hex');
  const words = change(wordPiece, { pre_tokenizer: { type: 'Whitespace' } });
  for (const [version, bytes] of [
    [1, wordPiece],
    [2, words],
    [2, unigram],
  ] as const)
    expect(createGeneralTokenizer('x', bytes, null).fingerprint).toBe(print(version, bytes));
});
