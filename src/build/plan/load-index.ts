/** Loads what a plan needs from the disk: the index of the token store, and what earlier runs have read. */
import { groupsKey, hasGroups } from '../../base/group-fields.ts';
import { type UsedColumns, usedColumns } from '../../base/used-columns.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import type { DocumentGroups } from '../../nouns/tokens.ts';
import { loadColumns } from '../../store/read-columns.ts';
import { loadCharacters, loadTable } from '../../store/reader.ts';
import type { EarlierReads, StoreIndex, TokenStore } from '../nouns.ts';
import { loadNear } from '../store/sketches.ts';
import { loadGroups } from './load-groups.ts';

/**
 * Loads all that `planBuild` needs from a token store, for any of these recipes. Memory: 14 bytes per document, 18 with
 * characters, and those of the optional columns that the recipes use (8 for a number, 4 for a text); 132 more where near
 * copies are asked for (`sketches.ts`, which makes what it needs beside the store), and 12 or 16 for groups.
 * @param earlier what the runs of `mix.without` have read (`loadEarlier`)
 * @throws LongmixError `store-damaged`
 */
export async function loadIndex(
  store: TokenStore,
  recipes: readonly Recipe[],
  earlier?: EarlierReads,
): Promise<StoreIndex> {
  const { folder, manifest } = store;
  const estimated = recipes.some(({ documents }) => documents.charactersPerToken !== null);
  const table = await loadTable(folder, manifest);
  const near = loadNear(store, table, recipes);
  const groups = new Map<string, DocumentGroups>();
  for (const recipe of recipes.filter(hasGroups))
    groups.set(groupsKey(recipe), await loadGroups(store, table, recipe));
  const used = columnsOf(recipes);
  return {
    table,
    characters: estimated ? await loadCharacters(folder, manifest) : null,
    ...(used.numbers.length + used.texts.length === 0
      ? {}
      : { columns: await loadColumns(folder, manifest, used) }),
    ...(earlier === undefined ? {} : { earlier }),
    ...(near === null ? {} : { near }),
    ...(groups.size === 0 ? {} : { groups }),
  };
}

function columnsOf(recipes: readonly Recipe[]): UsedColumns {
  const used = recipes.map(usedColumns);
  return {
    numbers: [...new Set(used.flatMap(({ numbers }) => numbers))],
    texts: [...new Set(used.flatMap(({ texts }) => texts))],
  };
}
