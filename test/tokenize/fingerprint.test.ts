/** Equal models have equal fingerprints; any change that can change tokens changes it. */
import { expect, test } from 'vitest';
import { fingerprintModel } from '../../src/tokenize/fingerprint.ts';
import { modelFromHf } from '../../src/tokenize/from-hf.ts';
import { modelFromTiktokenFile } from '../../src/tokenize/from-tiktoken.ts';
import type { BpeModel, TokenizerModel } from '../../src/tokenize/model.ts';
import { families } from '../../src/tokenize/patterns.ts';
import { smallFile } from './small-file.ts';

const file = smallFile('qwen3', 1_000);

function read(content: unknown): TokenizerModel {
  const model = modelFromHf('x', Buffer.from(JSON.stringify(content)), null);
  if ('unsupported' in model) throw new Error(model.unsupported);
  return model;
}

test('the form of the file does not matter', () => {
  const { model } = file;
  const vocab = Object.fromEntries(Object.entries(model.vocab).reverse());
  const merges = model.merges.map((merge) => merge.join(' '));
  const added_tokens = [...file.added_tokens].reverse();
  const other = read({ ...file, padding: {}, added_tokens, model: { ...model, vocab, merges } });
  expect(other.fingerprint).toBe(read(file).fingerprint);
});

test('everything that decides tokens matters', () => {
  const { bpe, special } = read(file);
  const prints = new Set([fingerprintModel(bpe, special)]);
  const pieces = [...bpe.pieces];
  pieces[300] = Buffer.from('another');
  const changes: Partial<BpeModel>[] = [
    { pieces },
    { pieces: bpe.pieces.with(300, undefined) },
    { merges: 'ranks' },
    { ignoreMerges: true },
    { pattern: 'cl100k' },
    { pattern: null },
    { normalization: 'NFKC' },
    { normalization: null },
    { prefixSpace: true },
    { added: [] },
    { metaspace: { prefix: 'always', split: false } },
  ];
  for (const change of changes) prints.add(fingerprintModel({ ...bpe, ...change }, special));
  prints.add(fingerprintModel(bpe, new Map([...special, ['<new>', 9_999]])));
  expect(prints.size).toBe(changes.length + 2);
});

test('special tokens that a file has, or that a pattern stands for, matter', () => {
  const added_tokens = [...file.added_tokens, { special: true, content: '<new>', id: 9_999 }];
  expect(read({ ...file, added_tokens }).fingerprint).not.toBe(read(file).fingerprint);
  const bytes = Array.from({ length: 256 }, (_, byte) => `${Buffer.of(byte).toString('base64')} ${byte}`);
  // Llama 3 has the pattern of cl100k.
  const [llama3, plain] = ['llama3', 'cl100k'].map((pattern) =>
    modelFromTiktokenFile('m', Buffer.from(bytes.join('\n')), pattern),
  );
  expect(llama3!.bpe).toEqual(plain!.bpe);
  expect(llama3!.fingerprint).not.toBe(plain!.fingerprint);
});

test('recognising a pattern changes nothing', () => {
  const { bpe, special } = read(file);
  const spelled = { ...bpe, pattern: { steps: families.qwen2 } };
  expect(fingerprintModel(spelled, special)).toBe(fingerprintModel(bpe, special));
});
