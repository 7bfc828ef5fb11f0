/**
 * Combines a recipe with changes from a second file into one YamlFile. The checks of a recipe run on it as on any
 * other, and report each problem at its place in whichever of the two files contains it.
 */

import { displacedBy } from '../schema/schema-mix.ts';
import type { Path, YamlFile } from '../yaml/parse-yaml.ts';
import { isRecord, valueIn } from '../yaml/yaml-values.ts';

/** Sets the recipe's key at the path `at` to `value`. `from` is the value's path in the second file. */
export interface Change {
  readonly at: Path;
  /** null: remove the key. */
  readonly value: unknown;
  /** null: the value is not in the second file, but another form of the recipe's own value. */
  readonly from: Path | null;
}

/** The part of a file (at `from`) that is used as the part of the recipe at `at`. */
interface Layer {
  readonly at: Path;
  /** Number of the file. */
  readonly file: number;
  readonly from: Path;
}

/** The part of a file at `from`, as a file of its own. */
export function partOf(file: YamlFile, from: Path): YamlFile {
  return layered(valueIn(file, from), [file], [{ at: [], file: 0, from }]);
}

/** @param file the file that contains the changes */
export function overlaid(base: YamlFile, changes: readonly Change[], file: YamlFile): YamlFile {
  const gives = (key: string): boolean =>
    changes.some(({ at, value }) => at[0] === 'mix' && at[1] === key && value !== null);
  const displaced = displacedBy(gives).filter((key) => !gives(key));
  const least = displaced.reduce((value, key) => changed(value, ['mix', key], null), base.value);
  const value = changes.reduce((whole, change) => changed(whole, change.at, change.value), least);
  return layered(
    value,
    [base, file],
    [
      { at: [], file: 0, from: [] },
      ...changes.flatMap(({ at, from }) => (from === null ? [] : [{ at, file: 1, from }])),
    ],
  );
}

/** A copy of the value with `to` at `path`. Missing maps on the path are made; null removes the key. */
function changed(value: unknown, path: Path, to: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return to;
  if (Array.isArray(value) && /^\d+$/.test(String(step))) {
    return Object.assign([...value], { [step]: changed(value[Number(step)], rest, to) });
  }
  const map = isRecord(value) ? value : {};
  const key = String(step);
  if (rest.length === 0 && to === null) {
    return Object.fromEntries(Object.entries(map).filter(([other]) => other !== key));
  }
  return { ...map, [key]: changed(Object.hasOwn(map, key) ? map[key] : undefined, rest, to) };
}

function layered(value: unknown, files: readonly YamlFile[], layers: readonly Layer[]): YamlFile {
  // The offsets of each file begin after those of the files before it.
  const ends = files.map((_, i) => files.slice(0, i + 1).reduce((sum, { span }) => sum + span, 0));
  const startOf = (file: number): number => (file === 0 ? 0 : ends[file - 1]!);
  const locate = (path: Path): { readonly file: YamlFile; readonly offsets: number; readonly path: Path } => {
    const around = layers
      .filter(({ at }) => isPrefix(at, path))
      .reduce((best, layer) => (layer.at.length >= best.at.length ? layer : best));
    const there = [...around.from, ...path.slice(around.at.length)];
    // A map that exists only because of changes inside it has the place of the first of these changes.
    const inside = layers.find(({ at }) => at.length > path.length && isPrefix(path, at));
    const made = inside !== undefined && valueIn(files[around.file]!, there) === undefined;
    const file = made ? inside.file : around.file;
    return { file: files[file]!, offsets: startOf(file), path: made ? inside.from : there };
  };
  const yaml: YamlFile = {
    value,
    problems: [],
    fatal: false,
    span: ends.at(-1)!,
    valueAt: (path) => {
      const { file, offsets, path: there } = locate(path);
      return offsets + file.valueAt(there);
    },
    offsetIn: (path, character) => {
      const { file, offsets, path: there } = locate(path);
      return offsets + file.offsetIn(there, character);
    },
    keyAt: (path) => {
      const { file, offsets, path: there } = locate(path);
      return offsets + file.keyAt(there);
    },
    written: (path) => {
      const { file, path: there } = locate(path);
      return file.written(there);
    },
    keysOf: (path) => {
      const map = valueIn(yaml, path);
      if (!isRecord(map)) return [];
      const { file, path: there } = locate(path);
      const added = layers.filter(({ at }) => at.length > path.length && isPrefix(path, at));
      const keys = [...file.keysOf(there), ...added.map(({ at }) => String(at[path.length]))];
      return [...new Set(keys)].filter((key) => Object.hasOwn(map, key));
    },
    placeOf: (offset) => {
      const file = ends.findIndex((end) => offset < end);
      return files[file]!.placeOf(offset - startOf(file));
    },
  };
  return yaml;
}

function isPrefix(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, i) => String(step) === String(path[i]));
}
