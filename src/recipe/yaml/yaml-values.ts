/** Reads values of a recipe as written, for the checks. Ill-formed values count as missing; others report them. */

import { type Parsed, parseLength } from '../units.ts';
import type { Path, Problem, YamlFile } from './parse-yaml.ts';

/** The value at a path of keys; undefined: there is none. */
export function valueIn(yaml: YamlFile, path: Path): unknown {
  let value = yaml.value;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isRecord(value) && Object.hasOwn(value, key)) value = value[String(key)];
    else return undefined;
  }
  return value;
}

/** A path in the form used in messages: `mix.cells[0].share`. */
export function dotted(path: Path): string {
  return path.reduce<string>((text, step) => {
    return typeof step === 'number' ? `${text}[${step}]` : `${text}${text === '' ? '' : '.'}${String(step)}`;
  }, '');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The length at a path, or another amount, according to `parse`; NaN if it is missing or can't be parsed. */
export function amountIn(
  yaml: YamlFile,
  path: Path,
  parse: (input: string | number) => Parsed = parseLength,
): number {
  const value = valueIn(yaml, path);
  const parsed = typeof value === 'string' || typeof value === 'number' ? parse(value) : null;
  return parsed !== null && 'value' in parsed ? parsed.value : Number.NaN;
}

/** Paths of the maps that may contain `mix` and `sequences`: the recipe itself, then each of its phases. */
export function scopes(yaml: YamlFile): Path[] {
  return [[], ...yaml.keysOf(['phases']).map((name) => ['phases', name])];
}

/** Path of the key of `mix` or `sequences` that applies in a scope: in the phase if it is there, else in the recipe. */
export function inherited(yaml: YamlFile, scope: Path, section: 'mix' | 'sequences', key: string): Path {
  const own = [...scope, section, key];
  return valueIn(yaml, own) === undefined ? [section, key] : own;
}

/** A problem with the value at a path. The message begins with the path, and the place is that of the value. */
export function wrongValue(yaml: YamlFile, path: Path, message: string): Problem {
  return { offset: yaml.valueAt(path), message: `${dotted(path)}: ${message}` };
}

/** The same for a key that should not be there: the place is that of the key. */
export function wrongKey(yaml: YamlFile, path: Path, message: string): Problem {
  return { offset: yaml.keyAt(path), message: `${dotted(path)}: ${message}` };
}
