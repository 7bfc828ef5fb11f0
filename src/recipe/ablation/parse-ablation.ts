/**
 * Parses YAML text to a checked Ablation. An arm is checked as the recipe that results from the base and its changes.
 * Problems are reported at their place, in the ablation's file or in the base's file.
 */

import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { LongmixError } from '../../errors.ts';
import type { Ablation } from '../../nouns/recipe.ts';
import { checkedRecipe, recipeOf, recipeProblems, refuse } from '../parse-recipe.ts';
import type { Setting } from '../parse-setting.ts';
import { ablationLanguage } from '../schema/schema-ablation.ts';
import { schemaProblems } from '../schema/schema-problems.ts';
import { withSettings } from '../settings.ts';
import { type Problem, parseYaml, type YamlFile } from '../yaml/parse-yaml.ts';
import { dotted, isRecord, valueIn } from '../yaml/yaml-values.ts';
import { type Arm, armProblems, armsOf, gridProblems } from './ablation-arms.ts';
import { overlaid, partOf } from './overlay.ts';

/**
 * @param text the ablation
 * @param file path of the ablation: `base` is relative to the file's directory, and messages name it as given
 * @param readBase reads the base's file
 * @param settings keys that replace those of the base; an arm's own keys take precedence over them
 * @throws LongmixError `ablation-invalid`; `recipe-invalid` for problems in the base's file; whatever `readBase` throws
 */
export function parseAblation(
  text: string,
  file: string,
  readBase: (path: string) => string,
  settings: readonly Setting[] = [],
): Ablation {
  const yaml = parseYaml(text, file);
  refuse('ablation', [...yaml.problems, ...(yaml.fatal ? [] : ablationProblems(yaml))], yaml);
  const name = (valueIn(yaml, ['name']) as string | undefined) ?? basename(file, extname(file));
  const written = valueIn(yaml, ['base']);
  const baseFile = typeof written === 'string' ? besides(file, written) : file;
  const base =
    typeof written === 'string'
      ? checkedRecipe(readAt(yaml, ['base'], baseFile, readBase), baseFile, settings)
      : withSettings(partOf(yaml, ['base']), settings);
  if (settings.length > 0) refuse('recipe', recipeProblems(base), base);
  const arms = armsOf(yaml).map((arm) => ({ ...arm, recipe: overlaid(base, arm.changes, yaml) }));
  refuse('ablation', inArms(arms), overlaid(base, [], yaml));
  const changed = arms.flatMap(({ changes }) => changes.map(({ at }) => at));
  return {
    name,
    base: Object.fromEntries(changed.map((at) => [dotted(at), valueIn(base, at) ?? null])),
    arms: arms.map((arm) => ({
      name: arm.name,
      recipe: { ...recipeOf(arm.recipe, baseFile, ''), name: `${name}/${arm.name}` },
      changes: Object.fromEntries(arm.changes.map(({ at, value }) => [dotted(at), value])),
    })),
  };
}

function ablationProblems(yaml: YamlFile): Problem[] {
  const ofForm = [...schemaProblems(yaml, ablationLanguage), ...gridProblems(yaml)];
  if (ofForm.length > 0) return ofForm;
  const inBase = isRecord(valueIn(yaml, ['base'])) ? recipeProblems(partOf(yaml, ['base'])) : [];
  return [...inBase, ...armProblems(yaml)];
}

/** Reports a problem that several arms have only once. */
function inArms(arms: readonly (Arm & { readonly recipe: YamlFile })[]): Problem[] {
  const found = new Map<string, { readonly problem: Problem; readonly names: string[] }>();
  for (const { name, recipe } of arms) {
    for (const problem of recipeProblems(recipe)) {
      const key = `${problem.offset} ${problem.message}`;
      const before = found.get(key);
      if (before === undefined) found.set(key, { problem, names: [name] });
      else before.names.push(name);
    }
  }
  return [...found.values()].map(({ problem, names }) => {
    const more = names.length === 1 ? '' : ` and ${names.length - 1} more`;
    return { offset: problem.offset, message: `arm ${names[0]}${more}: ${problem.message}` };
  });
}

function besides(file: string, other: string): string {
  return isAbsolute(other) ? other : join(dirname(file), other);
}

/** Reads a file. If that fails, the error gets the place that names the file. */
function readAt(
  yaml: YamlFile,
  path: readonly string[],
  file: string,
  read: (path: string) => string,
): string {
  try {
    return read(file);
  } catch (error) {
    if (!(error instanceof LongmixError) || error.where !== undefined) throw error;
    const { code, message, cure, exitCode } = error;
    const where = yaml.placeOf(yaml.valueAt(path));
    throw new LongmixError(code, message, {
      where,
      exitCode,
      cause: error,
      ...(cure === undefined ? {} : { cure }),
    });
  }
}
