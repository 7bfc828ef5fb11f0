/**
 * Compares pretokens of thousands of bytes with the plain engine: small and large windows, backtracking that gives up,
 * repeating windows, and merges out of order.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import { createReferenceTokenizer } from '../../src/tokenize/plain/reference.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { byteVocabulary, madeModel } from './made-model.ts';

/** Merges of pieces that there are by then, so some are long, and many texts have several ways to be made of them. */
const merges = fc
  .record({
    pairs: fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { minLength: 1, maxLength: 30 }),
    doubles: fc.nat(7),
    order: fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }),
    isShuffled: fc.boolean(),
  })
  .map(({ pairs, doubles, order, isShuffled }) => {
    const tokens = ['a', 'b'];
    const list: [string, string][] = [];
    const add = (left: string, right: string) => {
      if (tokens.includes(left + right) || left.length + right.length > 150) return;
      tokens.push(left + right);
      list.push([left, right]);
    };
    for (let i = 0, piece = 'a'; i < doubles; i += 1, piece += piece) add(piece, piece);
    for (const [a, b] of pairs) add(tokens[a % tokens.length]!, tokens[b % tokens.length]!);
    const places = list.map((_, i) => i);
    return isShuffled
      ? places.sort((a, b) => order[a % 40]! - order[b % 40]! || a - b).map((i) => list[i]!)
      : list;
  });

const longText = fc
  .record({
    part: fc.array(fc.constantFrom('a', 'b', 'aa', 'aaaaaaaa'), { minLength: 1, maxLength: 60 }),
    length: fc.constantFrom(100, 2_047, 2_048, 2_049, 7_000),
    more: fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 300 }),
  })
  .map(({ part, length, more }) => {
    const text = part.join('');
    return text.repeat(Math.ceil(length / text.length)).slice(0, length) + more;
  });

test.each(['ranks', 'list'] as const)(
  'merges given as %s',
  async (form) => {
    const property = fc.asyncProperty(
      merges,
      fc.array(longText, { minLength: 2, maxLength: 4 }),
      async (list, texts) => {
        const model = madeModel(byteVocabulary(list, form));
        const shared = await shareTokenizer(model);
        if ('unsupported' in shared) throw new Error(shared.unsupported);
        const kernel = await openShared(shared);
        const plain = createReferenceTokenizer(model);
        for (const text of texts.map((each) => Buffer.from(each))) {
          const wanted = plain.encode(text, [text.length]).tokens;
          expect([...kernel.encode(text, [text.length]).tokens]).toEqual([...wanted]);
        }
      },
    );
    await fc.assert(property, fuzz(10));
  },
  fuzzTimeout(60_000),
);
