/** Loads what a plan needs from the disk: the index of the token store, and what earlier runs have read. */
import { type UsedColumns, usedColumns } from '../../base/used-columns.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { loadColumns } from '../../store/read-columns.ts';
import { loadCharacters, loadTable } from '../../store/reader.ts';
import type { EarlierReads, StoreIndex, TokenStore } from '../nouns.ts';

/**
 * Loads all that `planBuild` needs from a token store, for any of these recipes. Memory: 14 bytes per document, 18 with
 * characters, and those of the optional columns that the recipes use (8 for a number, 4 for a text).
 * @param earlier what the runs of `mix.without` have read (`loadEarlier`)
 * @throws LongmixError `store-damaged`
 */
export async function loadIndex(
  { folder, manifest }: TokenStore,
  recipes: readonly Recipe[],
  earlier?: EarlierReads,
): Promise<StoreIndex> {
  const estimated = recipes.some(({ documents }) => documents.charactersPerToken !== null);
  const used = columnsOf(recipes);
  return {
    table: await loadTable(folder, manifest),
    characters: estimated ? await loadCharacters(folder, manifest) : null,
    ...(used.numbers.length + used.texts.length === 0
      ? {}
      : { columns: await loadColumns(folder, manifest, used) }),
    ...(earlier === undefined ? {} : { earlier }),
  };
}

function columnsOf(recipes: readonly Recipe[]): UsedColumns {
  const used = recipes.map(usedColumns);
  return {
    numbers: [...new Set(used.flatMap(({ numbers }) => numbers))],
    texts: [...new Set(used.flatMap(({ texts }) => texts))],
  };
}
