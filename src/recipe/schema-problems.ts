/** What the schema finds wrong, in our words and with its place in the file. */

import type { z } from 'zod';
import { didYouMean, nearest } from './nearest.ts';
import type { Path, Problem, YamlFile } from './parse-yaml.ts';
import { recipeSchema } from './schema.ts';
import { homesOf, validKeys } from './schema-keys.ts';
import { dotted } from './yaml-values.ts';

type Issue = z.core.$ZodIssue;

/** What a recipe can't do without, as an example to copy. */
export const leastRecipe = 'sources:\n      web: ../corpus/web';

export function schemaProblems(yaml: YamlFile): Problem[] {
  const parsed = recipeSchema.safeParse(yaml.value);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => issueProblems(issue, issue.path, yaml));
}

function issueProblems(issue: Issue, path: Path, yaml: YamlFile): Problem[] {
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant !== null) return meant.flatMap((inner) => issueProblems(inner, [...path, ...inner.path], yaml));
  }
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, yaml));
  if (issue.code === 'invalid_key') {
    const wanted = issue.issues[0]?.message ?? 'expected a name';
    return [
      {
        offset: yaml.keyAt(path),
        message: `${nameOf(path.slice(0, -1))}: found the key ${JSON.stringify(path.at(-1))}; ${wanted}`,
      },
    ];
  }
  if (isMissing(path, yaml)) return missingKey(path, issue, yaml);
  return [
    { offset: yaml.valueAt(path), message: `${label(path)}found ${yaml.written(path)}; ${issue.message}` },
  ];
}

/** "A path or a map of settings": a map with something wrong inside is meant as the map. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const fits = (issue: Issue): boolean => issue.path.length > 0 || issue.code === 'unrecognized_keys';
  return branches.find((issues) => issues.length > 0 && issues.every(fits)) ?? null;
}

function unknownKey(key: string, path: Path, yaml: YamlFile): Problem {
  const valid = validKeys(recipeSchema, path);
  const suggestion = nearest(key, valid);
  const homes = suggestion === null ? homesOf(recipeSchema, key, path) : [];
  const belongs = homes.length === 0 ? '' : `; it belongs in ${homes.join(' or ')}`;
  const hint = didYouMean(suggestion) + belongs;
  const message = `unknown key \`${key}\` in ${nameOf(path)}${hint} (keys: ${valid.join(', ')})`;
  return { offset: yaml.keyAt([...path, key]), message };
}

function isMissing(path: Path, yaml: YamlFile): boolean {
  const parent = path.slice(0, -1);
  return (
    path.length > 0 && typeof path.at(-1) === 'string' && !yaml.keysOf(parent).includes(String(path.at(-1)))
  );
}

function missingKey(path: Path, issue: Issue, yaml: YamlFile): Problem[] {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const valid = validKeys(recipeSchema, parent);
  // `pth` is told as a misspelt `path`; that `path` is missing would be the same problem twice.
  if (yaml.keysOf(parent).some((other) => !valid.includes(other) && nearest(other, valid) === key)) return [];
  const wanted = parent.length === 0 ? `the least recipe is\n    ${leastRecipe}` : issue.message;
  return [
    { offset: yaml.valueAt(parent), message: `missing key \`${key}\` in ${nameOf(parent)}; ${wanted}` },
  ];
}

/** The whole recipe has no name of its own. */
function nameOf(path: Path): string {
  return path.length === 0 ? 'the recipe' : dotted(path);
}

function label(path: Path): string {
  return path.length === 0 ? '' : `${dotted(path)}: `;
}
