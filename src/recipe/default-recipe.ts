/** The recipe of `longmix build CORPUS`: one source named after the directory, and defaults for everything else. */

import { basename, resolve } from 'node:path';
import type { Recipe } from '../nouns/recipe.ts';
import { recipeSchema } from './schema/schema.ts';
import { toRecipe } from './to-recipe.ts';

/**
 * @param path a directory, a file, a glob, or `-` for standard input
 * @param name the name of the source and of the build
 */
export function defaultRecipe(path: string, name: string = corpusName(path)): Recipe {
  return toRecipe(recipeSchema.parse({ sources: { [name]: path } }), {
    directory: process.cwd(),
    defaultName: name,
    sourceNames: [name],
    phaseNames: [],
    givesLength: false,
  });
}

function corpusName(path: string): string {
  return path === '-' ? 'stdin' : basename(resolve(path)) || 'root';
}
