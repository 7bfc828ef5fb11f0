/**
 * Compares the kernel's tables with the plain matcher: random patterns, all behaviours, several steps, any window size.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KernelStep } from '../../../src/tokenize/engine/kernel/model.ts';
import { planSteps } from '../../../src/tokenize/engine/kernel-steps.ts';
import type { SplitStep } from '../../../src/tokenize/model.ts';
import { fuzz } from '../../support/fuzz.ts';
import { isolated, kernelCutter, plainCutter } from './cutters.ts';
import { patternText, smallText } from './random-patterns.ts';

const split: fc.Arbitrary<SplitStep> = fc.record({
  pattern: patternText(true),
  syntax: fc.constantFrom('oniguruma' as const, 'rust' as const),
  behavior: fc.constantFrom(
    'isolated' as const,
    'removed' as const,
    'merged-with-previous' as const,
    'merged-with-next' as const,
    'contiguous' as const,
  ),
  invert: fc.boolean(),
  over: fc.constant('characters' as const),
});

/** null: not as tables. Patterns that are wrong or not supported are not of interest here. */
function tables(splits: readonly SplitStep[]): readonly KernelStep[] | null {
  try {
    const steps = planSteps(splits);
    return 'unsupported' in steps ? null : steps;
  } catch {
    return null;
  }
}

async function expectSame(splits: readonly SplitStep[], texts: readonly string[], windowBytes: number) {
  const steps = tables(splits);
  fc.pre(steps !== null);
  const plain = plainCutter(splits);
  const cutters = [await kernelCutter(steps!), await kernelCutter(steps!, windowBytes)];
  for (const text of texts) {
    const wanted = plain(text);
    for (const cut of cutters) expect(cut(text), JSON.stringify(text)).toEqual(wanted);
  }
}

const texts = fc.array(smallText, { minLength: 8, maxLength: 20 });
const windowBytes = fc.integer({ min: 4, max: 40 });

test('one step', async () => {
  const property = fc.asyncProperty(split, texts, windowBytes, (step, some, bytes) =>
    expectSame([step], some, bytes),
  );
  await fc.assert(property, fuzz(15));
});

test('several steps, one inside the other', async () => {
  const splits = fc.array(split, { minLength: 2, maxLength: 4 });
  await fc.assert(fc.asyncProperty(splits, texts, windowBytes, expectSame), fuzz(15));
});

test('steps over the byte alphabet cut inside of characters', async () => {
  const digits = { ...isolated('\\p{N}'), over: 'byte-alphabet' as const };
  const letters = { ...isolated('[^\\p{L}]+'), over: 'byte-alphabet' as const };
  await expectSame([isolated('\\p{L}+'), digits, letters], ['a²漢字 x½', 'ò ó³', '\u00b2\u0132'], 7);
});

test('matches that touch are one part in any window', async () => {
  const step: SplitStep = { ...isolated('[ab]|c+'), behavior: 'contiguous' };
  await expectSame([step, isolated('a')], ['xabccab  abx', 'ab'.repeat(100), ' '.repeat(100)], 8);
});
