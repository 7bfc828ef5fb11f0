/** A wrong tokenizer.json quickly gives one error with the place in the file, whatever is wrong with it. */
import { expect, test } from 'vitest';
import { checkHfFile } from '../../../src/tokenize/files/hf-check.ts';
import { parseHfFile } from '../../../src/tokenize/files/hf-file.ts';

const letters = Object.fromEntries([...'abcdefgh'].map((letter, id) => [letter, id]));
const bpe = { type: 'BPE', vocab: { ...letters, ab: 8 }, merges: [['a', 'b']] };
const unigram = { type: 'Unigram', unk_id: 0, vocab: [['<unk>', 0] as unknown, ['a', -1.5]] };
const token = { id: 9, content: '<x>', special: true };

function withVocab(change: Record<string, unknown>): unknown {
  return { model: { ...bpe, vocab: { ...bpe.vocab, ...change } } };
}

function withAdded(change: Record<string, unknown>): unknown {
  return { model: bpe, added_tokens: [{ ...token, ...change }] };
}

function nested(key: string, inner: string, depth: number): unknown {
  let part: unknown = { type: 'Lowercase' };
  for (let i = 0; i < depth; i += 1) part = { type: 'Sequence', [inner]: [part] };
  return { model: bpe, [key]: part };
}

function deep(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 1) value = [value];
  return value;
}

const idRule = 'expected a whole number from 0 to 1999999';

