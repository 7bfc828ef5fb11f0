/** Flags that several commands share: turns the typed text into its meaning. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, extname, resolve } from 'node:path';
import picomatch from 'picomatch';
import { addressName, below, isWebAddress, splitAddress } from '../base/address.ts';
import { isUrl } from '../base/is-url.ts';
import { outputMark } from '../build/folders.ts';
import type { GatherMode, StageOptions } from '../build/nouns.ts';
import { LongmixError, systemReason } from '../errors.ts';
import type { Recipe } from '../nouns/recipe.ts';
import { defaultRecipe } from '../recipe/default-recipe.ts';
import { parseSetting, type Setting } from '../recipe/parse-setting.ts';
import { isTokenizerPath } from '../recipe/tokenizer-path.ts';
import { parseSize } from '../recipe/units.ts';
import { notesOnly, progressLines } from '../report/progress-lines.ts';
import { resolve as resolvePlace } from '../storage/paths.ts';
import { badAddress, shownAddress } from '../storage/remote/address.ts';
import { isRemote } from '../storage/remote.ts';
import { onWaiting } from '../storage/waiting.ts';
import { type CacheFlags, cacheOf } from './cache-flags.ts';
import { type EngineFlags, executorOf, isElsewhere } from './engine-flags.ts';

/** Flags that set keys of the recipe. */
export interface RecipeFlags {
  readonly set?: readonly string[];
  readonly tokenizer?: string;
  readonly length?: string;
  readonly seed?: string;
  readonly text?: string;
  readonly store?: string;
}

/**
 * `--set` comes after the other flags, so that it wins. Paths in the other flags are relative to the working directory.
 */
export function recipeSettings({ set = [], ...flags }: RecipeFlags): Setting[] {
  const named = (flag: string, at: Setting['at'], value: string | undefined, text = value): Setting[] =>
    value === undefined ? [] : [{ flag: `--${flag} ${value}`, at, text: text! }];
  const { tokenizer, length, seed, text, store } = flags;
  const isPath = tokenizer !== undefined && (existsSync(tokenizer) || isTokenizerPath(tokenizer));
  return [
    ...named('tokenizer', ['tokenizer'], tokenizer, quoted(isPath ? resolve(tokenizer) : tokenizer)),
    ...named('length', ['sequences', 'length'], length),
    ...named('seed', ['seed'], seed),
    ...named('text', ['sources', '*', 'text'], text, quoted(text)),
    ...named('store', ['store'], store, quoted(store && resolvePlace(store))),
    ...set.map(parseSetting),
  ];
}

/** Quotes text as JSON, which is valid YAML and is always read as text. */
function quoted(text: string | undefined): string {
  return JSON.stringify(text ?? '');
}

/** @throws LongmixError `flag-invalid` if flags for a recipe are given, but no recipe is read */
export function refuseRecipeFlags(flags: RecipeFlags, what: string): void {
  const [first] = recipeSettings(flags);
  if (first === undefined) return;
  throw new LongmixError('flag-invalid', `${first.flag} is a recipe setting, and ${what} is already made`, {
    cure: 'give the recipe or the corpus, or leave the flag out',
  });
}

export interface RunFlags extends RecipeFlags, CacheFlags, EngineFlags {
  readonly workers?: string;
  readonly memory: string;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
  readonly gather?: GatherMode;
}

/** The most memory that one worker needs: a tokenizer, some chunks, and an unfinished record batch. */
const workerBytes = 384 * 1000 * 1000;

/**
 * Loads a recipe file, or makes a default recipe for a corpus (directory, file, glob, address, `-`). Flags override keys.
 */
export async function loadRecipe(path: string, flags: RecipeFlags = {}): Promise<Recipe> {
  const settings = recipeSettings(flags);
  if (path === '-') return await ofCorpus(path, 'stdin', settings);
  if (isUrl(path)) return await ofCorpus(path, remoteName(path) || 'corpus', settings);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return await ofCorpus(...globAndName(path), settings);
  if (stats.isDirectory()) refuseOwnOutput(path);
  const isRecipe = stats.isFile() && ['.yaml', '.yml'].includes(extname(path).toLowerCase());
  if (!isRecipe) return await ofCorpus(resolve(path), basename(resolve(path)) || 'root', settings);
  const { parseRecipe } = await import('../recipe/parse-recipe.ts');
  return parseRecipe(readYaml(path), path, settings);
}

