/**
 * Pretokens of several words, for vocabularies whose pieces span spaces: where they are cut, and how words are joined.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findSpaceBorders } from '../../../src/tokenize/engine/cut-bytes.ts';
import { planKernel } from '../../../src/tokenize/engine/kernel-plan.ts';
import { openShared, shareTokenizer } from '../../../src/tokenize/engine/kernel-tokenizer.ts';
import type { SplitStep } from '../../../src/tokenize/model.ts';
import { createReferenceTokenizer } from '../../../src/tokenize/plain/reference.ts';
import { fuzz } from '../../support/fuzz.ts';
import { byteVocabulary, madeModel } from '../made-model.ts';

const splitBy = (pattern: string): SplitStep => ({
  pattern,
  syntax: 'oniguruma',
  behavior: 'isolated',
  invert: false,
  over: 'characters',
});
const sentences = splitBy('[a-z ]+|\\n+');

/** Merges of pieces that there are by then. Half of them go over a space. */
const merges = fc
  .array(fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.boolean()), { minLength: 1, maxLength: 40 })
  .map((pairs) => {
    const tokens = ['a', 'b', 'c', ' ', ' a', 'ab'];
    const list: [string, string][] = [
      [' ', 'a'],
      ['a', 'b'],
    ];
    for (const [a, b, overSpace] of pairs) {
      const left = tokens[a % tokens.length]!;
      const right = (overSpace ? ' ' : '') + tokens[b % tokens.length]!.trim();
      const product = left + right;
      if (right === '' || !tokens.includes(right) || tokens.includes(product) || product.length > 30)
        continue;
      tokens.push(product);
      list.push([left, right]);
    }
    return list;
  });

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 });
const part = fc.oneof(
  { weight: 8, arbitrary: word },
  { weight: 1, arbitrary: fc.constantFrom('', 'abcabcabcabcabcabc', '\n', 'a'.repeat(70)) },
);
const text = fc.array(part, { maxLength: 60, size: 'max' }).map((parts) => parts.join(' '));

test.each(['ranks', 'list'] as const)('no token changes, merges given as %s', async (form) => {
  await fc.assert(
    fc.asyncProperty(merges, fc.array(text, { minLength: 3, maxLength: 6 }), async (list, texts) => {
      const model = madeModel(byteVocabulary(list, form), { splits: [sentences] });
      const shared = await shareTokenizer(model);
      if ('unsupported' in shared) throw new Error(shared.unsupported);
      const kernel = await openShared(shared, 2 ** 24);
      const plain = createReferenceTokenizer(model);
      // Twice: words are remembered.
      for (const some of [...texts, ...texts].map((each) => Buffer.from(each))) {
        const wanted = plain.encode(some, [some.length]).tokens;
        expect([...kernel.encode(some, [some.length]).tokens]).toEqual([...wanted]);
      }
    }),
    fuzz(15),
  );
});

test('only a pattern that takes several words gets borders, and only where a vocabulary is looked up by merging', () => {
  const bordersOf = (pattern: string, ignoreMerges = false) => {
    const vocabulary = { ...byteVocabulary([['a', ' b']], 'ranks'), ignoreMerges };
    const plan = planKernel(madeModel(vocabulary, { splits: [splitBy(pattern)] }));
    if ('unsupported' in plan) throw new Error(plan.unsupported);
    return plan.model.borders;
  };
  expect(bordersOf('[a-z ]+|\\n+')).not.toBeNull();
  expect(bordersOf(' ?[a-z]+|\\s+')).toBeNull();
  expect(bordersOf('[a-z ]+|\\n+', true)).toBeNull();
});

test('a piece sets a bit for what is around each of its spaces', () => {
  const bits = (pieces: readonly [string, string][]) => {
    const borders = findSpaceBorders(byteVocabulary(pieces, 'ranks'))!;
    return borders.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  };
  expect(bits([['a', 'b']])).toBe(0);
  expect(bits([[' ', 'a']])).toBe(0);
  expect(bits([['a', ' ']])).toBe(1);
  expect(
    bits([
      ['a', ' b'],
      ['a b', ' c'],
    ]),
  ).toBe(3);
});
