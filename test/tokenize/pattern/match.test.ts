/**
 * Compares the plain matcher with Oniguruma, as in Hugging Face's library, and with Rust's fancy-regex, as in tiktoken.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SplitStep } from '../../../src/tokenize/model.ts';
import { createMatcher, type FindMatches } from '../../../src/tokenize/pattern/match.ts';
import { splitText } from '../../../src/tokenize/pattern/split.ts';
import { PatternError, UnsupportedPattern } from '../../../src/tokenize/pattern/syntax.ts';
import { fuzz, fuzzTimeout } from '../../support/fuzz.ts';
import { peersMissing } from '../../support/peers.ts';
import { hfSplits, tiktokenSplits } from './native.ts';
import { patternText, rustPatternText, smallText } from './random-patterns.ts';

const behaviors: readonly SplitStep['behavior'][] = [
  'isolated',
  'removed',
  'merged-with-previous',
  'merged-with-next',
  'contiguous',
];
const why = peersMissing();
if (why !== null) console.warn(`random patterns of Oniguruma are SKIPPED: ${why}`);

/** null: a pattern that longmix refuses. */
function matcherOf(pattern: string, syntax: SplitStep['syntax']): FindMatches | null {
  try {
    return createMatcher(pattern, syntax);
  } catch (error) {
    if (error instanceof UnsupportedPattern) return null;
    throw error;
  }
}

test.skipIf(why !== null)(
  'random patterns cut random texts as the native library does',
  { timeout: fuzzTimeout(30_000) },
  async () => {
    const property = fc.asyncProperty(
      patternText(false),
      fc.array(smallText, { minLength: 4, maxLength: 8 }),
      fc.constantFrom(...behaviors),
      fc.boolean(),
      async (pattern, texts, behavior, invert) => {
        const native = await hfSplits(pattern, behavior, invert, texts);
        fc.pre(native !== null);
        const find = matcherOf(pattern, 'oniguruma');
        if (find === null) return;
        for (const [i, text] of texts.entries())
          if (native![i] !== null)
            expect(splitText(text, find(text), { behavior, invert })).toEqual(native![i]);
      },
    );
    await fc.assert(property, fuzz(100));
  },
);

test('random patterns cut random texts as tiktoken does', { timeout: fuzzTimeout(30_000) }, () => {
  fc.assert(
    fc.property(rustPatternText, fc.array(smallText, { minLength: 4, maxLength: 8 }), (pattern, texts) => {
      // Ours refuses empty matches, with which tiktoken may never end.
      let find: FindMatches | null;
      try {
        find = matcherOf(pattern, 'rust');
      } catch (error) {
        expect(error).toBeInstanceOf(PatternError);
        expect(tiktokenSplits(pattern, [])).toBeNull();
        return;
      }
      fc.pre(find !== null);
      const native = tiktokenSplits(pattern, texts);
      expect(native).not.toBeNull();
      for (const [i, text] of texts.entries())
        if (native![i] !== null)
          expect(splitText(text, find!(text), { behavior: 'removed', invert: true })).toEqual(native![i]);
    }),
    fuzz(30),
  );
});
