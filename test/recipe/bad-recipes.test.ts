/**
 * A case is two files in bad/: NAME.recipe (YAML, but biome would mend or refuse a .yaml) and NAME.txt, its message.
 * After a change of words: UPDATE_GOLDEN=1, then read the diff.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { LongmixError } from '../../src/errors.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';

const folder = new URL('bad/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.recipe'))
  .map((file) => file.slice(0, -'.recipe'.length));

function messageOf(text: string, file: string): string {
  try {
    parseRecipe(text, file);
  } catch (error) {
    expect(error).toBeInstanceOf(LongmixError);
    expect(error).toMatchObject({ code: 'recipe-invalid', exitCode: 2 });
    return (error as LongmixError).message;
  }
  throw new Error(`${file} was accepted`);
}

describe('bad recipes', () => {
  test.each(names)('%s', (name) => {
    const golden = new URL(`${name}.txt`, folder);
    const message = `${messageOf(readFileSync(new URL(`${name}.recipe`, folder), 'utf8'), `${name}.yaml`)}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, message);
    expect(message).toBe(readFileSync(golden, 'utf8'));
  });

  it('has a recipe for every expected message', () => {
    const expected = readdirSync(folder).filter((file) => file.endsWith('.txt'));
    expect(expected.map((file) => file.slice(0, -'.txt'.length))).toEqual(names);
    expect(names.length).toBeGreaterThan(20);
  });

  it("never speaks in zod's words", () => {
    for (const name of names) {
      expect(readFileSync(new URL(`${name}.txt`, folder), 'utf8')).not.toMatch(
        /Invalid|Too (big|small)|Unrecognized/,
      );
    }
  });

  // One slip each, told at its exact place: the anchor that the golden files can't drift away from.
  test.each([
    ['mix: { treshold: 1 }', '2:8: unknown key `treshold` in mix (keys: tokens'],
    ['seed: -1', '2:7: seed: found `-1`; expected a whole number'],
    ['sequences:\n  length: 1', '3:11: sequences.length: found `1`; expected 2 to 1073741824 tokens'],
    [
      'sequences:\n  packing: bestfit',
      '3:12: sequences.packing: found `bestfit`; expected one of best-fit, concat, pad, decompose; did you mean `best-fit`?',
    ],
    ['seed: 1\nseed: 2', '3:1: duplicate key `seed`: already given in line 2'],
    [
      'mix: { length: { long_share: 70% } }',
      '2:16: missing key `threshold` in mix.length; expected an amount',
    ],
    ['seed:\n\t1', '3:1: not valid YAML: a tab'],
  ])('%j', (text, expected) => {
    const message = messageOf(`sources: { a: b }\n${text}`, 'm.yaml');
    expect(message.startsWith(`m.yaml:${expected}`), message).toBe(true);
  });

  it('survives input made to exhaust it', () => {
    expect(messageOf('['.repeat(50_000), 'm.yaml')).toContain('nested too deeply');
    const loop = 'sources: &a { b: *a }';
    expect(messageOf(loop, 'm.yaml')).toContain('unknown key `b` in sources.b');
    expect(messageOf(`sources: { a: b }\nname: ${'x/'.repeat(100_000)}`, 'm.yaml').length).toBeLessThan(400);
  });
});
