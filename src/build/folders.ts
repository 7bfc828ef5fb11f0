/**
 * Where a command writes, checked against where it reads: output among the inputs would be read as text by the next
 * run, which is an easy mistake (`longmix build .`) and a hard one to notice.
 */

import { join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import type { Ablation, Recipe, SourceSpec } from '../nouns/recipe.ts';
import { manifestFile } from '../shard/format.ts';
import { exists, readText, statOf } from '../storage/files.ts';
import { storeFile } from '../store/format.ts';
import { ablationFile } from './ablation-file.ts';
import { planFile } from './ownership.ts';
import { storeFolder } from './store/token-store.ts';

/**
 * `--out`, else out/NAME.
 * @throws LongmixError `output-in-source` | `output-in-output`
 */
export function outFolder(recipe: Recipe, out: string | undefined): string {
  const folder = resolve(out ?? join('out', recipe.name));
  for (const place of new Set([folder, storeFolder(recipe, folder)])) refuseInSources(recipe, place);
  refuseInOutput(folder, [manifestFile, storeFile]);
  return folder;
}

/**
 * `--out`, else out/NAME: the arms' folders are below it.
 * @throws LongmixError `output-in-source`
 */
export function ablationFolder({ name, arms }: Ablation, out: string | undefined): string {
  // The sources and the store of all arms are the same.
  return outFolder({ ...arms[0]!.recipe, name }, out);
}

/**
 * The folder of a recipe's token store: `--out` of `longmix tokenize`, else that of the build.
 * @throws LongmixError `output-in-source`
 */
export function storeOut(recipe: Recipe, out: string | undefined): string {
  if (out === undefined) return storeFolder(recipe, outFolder(recipe, undefined));
  const folder = resolve(out);
  refuseInSources(recipe, folder);
  refuseInOutput(folder, [manifestFile]);
  return folder;
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

/** A build inside one of a build's own folders would be taken for a part of it. */
function refuseInOutput(folder: string, marks: readonly string[]): void {
  const mark = marks.find((name) => isOurs(folder, name));
  if (mark === undefined) return;
  const what = mark === storeFile ? 'a token store' : 'a shard set of a build';
  throw new LongmixError('output-in-output', `the output folder ${folder} is ${what} already`, {
    cure: 'choose another folder with --out, such as the one above it',
  });
}

/** Names of what longmix writes that reads as a corpus, below a build or a store. */
const written = [
  ...[planFile, 'store.json', 'part-00000.docs.arrow', 'store/store.json'],
  ...['train/state.json', 'train/documents.parquet'],
];

function wouldRead(source: SourceSpec, folder: string): boolean {
  // A document a directory is made of text files only, and longmix writes none.
  if (source.path === '-' || isUrl(source.path) || source.join === 'directory') return false;
  const isFolder = statOf(source.path)?.kind === 'folder';
  const { base, glob, isGlob } = picomatch.scan(source.path);
  if (!isFolder && !isGlob) return false;
  const below = relative(isFolder ? source.path : resolve(base), folder).replaceAll(sep, '/');
  if (below === '..' || below.startsWith('../') || /^[A-Za-z]:/.test(below)) return false;
  const inGlob = isFolder ? () => true : picomatch(glob);
  // picomatch by itself leaves hidden folders out, as reading a source does.
  const included = picomatch(source.include.length === 0 ? ['**'] : [...source.include]);
  const excluded = source.exclude.length === 0 ? () => false : picomatch([...source.exclude], { dot: true });
  return written
    .map((name) => (below === '' ? name : `${below}/${name}`))
    .some((name) => inGlob(name) && included(name) && !excluded(name) && !name.includes('node_modules/'));
}

/** What shows a folder to be a build, a shard set or a token store, finished or not; null: nothing does. */
export function outputMark(folder: string): string | null {
  const notes = ['.longmix', 'store/.longmix'].find((name) => exists(join(folder, name)));
  return (
    notes ?? [planFile, ablationFile, manifestFile, storeFile].find((name) => isOurs(folder, name)) ?? null
  );
}

/** Others have a manifest.json too: what it says of itself decides. */
function isOurs(folder: string, name: string): boolean {
  try {
    return /^\s*\{\s*"format":\s*"longmix-/.test(readText(join(folder, name)));
  } catch {
    return false;
  }
}
