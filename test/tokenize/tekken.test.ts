/**
 * tekken.json: ids come after the special tokens, and there are only as many ranks as the vocabulary's size leaves. The
 * reference is mistral-common, if it is installed.
 */
import { Tiktoken } from '@dqbd/tiktoken/lite';
import { expect, test } from 'vitest';
import { checkTexts } from '../../src/cli/sample-texts.ts';
import { modelFromTekken } from '../../src/tokenize/files/from-tekken.ts';
import { createReferenceTokenizer } from '../../src/tokenize/plain/reference.ts';

const pattern = ' ?[^\\s]+|\\s+';
const words = ['th', 'the', ' t', ' th', ' the', 'in', 'ing', '12', 'never'];
const pieces = [
  ...Array.from({ length: 256 }, (_, byte) => Buffer.from([byte])),
  ...words.map((word) => Buffer.from(word)),
];
const config = {
  ...{ pattern, num_vocab_tokens: 265, version: 'v11' },
  ...{ default_vocab_size: 10 + 264, default_num_special_tokens: 10 },
};
const vocab = pieces.map((piece, rank) => ({ rank, token_bytes: piece.toString('base64'), token_str: null }));
const special_tokens = ['<unk>', '<s>', '</s>', '[INST]'].map((token_str, rank) => ({
  rank,
  token_str,
  is_control: true,
}));

function model(change: object) {
  return modelFromTekken('t', Buffer.from(JSON.stringify({ config, vocab, special_tokens, ...change })));
}

test('ids are ranks behind the special tokens; the last rank is not used', () => {
  const read = model({});
  expect(read).toMatchObject({ bosId: 1, eosId: 2, vocabularySize: 274 });
  expect(Object.fromEntries(read.special)).toMatchObject({ '[INST]': 3, '<SPECIAL_4>': 4, '<SPECIAL_9>': 9 });
  const tokenizer = createReferenceTokenizer(read);
  const ranks = pieces.slice(0, 264).map((piece) => piece.toString('base64'));
  const peer = new Tiktoken(`! 0 ${ranks.join(' ')}`, {}, pattern);
  for (const text of ['the thing is never 12', '</s>', ...checkTexts(50)]) {
    const bytes = Buffer.from(text);
    const { tokens } = tokenizer.encode(bytes, [bytes.length]);
    expect([...tokens]).toEqual([...peer.encode_ordinary(text)].map((rank) => rank + 10));
    expect(Buffer.from(tokenizer.decode(tokens)).toString()).toBe(bytes.toString());
  }
  peer.free();
});

test('a file of version 7 or before need not name its special tokens', () => {
  const old = model({
    special_tokens: undefined,
    config: { ...config, version: 'v3', default_num_special_tokens: 20, default_vocab_size: 284 },
  });
  expect(old).toMatchObject({ bosId: 1, eosId: 2 });
  expect(old.special.get('<pad>')).toBe(11);
});

test.each([
  [
    'a larger vocabulary than there is',
    { config: { ...config, default_vocab_size: 999 } },
    'config.default_vocab_size',
    'vocab has 265',
  ],
  [
    'more special tokens than ids',
    { config: { ...config, default_num_special_tokens: 900 } },
    'config.default_vocab_size',
    'leave -626',
  ],
  [
    'a count that is text',
    { config: { ...config, default_vocab_size: '1' } },
    'config.default_vocab_size',
    'found "1"',
  ],
  ['no pattern', { config: { ...config, pattern: undefined } }, 'config.pattern', 'found nothing'],
  ['a vocabulary by name', { vocab: {} }, 'vocab', 'found an object'],
  ['ranks out of order', { vocab: [vocab[1], vocab[0], ...vocab.slice(2)] }, 'vocab[0].rank', 'expected 0'],
  [
    'a token twice',
    {
      vocab: vocab.map((entry, i) =>
        i === 257 ? { ...entry, token_bytes: vocab[256]!.token_bytes } : entry,
      ),
    },
    'vocab[257].token_bytes',
    "an earlier one's",
  ],
  [
    'no base64',
    { vocab: vocab.map((entry, i) => (i === 256 ? { ...entry, token_bytes: 'a' } : entry)) },
    'vocab[256].token_bytes',
    'base64',
  ],
  [
    'other bytes',
    {
      vocab: vocab.map((entry, i) =>
        i < 256 ? { ...entry, token_bytes: vocab[255 - i]!.token_bytes } : entry,
      ),
    },
    'vocab[0].token_bytes',
    'in order',
  ],
  ['no special tokens in a new file', { special_tokens: null }, 'special_tokens', '"v11"'],
  [
    'a special token twice',
    { special_tokens: [special_tokens[0], { ...special_tokens[0], rank: 1 }] },
    'special_tokens[1].token_str',
    'earlier',
  ],
  [
    'a special token behind the others',
    { special_tokens: [{ ...special_tokens[0], rank: 10 }] },
    'special_tokens[0].rank',
    'below 10',
  ],
])('%s', (_, change, at, message) => {
  expect(() => model(change)).toThrow(
    expect.objectContaining({
      code: 'tokenizer-bad',
      where: `t: ${at}`,
      message: expect.stringContaining(message),
    }),
  );
});
