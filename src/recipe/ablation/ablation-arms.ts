/**
 * The arms of an ablation file: first the named ones, then all combinations of its grid; the last key varies fastest.
 */

import { didYouMean, nearest } from '../../base/nearest.ts';
import { recipeSchema } from '../schema/schema.ts';
import { armKeys, sections, whyFixed } from '../schema/schema-ablation.ts';
import { validKeys } from '../schema/schema-keys.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { isRecord, valueIn, wrongKey, wrongValue } from '../yaml/yaml-values.ts';
import type { Change } from './overlay.ts';

/** An arm, as its changes to the base. */
export interface Arm {
  readonly name: string;
  readonly changes: readonly Change[];
  /** Offset of the arm in the file. */
  readonly offset: number;
}

// A bound, because a slip in a grid could waste a day of computation.
const mostArms = 1000;

/** Problems with the list of arms, in a file that matches the schema. Each arm is checked as a recipe later. */
export function armProblems(yaml: YamlFile): Problem[] {
  const arms = armsOf(yaml);
  if (arms.length === 0) {
    return [{ offset: 0, message: 'found no arm; expected one in `arms`, or keys with values in `grid`' }];
  }
  return arms
    .filter(({ name }, i) => arms.findIndex((arm) => sameFolder(arm.name, name)) < i)
    .map(({ name, offset }) => ({
      offset,
      message: `a second arm is named \`${name}\`; expected distinct names`,
    }));
}

/** On some file systems, names that differ only in case are the same folder. */
function sameFolder(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function armsOf(yaml: YamlFile): Arm[] {
  return [...namedArms(yaml), ...gridArms(yaml)];
}

function namedArms(yaml: YamlFile): Arm[] {
  return yaml.keysOf(['arms']).map((name) => {
    const arm: Path = ['arms', name];
    const changes = yaml.keysOf(arm).flatMap((key) => {
      const inner = sections.includes(key) && isRecord(valueIn(yaml, [...arm, key]));
      const paths: Path[] = inner ? yaml.keysOf([...arm, key]).map((name) => [key, name]) : [[key]];
      return paths.map(
        (at): Change => ({ at, value: valueIn(yaml, [...arm, ...at]), from: [...arm, ...at] }),
      );
    });
    return { name, changes, offset: yaml.keyAt(arm) };
  });
}

function gridArms(yaml: YamlFile): Arm[] {
  const keys = yaml.keysOf(['grid']);
  if (keys.length === 0) return [];
  const titles = shortest(keys);
  const combinations = keys.reduce<readonly (readonly number[])[]>(
    (before, key) => before.flatMap((chosen) => valuesOf(yaml, key).map((_, i) => [...chosen, i])),
    [[]],
  );
  return combinations.map((chosen) => {
    const changes = keys.map((key, k): Change => {
      return { at: key.split('.'), value: valuesOf(yaml, key)[chosen[k]!], from: ['grid', key, chosen[k]!] };
    });
    const name = changes.map(({ value }, k) => `${titles[k]}=${valueName(value, chosen[k]!)}`).join(',');
    return { name, changes, offset: yaml.valueAt(['grid', keys[0]!, chosen[0]!]) };
  });
}

function valuesOf(yaml: YamlFile, key: string): readonly unknown[] {
  const values = valueIn(yaml, ['grid', key]);
  return Array.isArray(values) ? values : [];
}

/** Shortens keys to their last steps; returns the whole keys if two last steps are equal. */
function shortest(keys: readonly string[]): readonly string[] {
  const last = keys.map((key) => key.split('.').at(-1)!);
  return new Set(last).size === keys.length ? last : keys;
}

/** The value as written, without characters that a folder's name can't have; a map or a list has its number, from 1. */
function valueName(value: unknown, number: number): string {
  const plain = ['string', 'number', 'boolean'].includes(typeof value);
  return (plain ? String(value) : String(number + 1)).replace(/[^\p{L}\p{N}._%+-]/gu, '-');
}

export function gridProblems(yaml: YamlFile): Problem[] {
  const keys = yaml.keysOf(['grid']);
  const unknown = keys.flatMap((key) => {
    const message = wrongStep(key.split('.'));
    return message === null ? [] : [wrongKey(yaml, ['grid', key], message)];
  });
  const nested = keys.flatMap((key) => {
    const around = keys.find((other) => key.startsWith(`${other}.`));
    return around === undefined
      ? []
      : [wrongKey(yaml, ['grid', key], `\`${around}\` also has values; remove one of the two`)];
  });
  const count = keys.reduce((product, key) => product * valuesOf(yaml, key).length, 1);
  const many =
    count > mostArms
      ? [wrongValue(yaml, ['grid'], `${count} combinations; expected at most ${mostArms}`)]
      : [];
  return [...unknown, ...nested, ...many];
}

/** A message about the first step of a dotted key that is not a key of a recipe; null: all steps are valid. */
function wrongStep(steps: readonly string[]): string | null {
  const fixed = whyFixed(steps[0]!);
  if (fixed !== null) return fixed;
  for (const [i, step] of steps.entries()) {
    const around = steps.slice(0, i);
    const valid = i === 0 ? armKeys : validKeys(recipeSchema, around);
    if (valid.length > 0 && !valid.includes(step)) {
      const where = i === 0 ? '' : ` in ${around.join('.')}`;
      return `unknown key \`${step}\`${where}${didYouMean(nearest(step, valid))} (keys: ${valid.join(', ')})`;
    }
  }
  return null;
}
