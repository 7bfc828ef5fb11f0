/**
 * Where a recipe's token store is. A recipe's own `store` (or `--store`) is taken as it is. Else, with LONGMIX_STORE, it is
 * a folder in there, one for each tokenizer. Else it is `store/` in the output, and parts that the builds beside that output
 * or in ./out have already are taken from their stores, so that another --out does not mean to tokenize again. An empty
 * LONGMIX_STORE turns that off.
 */

import { isUrl } from '../../base/is-url.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { exists, listFolder, statOf } from '../../storage/files.ts';
import { dirname, join, resolve } from '../../storage/paths.ts';
import { storeFile } from '../../store/format.ts';

/** Names a folder for token stores. */
export const storeVariable = 'LONGMIX_STORE';

export interface StorePlace {
  /** @param fingerprint of the tokenizer */
  folderFor(fingerprint: string): string;
  /** Where it must not lie in a source: the folder, or the one above it. */
  readonly root: string;
  /** Whether `folderFor` asks for the tokenizer. */
  readonly byTokenizer: boolean;
  /** Folders of builds, whose stores may have parts. */
  readonly beside: readonly string[];
}

/** @param out where the recipe is built */
export function storePlace(recipe: Recipe, out: string): StorePlace {
  const shared = process.env[storeVariable];
  if (recipe.store !== null) return fixedPlace(recipe.store);
  if (shared === '') return fixedPlace(join(out, 'store'));
  if (shared === undefined) {
    const beside = isUrl(out) ? [] : [...new Set([dirname(resolve(out)), resolve('out')])];
    return { ...fixedPlace(join(out, 'store')), beside };
  }
  const root = resolve(shared);
  const folderFor = (fingerprint: string) => join(root, fingerprint.slice(0, 16));
  return { folderFor, root, byTokenizer: true, beside: [] };
}

export function fixedPlace(folder: string): StorePlace {
  return { folderFor: () => folder, root: folder, byTokenizer: false, beside: [] };
}

/** Stores of the builds in the place's folders, but for its own. */
export function storesBeside({ beside }: StorePlace, own: string): string[] {
  const found = beside
    .filter(isFolder)
    .flatMap((place) => listFolder(place).map((name) => join(place, name, 'store')));
  return [...new Set(found)].filter(
    (store) => resolve(store) !== resolve(own) && exists(join(store, storeFile)),
  );
}

function isFolder(path: string): boolean {
  try {
    return statOf(path)?.kind === 'folder';
  } catch {
    return false;
  }
}
