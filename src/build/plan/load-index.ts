/** Loads what a plan needs from the disk: the index of the token store, and what earlier runs have read. */
import type { Recipe } from '../../nouns/recipe.ts';
import { loadCharacters, loadTable } from '../../store/reader.ts';
import type { EarlierReads, StoreIndex, TokenStore } from '../nouns.ts';

/**
 * Loads all that `planBuild` needs from a token store, for any of these recipes. Memory: 14 bytes per document, 18 with
 * characters.
 * @param earlier what the runs of `mix.without` have read (`loadEarlier`)
 * @throws LongmixError `store-damaged`
 */
export async function loadIndex(
  { folder, manifest }: TokenStore,
  recipes: readonly Recipe[],
  earlier?: EarlierReads,
): Promise<StoreIndex> {
  const estimated = recipes.some(({ documents }) => documents.charactersPerToken !== null);
  return {
    table: await loadTable(folder, manifest),
    characters: estimated ? await loadCharacters(folder, manifest) : null,
    ...(earlier === undefined ? {} : { earlier }),
  };
}