/** @throws LongmixError `remote-address` for an unknown scheme, `recipe-missing` for a recipe */
function remoteName(address: string): string {
  if (!isRemote(address)) throw badAddress(address, 'its scheme is not known');
  const shown = shownAddress(address);
  if (/\.ya?ml$/i.test(shown)) {
    throw new LongmixError('recipe-missing', `a recipe must be a file of this machine: ${shown}`, {
      cure: 'download it first; a relative path: in it is relative to the folder that it is in',
    });
  }
  const { root, name } = splitAddress(shown);
  const { base, isGlob } = picomatch.scan(name);
  return addressName(isGlob && !isWebAddress(shown) ? below(root, base) : shown);
}

async function ofCorpus(path: string, name: string, settings: readonly Setting[]): Promise<Recipe> {
  // A corpus with all defaults doesn't need the YAML parser, so it is not loaded.
  if (settings.length === 0) return defaultRecipe(path, name);
  const { corpusRecipe } = await import('../recipe/parse-recipe.ts');
  return corpusRecipe(path, name, settings);
}

/** Returns the path and the name of a corpus that is neither a file nor a directory. */
function globAndName(path: string): [path: string, name: string] {
  const { base, isGlob } = picomatch.scan(path);
  if (isGlob) return [resolve(path), basename(resolve(base)) || 'root'];
  throw new LongmixError('recipe-missing', `no such file or directory: ${path}`, {
    cure: 'give a recipe (YAML) or a corpus directory; longmix init CORPUS writes a first recipe',
  });
}

/** Reads the text of a recipe or an ablation. */
export function readYaml(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LongmixError('recipe-unreadable', `cannot read ${path}: ${systemReason(cause)}`, {
      cure: 'check the path, and that you may read the file',
      cause,
    });
  }
}

/**
 * Refuses a folder that longmix wrote as a corpus. Its .json and .arrow files would otherwise be read as documents.
 * @throws LongmixError `corpus-is-output`
 */
export function refuseOwnOutput(folder: string): void {
  const mark = outputMark(folder);
  if (mark === null) return;
  throw new LongmixError(
    'corpus-is-output',
    `${folder} is not a corpus; longmix created it (it has ${mark})`,
    {
      cure: 'give the recipe or the corpus that it was made from; if it is unfinished, that finishes it',
    },
  );
}

export function stageOptions(flags: RunFlags, signal: AbortSignal): StageOptions {
  const isAway = isElsewhere(flags);
  if (isAway && flags.fresh === true) {
    throw new LongmixError('flag-invalid', '--fresh would throw away what workers have done', {
      cure: 'remove the output folder, or leave --fresh out',
    });
  }
  const progress = flags.quiet === true || isAway ? notesOnly(process.stderr) : progressLines(process.stderr);
  onWaiting(progress.aside);
  const memory = memoryBytes(flags.memory);
  const most = Math.floor(memory / workerBytes);
  // A list for others must not depend on the cores of the machine that writes it.
  const usual = isAway ? 1 : Math.min(availableParallelism(), most);
  const workers = flags.workers === undefined ? usual : workerCount(flags.workers, most);
  return {
    workers,
    memory,
    executor: executorOf(flags, { workers, memory }),
    gather: flags.gather,
    fresh: flags.fresh === true,
    cache: cacheOf(flags),
    signal,
    progress,
  };
}

function memoryBytes(typed: string): number {
  const parsed = parseSize(typed);
  if ('problem' in parsed) {
    throw new LongmixError('flag-invalid', `--memory: found "${typed}"`, { cure: parsed.problem });
  }
  if (parsed.value < workerBytes) {
    throw new LongmixError('flag-invalid', `--memory ${typed} is too little`, {
      cure: `one worker needs ${workerBytes / 1e6}MB: use at least --memory ${workerBytes / 1e6}MB`,
    });
  }
  return parsed.value;
}

function workerCount(typed: string, most: number): number {
  const count = /^\d+$/.test(typed) ? Number(typed) : 0;
  if (count < 1) {
    throw new LongmixError('flag-invalid', `--workers: found "${typed}"`, {
      cure: 'use a whole number of at least 1',
    });
  }
  if (count > most) {
    throw new LongmixError('flag-invalid', `--workers ${count} is too many for the memory`, {
      cure: `a worker needs ${workerBytes / 1e6}MB: use at most --workers ${most}, or more --memory`,
    });
  }
  return count;
}
