/** Flags that several commands share: what was typed, to what it means. */
import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { extname, resolve } from 'node:path';
import { LongmixError, systemReason } from '../errors.ts';
import { defaultRecipe } from '../recipe/default-recipe.ts';
import { parseSize } from '../recipe/units.ts';
import { notesOnly, progressLines } from '../report/progress-lines.ts';
import type { StageOptions } from '../run/token-store.ts';
import type { Recipe } from '../types.ts';
import { outputMark } from './folders.ts';

export interface RunFlags {
  readonly workers?: string;
  readonly memory: string;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
}

/** What one worker needs at most: a tokenizer, some chunks, a record batch in the making. */
const workerBytes = 384 * 1000 * 1000;

/** A recipe file, or a corpus (directory, file, `-`) with every default. */
export async function loadRecipe(path: string): Promise<Recipe> {
  if (path === '-') return defaultRecipe('-');
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new LongmixError('recipe-missing', `no such file or directory: ${path}`, {
      cure: 'give a recipe (YAML) or a corpus directory; longmix init CORPUS writes a first recipe',
    });
  }
  if (stats.isDirectory()) refuseOwnOutput(path);
  const isRecipe = stats.isFile() && ['.yaml', '.yml'].includes(extname(path).toLowerCase());
  if (!isRecipe) return defaultRecipe(resolve(path));
  const text = readYaml(path);
  // A corpus without a recipe need not wait for a YAML parser.
  const { parseRecipe } = await import('../recipe/parse-recipe.ts');
  return parseRecipe(text, path);
}

/** The text of a recipe or an ablation. */
export function readYaml(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LongmixError('recipe-unreadable', `cannot read ${path}: ${systemReason(cause)}`, {
      cure: 'check the path, and that the file is yours to read',
      cause,
    });
  }
}

/**
 * A folder that longmix wrote has .json and .arrow files, which would make a corpus of sorts.
 * @throws LongmixError `corpus-is-output`
 */
export function refuseOwnOutput(folder: string): void {
  const mark = outputMark(folder);
  if (mark === null) return;
  throw new LongmixError('corpus-is-output', `${folder} is no corpus: longmix wrote it (it has ${mark})`, {
    cure: 'give the recipe or the corpus that it was made of; if it is not finished, that finishes it',
  });
}

export function stageOptions(flags: RunFlags, signal: AbortSignal): StageOptions {
  const memory = memoryBytes(flags.memory);
  const most = Math.floor(memory / workerBytes);
  return {
    workers:
      flags.workers === undefined ? Math.min(availableParallelism(), most) : workerCount(flags.workers, most),
    memory,
    fresh: flags.fresh === true,
    signal,
    progress: flags.quiet === true ? notesOnly(process.stderr) : progressLines(process.stderr),
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
