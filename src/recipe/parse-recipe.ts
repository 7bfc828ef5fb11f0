/**
 * YAML text -> a checked Recipe. Everything that is wrong is told at once, each with its place: whoever mends a recipe on
 * a cluster's login node should not have to mend it five times.
 */

import { basename, dirname, extname, resolve } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { Recipe } from '../types.ts';
import { crossProblems } from './cross-checks.ts';
import { type Problem, parseYaml, type YamlFile } from './parse-yaml.ts';
import { recipeSchema } from './schema.ts';
import { leastRecipe, schemaProblems } from './schema-problems.ts';
import { toRecipe } from './to-recipe.ts';

/**
 * @param text the recipe
 * @param file its path: paths in the recipe are relative to its directory, messages name it as given
 * @throws LongmixError `recipe-invalid`, with all problems in the order of the file
 */
export function parseRecipe(text: string, file: string): Recipe {
  const yaml = parseYaml(text);
  const problems = [...yaml.problems, ...(yaml.fatal ? [] : meaningProblems(yaml))];
  if (problems.length > 0) throw invalid(problems, yaml, file);
  return toRecipe(recipeSchema.parse(yaml.value), {
    directory: resolve(dirname(file)),
    defaultName: basename(file, extname(file)),
    sourceNames: yaml.keysOf(['sources']),
    phaseNames: yaml.keysOf(['phases']),
  });
}

function meaningProblems(yaml: YamlFile): Problem[] {
  return yaml.value === null
    ? [{ offset: 0, message: `the recipe is empty; the least recipe is\n    ${leastRecipe}` }]
    : [...schemaProblems(yaml), ...crossProblems(yaml)];
}

function invalid(problems: readonly Problem[], yaml: YamlFile, file: string): LongmixError {
  const lines = [...problems]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, message }) => {
      const { line, column } = yaml.position(offset);
      return `${file}:${line}:${column}: ${message}`;
    });
  const head = lines.length === 1 ? [] : [`the recipe has ${lines.length} problems`];
  return new LongmixError('recipe-invalid', [...head, ...lines].join('\n'));
}
