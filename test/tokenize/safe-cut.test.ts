/** Where no cut is safe; that cuts are exact where one is said to be is in exactness.ts. */
import { expect, test } from 'vitest';
import { modelFromEncoding } from '../../src/tokenize/from-tiktoken.ts';
import type { BpeModel } from '../../src/tokenize/model.ts';
import { createSafeCut, findSafeCut, spanningCharacters } from '../../src/tokenize/safe-cut.ts';
import { realModel } from './oracles.ts';

const encoder = new TextEncoder();

test('a vocabulary with pieces that span a space has no cut after their letters', () => {
  const base = realModel('llama2').bpe;
  const pieces = [...base.pieces, encoder.encode('f\u2581the')];
  const added = pieces.length - 1;
  if (base.merges === 'ranks') throw new Error('a list of merges was expected');
  const merges = {
    left: Uint32Array.of(...base.merges.left, 0),
    right: Uint32Array.of(...base.merges.right, 0),
    merged: Uint32Array.of(...base.merges.merged, added),
  };
  const model: BpeModel = { ...base, pieces, merges };
  expect([...spanningCharacters(model)]).toEqual(['f'.codePointAt(0)]);
  const safeCut = createSafeCut(findSafeCut(model));
  expect(safeCut(encoder.encode('some of the'))).toBe(4);
  expect(createSafeCut(findSafeCut(base))(encoder.encode('some of the'))).toBe(7);
});

test('no cut where the right part would be a segment with a prefix of its own', () => {
  const base = realModel('llama2').bpe;
  const model: BpeModel = { ...base, added: [{ id: 32_000, text: 'world' }] };
  expect(createSafeCut(findSafeCut(model))(encoder.encode('some world of'))).toBe(4);
  expect(createSafeCut(findSafeCut(model))(encoder.encode('some words of'))).toBe(10);
  // There the prefix is put only before what does not begin with a space.
  const other: BpeModel = { ...model, metaspace: { prefix: 'unless-space', split: false } };
  expect(createSafeCut(findSafeCut(other))(encoder.encode('some world of'))).toBe(10);
});

test('no cut is promised where none is proved', () => {
  const base = { ...modelFromEncoding('r50k_base').bpe, ignoreMerges: true };
  const text = encoder.encode('one two');
  expect(createSafeCut(findSafeCut({ ...base, pattern: { steps: ['\\w+ \\w+'] } }))(text)).toBe(0);
  expect(createSafeCut(findSafeCut({ ...base, added: [{ id: 1, text: 'e t' }] }))(text)).toBe(0);
  expect(createSafeCut(findSafeCut({ ...base, pattern: null }))(text)).toBe(0);
});
