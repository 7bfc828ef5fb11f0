/** Splits `--set KEY=VALUE` into the key's path and the value, which `settings.ts` parses as YAML. */

import { LongmixError } from '../errors.ts';
import type { Path } from './yaml/parse-yaml.ts';

/** A value for one key of a recipe. */
export interface Setting {
  /** The flag as the user typed it: `--set mix.tokens=1B`. */
  readonly flag: string;
  /** Path of the key; `*` stands for every source. */
  readonly at: Path;
  /** The value in YAML; an empty value removes the key. */
  readonly text: string;
}

/** Splits `mix.cells[0].share=30%` into the key's path and its value. */
export function parseSetting(typed: string): Setting {
  const flag = `--set ${typed}`;
  const equals = typed.indexOf('=');
  const path = keyPath(typed.slice(0, Math.max(0, equals)).trim());
  if (path === null) {
    throw new LongmixError('flag-invalid', `--set: found "${typed}"`, {
      cure: 'name a key of the recipe and its value: --set mix.tokens=1B; a name with a dot in it goes in quotes',
    });
  }
  return { flag, at: path, text: typed.slice(equals + 1) };
}

const step = /(?:^|\.)"([^"]+)"|(?:^|\.)([^."[\]]+)|\[(\d+)\]/y;

function keyPath(text: string): Path | null {
  const path: (string | number)[] = [];
  step.lastIndex = 0;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (found === null) return null;
    path.push(found[3] === undefined ? (found[1] ?? found[2]!) : Number(found[3]));
  }
  return path.length === 0 ? null : path;
}
