/**
 * Turns an object into a checked Recipe or Ablation, for programs that make recipes instead of reading them. The object
 * has the keys of the YAML file, and all rules of a recipe apply. It is written as JSON, which is YAML, and read by the
 * same code, so there is one set of checks. The cost is a copy of the object.
 */

import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { Ablation, Recipe } from '../nouns/recipe.ts';
import { parseAblation } from './ablation/parse-ablation.ts';
import { parseRecipe } from './parse-recipe.ts';

export interface RecipeFromOptions {
  /** Relative paths in the object are relative to this folder. Default: the current one. */
  readonly directory?: string;
  /** Name of the build if the object has no `name`. Default: `recipe`, or `ablation`. */
  readonly name?: string;
}

/**
 * Makes a recipe from an object with the keys of a recipe file (docs/recipe-keys.md). Amounts and lengths may be
 * numbers, or texts as in YAML: a length of `'32K'` is 32,768 tokens, an amount of `'5B'` is 5,000,000,000 tokens.
 * @param recipe plain data that can be written as JSON; keys with the value undefined are left out
 * @example recipeFrom({ sources: { books: 'corpus/books' }, sequences: { length: '32K' } })
 * @throws LongmixError `recipe-invalid`, with all problems; the places in it are lines and columns of
 *   `JSON.stringify(recipe, null, 2)`
 */
export function recipeFrom(
  recipe: object,
  { directory = '', name = 'recipe' }: RecipeFromOptions = {},
): Recipe {
  return parseRecipe(written(recipe, name), join(directory, 'recipe'));
}

/**
 * Makes an ablation from an object with `base` (a recipe, as an object) and `arms` (a map from the names of arms to the
 * keys that each changes).
 * @example ablationFrom({ base: { sources: { books: 'corpus/books' } }, arms: { all: {}, few: { mix: { tokens: '1M' } } } })
 * @throws LongmixError `ablation-invalid`, with all problems; places are given as by `recipeFrom`
 */
export function ablationFrom(
  ablation: object,
  { directory = '', name = 'ablation' }: RecipeFromOptions = {},
): Ablation {
  const file = join(directory, 'ablation');
  return parseAblation(written(ablation, name), file, refuseFile);
}

function refuseFile(path: string): never {
  throw new LongmixError('ablation-invalid', `base names the file ${path}, which is not read here`, {
    cure: 'give the recipe itself as base, or read the ablation with parseAblation',
  });
}

/** Writes the object as JSON. The name comes last, so that the lines of all other keys stay the same. */
function written(given: object, name: string): string {
  return JSON.stringify(
    { ...given, name: 'name' in given && given.name !== undefined ? given.name : name },
    null,
    2,
  );
}
