/** WordPiece and Unigram through the general path, against the native library. */
import { expect, test } from 'vitest';
import { createGeneralTokenizer } from '../../src/tokenize/general-path.ts';
import { expectAgreement } from './agreement.ts';
import { nativeOracle } from './oracles.ts';
import { sampleTexts } from './texts.ts';

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

test.each([
  ['WordPiece', wordPiece],
  ['Unigram', unigram],
])('%s', async (name, bytes) => {
  const tokenizer = createGeneralTokenizer(name, bytes, null);
  await expectAgreement(tokenizer, nativeOracle(bytes), [...ascii, '', 'a [SEP] b </s>']);
  expect(tokenizer.safeCut(Buffer.from('one two'))).toBe(0);
});

test('ids and fingerprint', () => {
  const tokenizer = createGeneralTokenizer('x', unigram, null);
  expect(tokenizer).toMatchObject({ vocabularySize: unigramPieces.length, bosId: null, eosId: 1 });
  expect(tokenizer.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(tokenizer.fingerprint).not.toBe(createGeneralTokenizer('x', wordPiece, null).fingerprint);
});
