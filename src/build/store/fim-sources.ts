/** Fill in the middle of a recipe's sources, with the ids of the sentinels in its tokenizer. */
import type { SourceFim } from '../../base/fim.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { placeInRecipe } from '../../recipe/yaml/places.ts';

/**
 * Loads the names of the tokenizer's tokens only if a source has FIM.
 * @throws LongmixError `special-token-missing` | `tokenizer-token`
 */
export async function fimSources(recipe: Recipe): Promise<SourceFim[] | null> {
  const asked = recipe.sources.flatMap(({ name, fim }) => (fim === undefined ? [] : [{ name, fim }]));
  if (asked.length === 0) return null;
  const { describeTokenizer } = await import('../../tokenize/load.ts');
  const { findFimIds } = await import('../../tokenize/files/fim-ids.ts');
  const { names, name: tokenizer } = await describeTokenizer(recipe.tokenizer);
  return asked.map(({ name, fim: { rate, spmShare, tokens } }) => {
    const where = placeInRecipe(recipe, ['sources', name, 'fim']);
    return { source: name, rate, spmShare, ...findFimIds(names, tokenizer, tokens, where) };
  });
}
