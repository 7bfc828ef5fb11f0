/** Loads what a plan needs from the disk: the index of the token store, and what earlier runs have read. */
import type { Recipe } from '../../nouns/recipe.ts';
import { loadCharacters, loadDocuments } from '../../store/reader.ts';
import type { EarlierReads, StoreIndex, TokenStore } from '../nouns.ts';
import { loadNear } from '../store/sketches.ts';
import { loadGroups } from './load-groups.ts';

/**
 * Loads all that `planBuild` needs from a token store, for any of these recipes. Memory: 14 bytes per document, 18 with
 * characters, and 132 more where near copies are asked for (`sketches.ts`, which makes what it needs beside the store).
 * @param earlier what the runs of `mix.without` have read (`loadEarlier`)
 * @throws LongmixError `store-damaged`
 */
export function loadIndex(store: TokenStore, recipes: readonly Recipe[], earlier?: EarlierReads): StoreIndex {
  const { folder, manifest } = store;
  const estimated = recipes.some(({ documents }) => documents.charactersPerToken !== null);
  const table = loadDocuments(folder, manifest);
  const near = loadNear(store, table, recipes);
  // Arms of an ablation have the same sources.
  const groups = loadGroups(store, table, recipes[0]!);
  return {
    table,
    characters: estimated ? loadCharacters(folder, manifest) : null,
    ...(earlier === undefined ? {} : { earlier }),
    ...(near === null ? {} : { near }),
    ...(groups === null ? {} : { groups }),
  };
}
