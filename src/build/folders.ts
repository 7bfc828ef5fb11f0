/**
 * Chooses where a command writes, and checks it against where it reads. The next run would read output among the inputs
 * as text. That is an easy mistake to make (`longmix build .`), and hard to notice.
 */

import picomatch from 'picomatch';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import type { Ablation, Recipe, SourceSpec } from '../nouns/recipe.ts';
import { manifestFile } from '../shard/format.ts';
import { exists, readText, statOf } from '../storage/files.ts';
import { openPlace, refuseUnwritable } from '../storage/open-place.ts';
import { join, relative, resolve, sep } from '../storage/paths.ts';
import { storeFile } from '../store/format.ts';
import { ablationFile } from './ablation-file.ts';
import { planFile } from './ownership.ts';
import { fixedPlace, type StorePlace, storePlace } from './store/store-place.ts';

/**
 * The output folder: `--out`, else out/NAME.
 * @throws LongmixError `output-in-source` | `output-in-output`
 */
export async function outFolder(recipe: Recipe, out: string | undefined): Promise<string> {
  const folder = resolve(out ?? join('out', recipe.name));
  refuseUnwritable(folder);
  await openPlace(folder);
  for (const place of new Set([folder, storePlace(recipe, folder).root])) {
    refuseUnwritable(place);
    refuseInSources(recipe, place);
  }
  refuseInOutput(folder, [manifestFile, storeFile]);
  if (recipe.store !== null) refuseStoreInBuild(resolve(recipe.store), folder);
  return folder;
}

/** In one folder, `longmix verify` would see the store only, and the next build would be refused. */
function refuseStoreInBuild(store: string, out: string): void {
  const mark = [planFile, manifestFile, ablationFile].find((name) => isOurs(store, name));
  if (store !== out && mark === undefined) return;
  const what = store === out ? 'the output folder, too' : 'the output of a build';
  throw new LongmixError('output-in-output', `the folder of the token store, ${store}, is ${what}`, {
    cure: `name a folder of its own with --store (or store: in the recipe), such as ${join(store, 'store')}`,
  });
}

/**
 * The folder of an ablation: `--out`, else out/NAME. The arms' folders are below it.
 * @throws LongmixError `output-in-source` | `output-in-output`
 */
export async function ablationFolder({ name, arms }: Ablation, out: string | undefined): Promise<string> {
  // The first arm is enough: all arms have the same sources and store.
  return await outFolder({ ...arms[0]!.recipe, name }, out);
}

/**
 * Where a recipe's token store is: `--out` of `longmix tokenize`, else that of the build.
 * @throws LongmixError `output-in-source`
 */
export async function storeOut(recipe: Recipe, out: string | undefined): Promise<StorePlace> {
  if (out === undefined) return storePlace(recipe, await outFolder(recipe, undefined));
  const folder = resolve(out);
  refuseUnwritable(folder);
  await openPlace(folder);
  refuseInSources(recipe, folder);
  refuseInOutput(folder, [manifestFile, planFile]);
  return fixedPlace(folder);
}

function refuseInSources(recipe: Recipe, folder: string): void {
  const source = recipe.sources.find((candidate) => wouldRead(candidate, folder));
  if (source === undefined) return;
  throw new LongmixError(
    'output-in-source',
    `the output folder ${folder} is inside source "${source.name}" (${source.path}): the next run would read it as text`,
    { cure: 'choose a folder outside with --out' },
  );
}

/**
 * Refuses a folder that is itself a shard set or a token store: a build there would be taken for a part of that one.
 */
function refuseInOutput(folder: string, marks: readonly string[]): void {
  const mark = marks.find((name) => isOurs(folder, name));
  if (mark === undefined) return;
  const kinds: Readonly<Record<string, string>> = {
    [storeFile]: 'a token store',
    [planFile]: 'a build',
    [manifestFile]: 'a shard set of a build',
  };
  throw new LongmixError('output-in-output', `the output folder ${folder} is ${kinds[mark]} already`, {
    cure:
      mark === planFile
        ? `choose another folder with --out; the tokens of a build are in ${join(folder, 'store')}`
        : 'choose another folder with --out, such as the one above it',
  });
}

/** Files that longmix writes below a build or a store, and that a source could read as a corpus. */
const written = [
  ...[planFile, 'store.json', 'part-0123456789abcdef.docs.arrow', 'store/store.json'],
  ...['train/state.json', 'train/documents.parquet'],
];

function wouldRead(source: SourceSpec, folder: string): boolean {
  // With join: directory only text files are read, and longmix writes none.
  if (source.path === '-' || source.join === 'directory') return false;
  if (isUrl(source.path) !== isUrl(folder)) return false;
  const { base, glob, isGlob } = picomatch.scan(source.path);
  // What an address without a glob leads to is not asked for: below a file there is nothing.
  const isFolder = isUrl(source.path) ? !isGlob : statOf(source.path)?.kind === 'folder';
  if (!isFolder && !isGlob) return false;
  const below = relative(isFolder ? source.path : resolve(base), folder).replaceAll(sep, '/');
  if (isUrl(below)) return false;
  if (below === '..' || below.startsWith('../') || /^[A-Za-z]:/.test(below)) return false;
  const inGlob = isFolder ? () => true : picomatch(glob);
  // picomatch leaves out hidden folders by default, as reading a source does.
  const included = picomatch(source.include.length === 0 ? ['**'] : [...source.include]);
  const excluded = source.exclude.length === 0 ? () => false : picomatch([...source.exclude], { dot: true });
  return written
    .map((name) => (below === '' ? name : `${below}/${name}`))
    .some((name) => inGlob(name) && included(name) && !excluded(name) && !name.includes('node_modules/'));
}

/** The file or folder that marks a build, a shard set or a token store, finished or not; null: there is none. */
export function outputMark(folder: string): string | null {
  const notes = ['.longmix', 'store/.longmix'].find((name) => exists(join(folder, name)));
  return (
    notes ?? [planFile, ablationFile, manifestFile, storeFile].find((name) => isOurs(folder, name)) ?? null
  );
}

/** Looks at the file's `format`, because other programs write a manifest.json too. */
function isOurs(folder: string, name: string): boolean {
  try {
    return /^\s*\{\s*"format":\s*"longmix-/.test(readText(join(folder, name)));
  } catch {
    return false;
  }
}
