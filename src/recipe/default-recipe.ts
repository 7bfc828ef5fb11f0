/** The recipe of `longmix build DIRECTORY`: one source named after the directory, everything else as the defaults are. */

import { basename, resolve } from 'node:path';
import type { Recipe } from '../types.ts';
import { recipeSchema } from './schema.ts';
import { toRecipe } from './to-recipe.ts';

/** @param directory a directory, a file, a glob, or `-` for standard input */
export function defaultRecipe(directory: string): Recipe {
  const name = directory === '-' ? 'stdin' : basename(resolve(directory)) || 'root';
  return toRecipe(recipeSchema.parse({ sources: { [name]: directory } }), {
    directory: process.cwd(),
    defaultName: name,
    sourceNames: [name],
    phaseNames: [],
  });
}