test.each([
  ['an id of 1e8', withVocab({ a: 1e8 }), 'model.vocab["a"]', `the id is 100000000; ${idRule}`],
  ['an id of 1e9', withVocab({ a: 1e9 }), 'model.vocab["a"]', idRule],
  ['an id of 2^31', withVocab({ a: 2 ** 31 }), 'model.vocab["a"]', idRule],
  ['an id of 3,000,000', withVocab({ a: 3e6 }), 'model.vocab["a"]', idRule],
  ['a negative id', withVocab({ a: -1 }), 'model.vocab["a"]', 'the id is -1'],
  ['a fractional id', withVocab({ a: 1.5 }), 'model.vocab["a"]', 'the id is 1.5'],
  ['an id that is text', withVocab({ a: '1' }), 'model.vocab["a"]', 'the id is "1"'],
  ['an id that is null', withVocab({ a: null }), 'model.vocab["a"]', 'the id is null'],
  [
    'an id far behind the others',
    withVocab({ a: 1_900_000 }),
    'model.vocab["a"]',
    'for a vocabulary of 9 tokens',
  ],
  ['an id twice', withVocab({ b: 0 }), 'model.vocab["b"]', 'the id 0 is that of "a", too'],
  ['half of a surrogate pair', withVocab({ '\ud83d': 9 }), 'model.vocab', 'half of a surrogate pair'],
  ['a token of 70,000 characters', withVocab({ ['a'.repeat(70_000)]: 9 }), 'model.vocab', '70000 characters'],
  ['a vocabulary that is a list', { model: { ...bpe, vocab: ['a'] } }, 'model.vocab', 'found a list of 1'],
  ['no vocabulary', { model: { type: 'BPE' } }, 'model.vocab', 'found nothing'],
  ['merges that are an object', { model: { ...bpe, merges: { a: 'b' } } }, 'model.merges', 'found an object'],
  ['a merge of numbers', { model: { ...bpe, merges: [[1, 2]] } }, 'model.merges[0]', 'a pair of tokens'],
  ['a merge of three', { model: { ...bpe, merges: ['a b c'] } }, 'model.merges[0]', 'a pair of tokens'],
  [
    'a merge of strangers',
    { model: { ...bpe, merges: ['a z'] } },
    'model.merges[0]',
    '"z" is not in model.vocab',
  ],
  ['a merge to a stranger', { model: { ...bpe, merges: ['b c'] } }, 'model.merges[0]', '"bc" is not in'],
  ['a model that is a list', { model: [] }, 'model', 'found a list of 0'],
  ['a type that is a number', { model: { ...bpe, type: 1 } }, 'model.type', 'found 1'],
  ['a flag that is text', { model: { ...bpe, byte_fallback: 'yes' } }, 'model.byte_fallback', 'found "yes"'],
  [
    'a score that is text',
    { model: { ...unigram, vocab: [['a', 'x']] } },
    'model.vocab[0][1]',
    'the score is "x"',
  ],
  [
    'a score without end',
    { model: { ...unigram, vocab: [['a', Infinity]] } },
    'model.vocab[0][1]',
    'Infinity',
  ],
  ['a score alone', { model: { ...unigram, vocab: [1] } }, 'model.vocab[0]', 'a token and its score'],
  ['scores by name', { model: { ...unigram, vocab: { a: 1 } } }, 'model.vocab', 'found an object'],
  ['an unknown token that is not there', { model: { ...unigram, unk_id: 7 } }, 'model.unk_id', 'it is 7'],
  ['added tokens that are an object', { model: bpe, added_tokens: {} }, 'added_tokens', 'found an object'],
  ['an added token that is a number', { model: bpe, added_tokens: [1] }, 'added_tokens[0]', 'found 1'],
  [
    'an added token without text',
    withAdded({ content: undefined }),
    'added_tokens[0].content',
    'found nothing',
  ],
  ['an added token without id', withAdded({ id: undefined }), 'added_tokens[0].id', 'the id is nothing'],
  ['an added token with a large id', withAdded({ id: 1e9 }), 'added_tokens[0].id', idRule],
  ['an added token with a far id', withAdded({ id: 1_950_000 }), 'added_tokens[0].id', 'of 10 tokens'],
  [
    'an added token with odd flags',
    withAdded({ normalized: 4294967296 }),
    'added_tokens[0].normalized',
    '4294967296',
  ],
  ['a normalizer that is text', { model: bpe, normalizer: 'NFC' }, 'normalizer', 'found "NFC"'],
  ['a normalizer without type', { model: bpe, normalizer: {} }, 'normalizer', 'found an object'],
  [
    'a Sequence without parts',
    { model: bpe, pre_tokenizer: { type: 'Sequence', normalizers: [] } },
    'pre_tokenizer.pretokenizers',
    'found nothing',
  ],
  [
    'a part that is a number',
    { model: bpe, normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, 2] } },
    'normalizer.normalizers[1]',
    'found 2',
  ],
  [
    'a Split without pattern',
    { model: bpe, pre_tokenizer: { type: 'Split' } },
    'pre_tokenizer.pattern',
    'Regex',
  ],
  [
    'a long pattern',
    { model: bpe, pre_tokenizer: { type: 'Split', pattern: { Regex: 'a'.repeat(1e6) } } },
    'pre_tokenizer.pattern.Regex',
    '1000000 characters',
  ],
  ['10,000 normalizers in each other', nested('normalizer', 'normalizers', 10_000), '', 'deep'],
  ['65 normalizers in each other', nested('normalizer', 'normalizers', 65), 'normalizer', 'deep'],
  ['10,000 pre-tokenizers in each other', nested('pre_tokenizer', 'pretokenizers', 10_000), '', 'deep'],
  ['a decoder of 10,000 parts', nested('decoder', 'decoders', 10_000), '', 'deep'],
  [
    '100,000 normalizers in a row',
    { model: bpe, normalizer: { type: 'Sequence', normalizers: new Array(100_000).fill({ type: 'NFC' }) } },
    'normalizer',
    'more than 1000 parts',
  ],
  ['lists in lists', { model: bpe, padding: deep(10_000) }, '', 'deep in each other'],
])('%s', (_, file, at, message) => {
  expect(() => checkHfFile('x', file as Record<string, unknown>)).toThrow(
    expect.objectContaining({
      code: 'tokenizer-bad',
      where: at === '' ? 'x' : at === 'model.vocab' ? expect.stringMatching(/^x: model\.vocab/) : `x: ${at}`,
      message: expect.stringContaining(message),
      cure: expect.any(String),
    }),
  );
});

test.each([
  ['not JSON', '{"model": ', 'it is not JSON'],
  ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'it is not JSON'],
  ['a list', '[]', 'it is not a JSON object'],
  ['NaN', '{"model": {"type": "Unigram", "vocab": [["a", NaN]]}}', 'it is not JSON'],
])('%s', (_, text, message) => {
  expect(() => parseHfFile('x', Buffer.from(text))).toThrow(message);
});

test('holes are allowed, and what is left out', () => {
  const holes = {
    model: { ...bpe, vocab: { ...bpe.vocab, z: 300_000 } },
    added_tokens: [{ ...token, id: 300_001 }],
  };
  expect(checkHfFile('x', holes)).toBe(holes);
  expect(() => checkHfFile('x', { model: { ...bpe, merges: undefined } })).not.toThrow();
  expect(() =>
    checkHfFile('x', nested('normalizer', 'normalizers', 50) as Record<string, unknown>),
  ).not.toThrow();
});
