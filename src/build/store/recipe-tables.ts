/** Loads the tokenizer of a recipe. */
import { LongmixError } from '../../errors.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { placeInRecipe } from '../../recipe/yaml/places.ts';
import { loadTables, type TokenizerTables } from '../../tokenize/engine/load-tables.ts';

/**
 * Loads the recipe's tokenizer. If the recipe names a token wrongly, the error gives its place in the recipe.
 * @throws whatever `loadTables` throws
 */
export async function recipeTables(recipe: Recipe): Promise<TokenizerTables> {
  try {
    return await loadTables(recipe.tokenizer);
  } catch (error) {
    if (!(error instanceof LongmixError) || error.code !== 'tokenizer-token') throw error;
    const role = /^tokenizer\.(\w+)/.exec(error.message)?.[1] ?? '';
    const where = placeInRecipe(recipe, ['tokenizer', role]) ?? error.where;
    const cure = error.cure === undefined ? {} : { cure: error.cure };
    throw new LongmixError(error.code, error.message, {
      ...(where === undefined ? {} : { where }),
      ...cure,
      cause: error,
    });
  }
}
