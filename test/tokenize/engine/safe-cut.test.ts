/** Places where no cut is safe. exactness.ts tests that the cuts reported as safe change no token. */
import { expect, test } from 'vitest';
import { createSafeCut, findSafeCut, spanningCharacters } from '../../../src/tokenize/engine/safe-cut.ts';
import { modelFromEncoding } from '../../../src/tokenize/files/from-tiktoken.ts';
import { isolatedStep } from '../../../src/tokenize/files/patterns.ts';
import type { Normalizer, TextSteps, UnigramVocabulary } from '../../../src/tokenize/model.ts';
import { makeCharsmap } from '../charsmap-maker.ts';
import { noSteps } from '../made-model.ts';
import { realModel } from '../oracles.ts';

const encoder = new TextEncoder();

test('a vocabulary with pieces that span a space has no cut after their letters', () => {
  const { steps, vocabulary: base } = realModel('llama2');
  const pieces = [...base.pieces, encoder.encode('f\u2581the')];
  const added = pieces.length - 1;
  if (base.kind !== 'bpe' || base.merges === 'ranks' || 'order' in base.merges)
    throw new Error('a list of merges was expected');
  const merges = {
    left: Uint32Array.of(...base.merges.left, 0),
    right: Uint32Array.of(...base.merges.right, 0),
    merged: Uint32Array.of(...base.merges.merged, added),
  };
  const vocabulary = { ...base, pieces, merges };
  expect([...spanningCharacters(vocabulary, true)]).toEqual(['f'.codePointAt(0)]);
  const safeCut = createSafeCut(findSafeCut({ steps, vocabulary }));
  expect(safeCut(encoder.encode('some of the'))).toBe(4);
  expect(createSafeCut(findSafeCut({ steps, vocabulary: base }))(encoder.encode('some of the'))).toBe(7);
});

test('no cut where the right part would be a segment with a prefix of its own', () => {
  const base = realModel('llama2');
  const steps: TextSteps = { ...base.steps, added: [{ id: 32_000, text: 'world' }] };
  const model = { ...base, steps };
  expect(createSafeCut(findSafeCut(model))(encoder.encode('some world of'))).toBe(4);
  expect(createSafeCut(findSafeCut(model))(encoder.encode('some words of'))).toBe(10);
  // There the prefix is put only before what does not begin with a space.
  const other = {
    ...base,
    steps: { ...steps, metaspace: { prefix: 'unless-space', split: false } as const },
  };
  expect(createSafeCut(findSafeCut(other))(encoder.encode('some world of'))).toBe(10);
});

test('no cut is promised where none is proved', () => {
  const { vocabulary, steps } = modelFromEncoding('r50k_base');
  const text = encoder.encode('one two');
  const cut = (change: Partial<TextSteps>) =>
    createSafeCut(findSafeCut({ vocabulary, steps: { ...steps, ...change } }))(text);
  expect(cut({})).toBe(3);
  expect(cut({ splits: [isolatedStep('\\p{L}+ \\p{L}+')] })).toBe(0);
  expect(cut({ added: [{ id: 1, text: 'e t' }] })).toBe(0);
  expect(cut({ splits: [] })).toBe(0);
});

test('.model files and words with a space before each have safe cuts', () => {
  const unigram: UnigramVocabulary = {
    kind: 'unigram',
    pieces: [undefined, ...['\u2581', 'a', 'b', '\u2581a', 'c\u2581a'].map((piece) => encoder.encode(piece))],
    scores: Float64Array.of(0, -1, -1, -1, -1, -1),
    unknownScore: -11,
    unknown: { bytes: null, id: 0, fuse: true },
    as: 'sentencepiece',
  };
  const normalizer = {
    kind: 'sentencepiece',
    charsmap: makeCharsmap({ '\n': ' ', '\u00bd': '1/2' }),
    kept: ['<x>'],
    dummy: 'prefix',
    removesExtraSpaces: true,
    escapesSpaces: true,
  } as const;
  const steps: TextSteps = {
    ...noSteps,
    normalizers: [normalizer],
    metaspace: { prefix: 'never', split: false },
  };
  const text = encoder.encode('a b c a');
  const cut = (change: Partial<typeof normalizer>) =>
    createSafeCut(
      findSafeCut({
        steps: { ...steps, normalizers: [{ ...normalizer, ...change } as Normalizer] },
        vocabulary: unigram,
      }),
    )(text);
  // A piece may have a space after "c".
  expect(cut({})).toBe(3);
  expect(cut({ dummy: 'suffix' as 'prefix' })).toBe(0);
  expect(cut({ kept: ['b c'] as unknown as ['<x>'] })).toBe(0);
  expect(cut({ charsmap: makeCharsmap({ 'c d': 'x' }) })).toBe(0);
  expect(cut({ charsmap: makeCharsmap({ '-c a': 'x' }) })).toBe(0);
  expect(cut({ charsmap: makeCharsmap({ ' a': 'x' }) })).toBe(0);

  const words = {
    pattern: '\\s',
    syntax: 'oniguruma',
    behavior: 'removed',
    invert: false,
    over: 'characters',
  } as const;
  const t5 = (change: Partial<TextSteps>) =>
    createSafeCut(
      findSafeCut({
        steps: {
          ...noSteps,
          outerSplits: [words],
          metaspace: { prefix: 'unless-space', split: true },
          ...change,
        },
        vocabulary: { ...unigram, as: 'huggingface' },
      }),
    )(text);
  const runs = (pattern: string): Normalizer => ({ kind: 'replace', pattern, regex: true, content: ' ' });
  expect(t5({})).toBe(5);
  expect(t5({ metaspace: { prefix: 'first-unless-space', split: true } })).toBe(0);
  expect(t5({ normalizers: [{ kind: 'strip', left: false, right: true }, runs(' {2,}')] })).toBe(5);
  expect(t5({ normalizers: [{ kind: 'strip', left: true, right: true }] })).toBe(0);
  expect(t5({ normalizers: [runs('\\s+')] })).toBe(0);
  expect(t5({ normalizers: [runs('[ a]{2,}')] })).toBe(0);
});
