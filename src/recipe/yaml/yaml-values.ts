/** Values of a recipe as written, for the checks: whatever is ill-formed is told elsewhere and reads as nothing here. */

import { type Parsed, parseLength } from '../units.ts';
import type { Path, Problem, YamlFile } from './parse-yaml.ts';

/** The value at a path of keys; undefined where there is none. */
export function valueIn(yaml: YamlFile, path: Path): unknown {
  let value = yaml.value;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isRecord(value) && Object.hasOwn(value, key)) value = value[String(key)];
    else return undefined;
  }
  return value;
}

/** A path as messages name it: `mix.cells[0].share`. */
export function dotted(path: Path): string {
  return path.reduce<string>((text, step) => {
    return typeof step === 'number' ? `${text}[${step}]` : `${text}${text === '' ? '' : '.'}${String(step)}`;
  }, '');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A length at a path, or what `parse` reads; NaN where there is none that can be read. */
export function amountIn(
  yaml: YamlFile,
  path: Path,
  parse: (input: string | number) => Parsed = parseLength,
): number {
  const value = valueIn(yaml, path);
  const parsed = typeof value === 'string' || typeof value === 'number' ? parse(value) : null;
  return parsed !== null && 'value' in parsed ? parsed.value : Number.NaN;
}

/** The recipe itself, then each of its phases: where keys of `mix` and `sequences` may stand. */
export function scopes(yaml: YamlFile): Path[] {
  return [[], ...yaml.keysOf(['phases']).map((name) => ['phases', name])];
}

/** Where a key of `sequences` that holds in a scope stands: in the phase, else in the recipe. */
export function inherited(yaml: YamlFile, scope: Path, section: 'mix' | 'sequences', key: string): Path {
  const own = [...scope, section, key];
  return valueIn(yaml, own) === undefined ? [section, key] : own;
}

/** Something wrong with the value at a path, told where it stands and by its name. */
export function wrongValue(yaml: YamlFile, path: Path, message: string): Problem {
  return { offset: yaml.valueAt(path), message: `${dotted(path)}: ${message}` };
}

/** The same where it is the key that shouldn't be there. */
export function wrongKey(yaml: YamlFile, path: Path, message: string): Problem {
  return { offset: yaml.keyAt(path), message: `${dotted(path)}: ${message}` };
}
