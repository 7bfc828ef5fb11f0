/**
 * A case is two files in bad/: NAME.recipe (YAML, but biome would fix or refuse a .yaml) and NAME.txt, its message.
 * After changing a message, run with UPDATE_GOLDEN=1, then read the diff.
 */

import { describe, expect, it, test } from 'vitest';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { goldenMessages, messageOf } from '../support/golden-messages.ts';

const message = (text: string): string => messageOf(() => parseRecipe(text, 'm.yaml'));

describe('bad recipes', () => {
  goldenMessages(new URL('bad/', import.meta.url), '.recipe', parseRecipe);

  // One slip each, told at its exact place: the anchor that the golden files can't drift away from.
  test.each([
    [
      'mix: { treshold: 1 }',
      '2:8: unknown key `treshold` in mix; did you mean `threshold`? It belongs in mix.length',
    ],
    ['seed: -1', '2:7: seed: found `-1`; expected a whole number'],
    ['sequences:\n  length: 1', '3:11: sequences.length: found `1`; expected 2 to 1073741824 tokens'],
    [
      'sequences:\n  packing: bestfit',
      '3:12: sequences.packing: found `bestfit`; expected one of best-fit, concat, pad, decompose, groups; did you mean `best-fit`?',
    ],
    ['seed: 1\nseed: 2', '3:1: duplicate key `seed`: already given in line 2'],
    [
      'mix: { length: { long_share: 70% } }',
      '2:16: missing key `threshold` in mix.length; expected a length',
    ],
    ['seed:\n\t1', '3:1: not valid YAML: a tab'],
  ])('%j', (text, expected) => {
    const found = message(`sources: { a: b }\n${text}`);
    expect(found.startsWith(`m.yaml:${expected}`), found).toBe(true);
  });

  it('survives input made to exhaust it', () => {
    expect(message('['.repeat(50_000))).toContain('nested too deeply');
    const loop = 'sources: &a { b: *a }';
    expect(message(loop)).toContain('unknown key `b` in sources.b');
    expect(message(`sources: { a: b }\nname: ${'x/'.repeat(100_000)}`).length).toBeLessThan(400);
  });
});
