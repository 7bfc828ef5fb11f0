/** Random recipes, with only the parts that planning uses. */
import fc from 'fast-check';
import { lengthBuckets, thresholdsOf } from '../../src/bucket/cells.ts';
import { LongmixError } from '../../src/errors.ts';
import type { LengthRule, MixSpec, PerSource, Recipe, SequenceSpec } from '../../src/nouns/recipe.ts';
import { fraction } from './fuzz.ts';

/** A mix that asks for everything, but for what a test says. */
export function mixSpec(more: Partial<MixSpec> = {}): MixSpec {
  return {
    tokens: 'all',
    sharesOf: 'tokens',
    shares: null,
    length: null,
    cells: null,
    method: 'drop',
    maxEpochs: everySource(1),
    redistribute: 'never',
    ...more,
  };
}

export function sequenceSpec(more: Partial<SequenceSpec> = {}): SequenceSpec {
  return {
    length: 8192,
    packing: 'best-fit',
    overlong: 'fragment',
    tails: 'carry',
    bos: false,
    eos: true,
    plusOne: false,
    packLength: null,
    decompose: null,
    ...more,
  };
}

/** What the planner takes of a recipe without phases. */
export function onePhase(
  mix: MixSpec,
  sequences: SequenceSpec,
  seed: number,
): Pick<Recipe, 'phases' | 'phaseDocuments' | 'seed'> {
  return { phases: [{ name: 'train', share: 1, mix, sequences }], phaseDocuments: 'disjoint', seed };
}

export function everySource(otherwise: number): PerSource {
  return { otherwise, of: new Map() };
}

export const lengthRules: fc.Arbitrary<LengthRule> = fc.record({
  threshold: fc.integer({ min: 1, max: 600 }),
  scope: fc.constantFrom('per-source' as const, 'global' as const),
  rule: fc.oneof(
    fc.record({
      kind: fc.constant('long_share' as const),
      share: fraction(0.05, 0.95),
    }),
    fc.record({
      kind: fc.constant('keep_short' as const),
      rate: fc.oneof(fc.constantFrom(0, 1), fraction(1e-9, 1)),
    }),
    fc.record({ kind: fc.constant('remove_long' as const) }),
  ),
});

/** @param most tokens of the corpus, about: asking for more needs repeats */
export function mixes(sources: readonly string[], most: number): fc.Arbitrary<MixSpec> {
  const shares = fc
    .array(fc.integer({ min: 1, max: 9 }), { minLength: sources.length, maxLength: sources.length })
    .map((parts) => {
      const sum = parts.reduce((total, part) => total + part, 0);
      return new Map(sources.map((name, s) => [name, parts[s]! / sum]));
    });
  return fc
    .record({
      tokens: fc.oneof(
        fc.constant('all' as const),
        fc.integer({ min: 1, max: Math.max(1, Math.ceil(most / 4)) }),
        fc.integer({ min: 1, max: Math.max(1, most * 2) }),
      ),
      shares: fc.option(shares, { freq: 2 }),
      length: fc.option(lengthRules, { freq: 3 }),
      method: fc.constantFrom('drop' as const, 'repeat' as const),
      maxEpochs: fc.constantFrom(1, 2.5, 4, 100).map(everySource),
    })
    .map(mixSpec);
}

export const sequenceSpecs: fc.Arbitrary<SequenceSpec> = fc
  .record({
    length: fc.integer({ min: 3, max: 300 }),
    packing: fc.constantFrom('best-fit' as const, 'concat' as const, 'pad' as const, 'groups' as const),
    overlong: fc.constantFrom('fragment' as const, 'truncate' as const, 'exclude' as const),
    tails: fc.constantFrom('carry' as const, 'discard' as const),
    bos: fc.boolean(),
    eos: fc.boolean(),
    plusOne: fc.boolean(),
  })
  .map(sequenceSpec);

/** Does it, or says null where the mix can't be had: random recipes ask for the impossible now and then. */
export function unlessInfeasible<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof LongmixError && error.code === 'mix-infeasible') return null;
    throw error;
  }
}

export function bucketsOf(mix: MixSpec): ReturnType<typeof lengthBuckets> {
  return lengthBuckets(null, thresholdsOf([{ mix }]));
}
