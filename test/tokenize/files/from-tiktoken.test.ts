/** tiktoken's files: facts of the five encodings, faults of a tokenizer.model (a correct one: exact-llama3.test.ts). */
import { expect, test } from 'vitest';
import { modelFromEncoding, modelFromTiktokenFile } from '../../../src/tokenize/files/from-tiktoken.ts';
import { recognizeFamily } from '../../../src/tokenize/files/patterns.ts';

test.each([
  ['cl100k_base', 'cl100k', 100277, 100257],
  ['o200k_base', 'o200k', 200019, 199999],
  ['p50k_base', 'gpt2', 50281, 50256],
  ['r50k_base', 'gpt2', 50257, 50256],
  ['gpt2', 'gpt2', 50257, 50256],
])('%s', (name, pattern, vocabularySize, eosId) => {
  const model = modelFromEncoding(name);
  expect(recognizeFamily(model.steps.splits)).toBe(pattern);
  expect(model).toMatchObject({ vocabularySize, eosId, bosId: null });
});

test('r50k and gpt2 are one tokenizer by two names', () => {
  expect(modelFromEncoding('gpt2').fingerprint).toBe(modelFromEncoding('r50k_base').fingerprint);
  expect(modelFromEncoding('gpt2').fingerprint).not.toBe(modelFromEncoding('p50k_base').fingerprint);
});

test('what a person can get wrong', () => {
  const bytes = Buffer.from(`${Buffer.from('a').toString('base64')} 0\n`);
  expect(() => modelFromEncoding('gpt5')).toThrow('unknown tokenizer "gpt5"');
  expect(() => modelFromTiktokenFile('m', bytes, null)).toThrow('does not say how text is cut');
  expect(() => modelFromTiktokenFile('m', bytes, 'gpt2')).toThrow('255 of the 256 bytes have no token');
  expect(() => modelFromTiktokenFile('m', Buffer.from('\u000a\u000d<unk>'), 'gpt2')).toThrow(
    'expected a token in base64 and its rank, found "\\r<unk>"',
  );
});
