/** Words the problems that the schema finds, each with its place in the file. */

import type { z } from 'zod';
import { didYouMean, editDistance, nearest } from '../../base/nearest.ts';
import { ourNameOf } from '../checks/other-names.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { dotted } from '../yaml/yaml-values.ts';
import { allKeys, homesOf, validKeys } from './schema-keys.ts';

type Issue = z.core.$ZodIssue;

/** The kind of a file, and how messages speak of it. */
export interface Language {
  readonly schema: z.ZodType;
  readonly noun: 'recipe' | 'ablation';
  /** The smallest valid file, as an example to copy. */
  readonly least: string;
  /** A message if the file's keys show that it is of the other kind; null: they do not. */
  readonly mistaken: (keys: readonly string[]) => string | null;
  /** Why a key that is valid elsewhere can't be at `path`; null: there is nothing to add. */
  readonly note?: (key: string, path: Path) => string | null;
}

export function schemaProblems(yaml: YamlFile, language: Language): Problem[] {
  if (yaml.value === null) {
    const { noun, least } = language;
    return [{ offset: 0, message: `the ${noun} is empty; the least ${noun} is\n    ${least}` }];
  }
  const mistaken = language.mistaken(yaml.keysOf([]));
  if (mistaken !== null) return [{ offset: 0, message: mistaken }];
  const parsed = language.schema.safeParse(yaml.value);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => issueProblems(issue, issue.path, yaml, language));
}

function issueProblems(issue: Issue, path: Path, yaml: YamlFile, language: Language): Problem[] {
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant !== null)
      return meant.flatMap((inner) => issueProblems(inner, [...path, ...inner.path], yaml, language));
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(key, path, yaml, language));
  if (issue.code === 'invalid_key') {
    const wanted = issue.issues[0]?.message ?? 'expected a name';
    return [
      {
        offset: yaml.keyAt(path),
        message: `${nameOf(path.slice(0, -1), language)}: found the key ${JSON.stringify(path.at(-1))}; ${wanted}`,
      },
    ];
  }
  if (isMissing(path, yaml)) return missingKey(path, issue, yaml, language);
  return [
    { offset: yaml.valueAt(path), message: `${label(path)}found ${yaml.written(path)}; ${issue.message}` },
  ];
}

/**
 * The branch of a union that the value was meant for: of "a path or a map of settings", a map with a fault inside is
 * meant as the map. null: no branch fits.
 */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const fits = (issue: Issue): boolean => issue.path.length > 0 || issue.code === 'unrecognized_keys';
  return branches.find((issues) => issues.length > 0 && issues.every(fits)) ?? null;
}

function unknownKey(key: string, path: Path, yaml: YamlFile, language: Language): Problem {
  const valid = validKeys(language.schema, path);
  const note = language.note?.(key, path) ?? null;
  const hint = note === null ? meantKey(key, path, valid, language) : `; ${note}`;
  const message = `unknown key \`${key}\` in ${nameOf(path, language)}${hint} (keys: ${valid.join(', ')})`;
  return { offset: yaml.keyAt([...path, key]), message };
}

/**
 * A hint at the intended key: a similar key of this map, the same key of another map, our name for another tool's key,
 * or a similar key of another map.
 */
function meantKey(key: string, path: Path, valid: readonly string[], { schema }: Language): string {
  const here = nearest(key, valid);
  const homes = homesOf(schema, key, path);
  // A slip of one letter means the key here. A correctly spelt key that belongs elsewhere means the key there.
  if (here !== null && (homes.length === 0 || editDistance(key, here) <= 1)) return didYouMean(here);
  if (homes.length > 0) return `; it belongs in ${homes.join(' or ')}`;
  const ours = ourNameOf(key);
  if (ours !== null) return `; that is ${ours} here`;
  const elsewhere = nearest(key, allKeys(schema));
  if (elsewhere === null) return '';
  return `; did you mean \`${elsewhere}\`? It belongs in ${homesOf(schema, elsewhere, path).join(' or ')}`;
}

function isMissing(path: Path, yaml: YamlFile): boolean {
  const parent = path.slice(0, -1);
  return (
    path.length > 0 && typeof path.at(-1) === 'string' && !yaml.keysOf(parent).includes(String(path.at(-1)))
  );
}

function missingKey(path: Path, issue: Issue, yaml: YamlFile, language: Language): Problem[] {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const valid = validKeys(language.schema, parent);
  // `pth` is reported as a misspelt `path`. Don't also report that `path` is missing.
  if (yaml.keysOf(parent).some((other) => !valid.includes(other) && nearest(other, valid) === key)) return [];
  const wanted = parent.length === 0 ? `the least ${language.noun} is\n    ${language.least}` : issue.message;
  return [
    {
      offset: yaml.valueAt(parent),
      message: `missing key \`${key}\` in ${nameOf(parent, language)}; ${wanted}`,
    },
  ];
}

/** The dotted path; for the whole file, its kind. */
function nameOf(path: Path, { noun }: Language): string {
  return path.length === 0 ? `the ${noun}` : dotted(path);
}

function label(path: Path): string {
  return path.length === 0 ? '' : `${dotted(path)}: `;
}
