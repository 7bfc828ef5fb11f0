/**
 * Parses YAML text to a checked Recipe. All problems are reported at once, each with its place, so that nobody has to
 * fix a recipe on a cluster's login node five times.
 */

import { basename, dirname, extname, resolve } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { Recipe } from '../nouns/recipe.ts';
import { crossProblems } from './checks/cross-checks.ts';
import type { Setting } from './parse-setting.ts';
import { recipeSchema } from './schema/schema.ts';
import { type Language, schemaProblems } from './schema/schema-problems.ts';
import { withSettings } from './settings.ts';
import { toRecipe } from './to-recipe.ts';
import { type Problem, parseYaml, type YamlFile } from './yaml/parse-yaml.ts';
import { rememberPlaces } from './yaml/places.ts';
import { valueIn } from './yaml/yaml-values.ts';

const language: Language = {
  schema: recipeSchema,
  noun: 'recipe',
  least: 'sources:\n      web: ../corpus/web',
  mistaken: (keys) =>
    keys.includes('arms') && !keys.includes('sources')
      ? 'this is an ablation, not a recipe\n  longmix ablate plans and builds its arms'
      : null,
};

/**
 * @param text the recipe
 * @param file path of the recipe: paths in it are relative to the file's directory, and messages name it as given
 * @param settings keys that replace those of the recipe
 * @throws LongmixError `recipe-invalid`, with all problems in the order of the file
 */
export function parseRecipe(text: string, file: string, settings: readonly Setting[] = []): Recipe {
  return recipeOf(checkedRecipe(text, file, settings), file, basename(file, extname(file)));
}

/**
 * The recipe of a corpus (a directory, a file, a glob, or `-`), with all defaults except for the settings.
 * @throws LongmixError `recipe-invalid`
 */
export function corpusRecipe(path: string, name: string, settings: readonly Setting[]): Recipe {
  const text = JSON.stringify({ sources: { [name]: path } });
  return recipeOf(checkedRecipe(text, path, settings), resolve('recipe'), name);
}

/** @throws LongmixError `recipe-invalid` | `flag-invalid` */
export function checkedRecipe(text: string, file: string, settings: readonly Setting[] = []): YamlFile {
  const written = parseYaml(text, file);
  if (written.fatal) refuse('recipe', written.problems, written);
  const yaml = withSettings(written, settings);
  refuse('recipe', [...written.problems, ...recipeProblems(yaml)], yaml);
  return yaml;
}

export function recipeProblems(yaml: YamlFile): Problem[] {
  const problems = schemaProblems(yaml, language);
  return yaml.value === null ? problems : [...problems, ...crossProblems(yaml)];
}

/** @param yaml a checked recipe, whose paths are relative to the directory of `file` */
export function recipeOf(yaml: YamlFile, file: string, defaultName: string): Recipe {
  const recipe = toRecipe(recipeSchema.parse(yaml.value), {
    directory: resolve(dirname(file)),
    defaultName,
    sourceNames: yaml.keysOf(['sources']),
    phaseNames: yaml.keysOf(['phases']),
    givesLength: valueIn(yaml, ['sequences', 'length']) !== undefined,
  });
  return rememberPlaces(recipe, yaml);
}

/** @throws LongmixError `recipe-invalid` | `ablation-invalid`, if there are problems */
export function refuse(noun: Language['noun'], problems: readonly Problem[], yaml: YamlFile): void {
  if (problems.length === 0) return;
  const lines = [...problems]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, message }) => `${yaml.placeOf(offset)}: ${message}`);
  const head = lines.length === 1 ? [] : [`the ${noun} has ${lines.length} problems`];
  throw new LongmixError(`${noun}-invalid`, [...head, ...lines].join('\n'));
}
