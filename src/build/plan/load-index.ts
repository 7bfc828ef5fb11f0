/** Loads the token store's index, the only thing that a plan needs from the disk. */
import type { Recipe } from '../../nouns/recipe.ts';
import { loadCharacters, loadDocuments } from '../../store/reader.ts';
import type { StoreIndex, TokenStore } from '../nouns.ts';

/**
 * Loads all that `planBuild` needs from a token store, for any of these recipes. Memory: 14 bytes per document, 18 with
 * characters.
 * @throws LongmixError `store-damaged`
 */
export function loadIndex({ folder, manifest }: TokenStore, recipes: readonly Recipe[]): StoreIndex {
  const estimated = recipes.some(({ documents }) => documents.charactersPerToken !== null);
  return {
    table: loadDocuments(folder, manifest),
    characters: estimated ? loadCharacters(folder, manifest) : null,
  };
}
