/**
 * Schema of an ablation file. An arm may have the keys of a recipe, except those that decide the token store. The keys
 * are read from the recipe's schema, so that the two always agree.
 */

import { z } from 'zod';
import { either, folderName, mapError, text } from './fields.ts';
import { recipeSchema } from './schema.ts';
import { shapeOf, withoutDefault } from './schema-keys.ts';
import type { Language } from './schema-problems.ts';

/** Sections that are laid over the base key by key. The value of any other key replaces the base's value as a whole. */
export const sections: readonly string[] = ['documents', 'mix', 'sequences'];

/** Keys that an arm may not change: the name, and those that decide the token store. */
const fixed: readonly string[] = ['name', 'tokenizer', 'store', 'sources', 'max_bad_records'];

/** Keys in which arms can differ. */
export const armKeys: readonly string[] = Object.keys(shapeOf(recipeSchema)).filter(
  (key) => !fixed.includes(key),
);

/** Makes each key optional; an empty value (null) removes the base's key. */
function overlay(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => [
      key,
      withoutDefault(schema)
        .nullish()
        .describe(schema.description ?? ''),
    ]),
  );
}

const recipeShape = shapeOf(recipeSchema);
const arm = z.strictObject(
  overlay(
    Object.fromEntries(
      armKeys.map((key) => {
        const schema = recipeShape[key]!;
        if (!sections.includes(key)) return [key, schema];
        const section = z.strictObject(overlay(shapeOf(schema)), mapError('a map of settings'));
        return [key, section.describe(schema.description ?? '')];
      }),
    ),
  ),
  mapError('a map of the differences from the base, such as { mix: { length: none } }'),
);

export const ablationSchema: z.ZodType = z
  .strictObject(
    {
      name: folderName()
        .optional()
        .describe("Name of the ablation and of its folder, out/NAME; default: the file's name."),
      base: either(
        text('the path of a recipe'),
        recipeSchema,
        'the path of a recipe, or the recipe itself as a map',
      ).describe(
        'The recipe that all arms start from: its path, relative to this file, or the recipe itself.',
      ),
      arms: z
        .record(
          folderName('store'),
          arm.nullable(),
          mapError('a map from names to arms such as no-rule: { mix: { length: none } }'),
        )
        .optional()
        .describe(
          'By name, the differences from the base; {} is the base itself, and a key without a value removes that key.',
        ),
      grid: z
        .record(
          text('a dotted key'),
          z
            .array(z.unknown(), mapError('a list of values'))
            .min(1, { error: 'expected at least one value', abort: true }),
          mapError('a map from dotted keys to lists of values such as mix.length.threshold: [4K, 8K]'),
        )
        .optional()
        .describe('Dotted keys of the recipe, each with a list of values: every combination is an arm.'),
    },
    mapError('a map of settings, at least `base`, and `arms` or `grid`'),
  )
  .describe('A longmix ablation: recipes over one token store, to be compared.');

const least = 'base: mix.yaml\n    arms:\n      original: {}\n      no-rule: { mix: { length: none } }';

export const ablationLanguage: Language = {
  schema: ablationSchema,
  noun: 'ablation',
  least,
  mistaken: (keys) =>
    keys.includes('sources') && !['base', 'arms', 'grid'].some((key) => keys.includes(key))
      ? `this is a recipe, not an ablation\n  the least ablation is\n    ${least}`
      : null,
  note: (key, path) => (path[0] === 'arms' && path.length === 2 ? whyFixed(key) : null),
};

/** Why a key of a recipe can't differ between arms; null: it can, or it is not a key of a recipe. */
export function whyFixed(key: string): string | null {
  if (!fixed.includes(key)) return null;
  if (key === 'name') return 'an arm has the name of its key';
  return `all arms share one token store, so \`${key}\` can't differ; it belongs in base`;
}
