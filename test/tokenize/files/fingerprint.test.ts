/** Equal models have equal fingerprints; any change that can change tokens changes it. */
import { expect, test } from 'vitest';
import { fingerprintModel } from '../../../src/tokenize/files/fingerprint.ts';
import { modelFromHf } from '../../../src/tokenize/files/from-hf.ts';
import { modelFromTiktokenFile } from '../../../src/tokenize/files/from-tiktoken.ts';
import { families, isolatedStep, tiktokenStep } from '../../../src/tokenize/files/patterns.ts';
import type { TextSteps, TokenizerModel, Vocabulary } from '../../../src/tokenize/model.ts';
import { smallFile } from '../small-file.ts';

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
  const other = read({ ...file, padding: {}, model: { ...model, vocab, merges } });
  expect(other.fingerprint).toBe(read(file).fingerprint);
});

test('everything that decides tokens matters', () => {
  const { steps, vocabulary, special } = read(file);
  if (vocabulary.kind !== 'bpe') throw new Error('BPE was expected');
  const prints = new Set([fingerprintModel(steps, vocabulary, special)]);
  const pieces = [...vocabulary.pieces];
  pieces[300] = Buffer.from('another');
  const unknown = { bytes: null, id: 5, fuse: false };
  const vocabularies: Vocabulary[] = [
    { ...vocabulary, pieces },
    { ...vocabulary, pieces: vocabulary.pieces.with(300, undefined) },
    { ...vocabulary, merges: 'ranks' },
    { ...vocabulary, ignoreMerges: true },
    { ...vocabulary, units: 'characters' },
    { ...vocabulary, unknown },
    { ...vocabulary, unknown: { ...unknown, fuse: true } },
    { ...vocabulary, kind: 'unigram', unknownScore: -20, scores: new Float64Array(3), as: 'huggingface' },
    { ...vocabulary, kind: 'unigram', unknownScore: -20, scores: new Float64Array(3), as: 'sentencepiece' },
    {
      ...vocabulary,
      kind: 'unigram',
      unknownScore: -20,
      scores: Float64Array.of(0, 0, 1),
      as: 'sentencepiece',
    },
  ];
  const split = isolatedStep('\\p{L}');
  const [token] = steps.added;
  const changes: Partial<TextSteps>[] = [
    { splits: families.cl100k.map(isolatedStep) },
    { splits: [] },
    { splits: [split] },
    { splits: [{ ...split, invert: true }] },
    { splits: [{ ...split, behavior: 'removed' }] },
    { splits: [{ ...split, over: 'byte-alphabet' }] },
    { normalizers: [{ kind: 'form', form: 'NFKC' }] },
    { normalizers: [] },
    { normalizers: [...steps.normalizers, { kind: 'lowercase' }] },
    { prefixSpace: true },
    { added: [] },
    { added: [{ ...token!, rstrip: true }, ...steps.added.slice(1)] },
    { added: [], addedNormalized: steps.added },
    { metaspace: { prefix: 'always', split: false } },
  ];
  for (const other of vocabularies) prints.add(fingerprintModel(steps, other, special));
  for (const change of changes) prints.add(fingerprintModel({ ...steps, ...change }, vocabulary, special));
  prints.add(fingerprintModel(steps, vocabulary, new Map([...special, ['<new>', 9_999]])));
  expect(prints.size).toBe(vocabularies.length + changes.length + 2);
});

test('special tokens that a file has, or that a pattern stands for, matter', () => {
  const added_tokens = [...file.added_tokens, { special: true, content: '<new>', id: 9_999 }];
  expect(read({ ...file, added_tokens }).fingerprint).not.toBe(read(file).fingerprint);
  const bytes = Array.from({ length: 256 }, (_, byte) => `${Buffer.of(byte).toString('base64')} ${byte}`);
  // Llama 3 has the pattern of cl100k.
  const [llama3, plain] = ['llama3', 'cl100k'].map((pattern) =>
    modelFromTiktokenFile('m', Buffer.from(bytes.join('\n')), pattern),
  );
  expect(llama3!.vocabulary).toEqual(plain!.vocabulary);
  expect(llama3!.steps).toEqual(plain!.steps);
  expect(llama3!.fingerprint).not.toBe(plain!.fingerprint);
});

test('a known pattern has one fingerprint, whether gaps are kept or dropped: it leaves none', () => {
  const { steps, vocabulary, special } = read(file);
  const dropping = { ...steps, splits: families.qwen2.map(tiktokenStep) };
  expect(fingerprintModel(dropping, vocabulary, special)).toBe(fingerprintModel(steps, vocabulary, special));
});
