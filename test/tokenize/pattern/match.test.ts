/** The plain matcher against Oniguruma as Hugging Face's native library has it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SplitStep } from '../../../src/tokenize/model.ts';
import { createMatcher } from '../../../src/tokenize/pattern/match.ts';
import { splitText } from '../../../src/tokenize/pattern/split.ts';
import { UnsupportedPattern } from '../../../src/tokenize/pattern/syntax.ts';
import { fuzz } from '../../support/fuzz.ts';
import { hfSplitter } from './native.ts';
import { patternText, smallText } from './random-patterns.ts';

const behaviors: readonly SplitStep['behavior'][] = [
  'isolated',
  'removed',
  'merged-with-previous',
  'merged-with-next',
  'contiguous',
];

test('random patterns cut random texts as the native library does', () => {
  fc.assert(
    fc.property(
      patternText(false),
      fc.array(smallText, { minLength: 4, maxLength: 8 }),
      fc.constantFrom(...behaviors),
      fc.boolean(),
      (pattern, texts, behavior, invert) => {
        const native = hfSplitter(pattern, behavior, invert);
        fc.pre(native !== null);
        let find: ReturnType<typeof createMatcher>;
        try {
          find = createMatcher(pattern, 'oniguruma');
        } catch (error) {
          if (error instanceof UnsupportedPattern) return;
          throw error;
        }
        for (const text of texts)
          expect(splitText(text, find(text), { behavior, invert })).toEqual(native!(text));
      },
    ),
    fuzz(1_000),
  );
});
