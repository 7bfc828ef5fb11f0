/** Flags that several commands share: what was typed, to what it means. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { LongmixError } from '../errors.ts';
import { defaultRecipe } from '../recipe/default-recipe.ts';
import { parseRecipe } from '../recipe/parse-recipe.ts';
import { parseSize } from '../recipe/units.ts';
import { progressLines } from '../report/progress-lines.ts';
import { noProgress } from '../run/progress.ts';
import type { StageOptions } from '../run/token-store.ts';
import type { Recipe } from '../types.ts';

export interface RunFlags {
  readonly workers?: string;
  readonly memory: string;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
}

/** What one worker needs at most: a tokenizer, some chunks, a record batch in the making. */
const workerBytes = 384 * 1000 * 1000;

/** A recipe file, or a corpus (directory, file, `-`) with every default. */
export function loadRecipe(path: string): Recipe {
  if (path === '-') return defaultRecipe('-');
  if (!existsSync(path)) {
    throw new LongmixError('recipe-missing', `no such file or directory: ${path}`, {
      cure: 'give a recipe (YAML) or a corpus directory; longmix init CORPUS writes a first recipe',
    });
  }
  const isRecipe = statSync(path).isFile() && ['.yaml', '.yml'].includes(extname(path));
  return isRecipe ? parseRecipe(readFileSync(path, 'utf8'), path) : defaultRecipe(resolve(path));
}

/** `--out`, else out/NAME. */
export function outFolder(recipe: Recipe, out: string | undefined): string {
  return resolve(out ?? join('out', recipe.name));
}

export function stageOptions(flags: RunFlags, signal: AbortSignal): StageOptions {
  const memory = memoryBytes(flags.memory);
  const most = Math.floor(memory / workerBytes);
  return {
    workers:
      flags.workers === undefined ? Math.min(availableParallelism(), most) : workerCount(flags.workers, most),
    fresh: flags.fresh === true,
    signal,
    progress: flags.quiet === true ? noProgress : progressLines(process.stderr),
  };
}

function memoryBytes(typed: string): number {
  const parsed = parseSize(typed);
  if ('problem' in parsed) {
    throw new LongmixError('flag-invalid', `--memory: found "${typed}"; ${parsed.problem}`);
  }
  if (parsed.value < workerBytes) {
    throw new LongmixError('flag-invalid', `--memory ${typed} is too little`, {
      cure: `one worker needs ${workerBytes / 1e6}MB`,
    });
  }
  return parsed.value;
}

function workerCount(typed: string, most: number): number {
  const count = Number(typed);
  if (!Number.isInteger(count) || count < 1) {
    throw new LongmixError('flag-invalid', `--workers: found "${typed}"; use a whole number of at least 1`);
  }
  if (count > most) {
    throw new LongmixError('flag-invalid', `--workers ${count} don't fit in --memory`, {
      cure: `a worker needs ${workerBytes / 1e6}MB: use at most ${most} workers, or more memory`,
    });
  }
  return count;
}
