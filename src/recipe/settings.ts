/**
 * Applies keys from the command line to a recipe: `--set mix.tokens=1B`, and flags that stand for a key. They are laid
 * over the recipe in the same way as the changes of an arm. So all rules apply to them, and errors name the flag.
 */

import { LongmixError } from '../errors.ts';
import { type Change, overlaid } from './ablation/overlay.ts';
import type { Setting } from './parse-setting.ts';
import { type Path, parseYaml, type YamlFile } from './yaml/parse-yaml.ts';
import { isRecord, valueIn } from './yaml/yaml-values.ts';

/** Offsets in the text of setting number i begin at i times this. */
const offsetsOfSetting = 2 ** 20;

/**
 * @param base a recipe, checked or not
 * @throws LongmixError `flag-invalid` for a value that is not YAML
 */
export function withSettings(base: YamlFile, settings: readonly Setting[]): YamlFile {
  if (settings.length === 0) return base;
  const values = settings.map(({ flag, text }) => {
    const yaml = parseYaml(text, flag);
    const [problem] = yaml.problems;
    if (problem !== undefined) throw new LongmixError('flag-invalid', `${flag}: ${problem.message}`);
    return yaml;
  });
  for (const { flag, at } of settings) refuseInVain(base, flag, at);
  const changes = settings.flatMap(({ at }, i): Change[] => {
    const paths =
      at[1] === '*' ? base.keysOf(['sources']).map((name) => ['sources', name, ...at.slice(2)]) : [at];
    return paths.flatMap((path) => [
      ...sourceAsMap(base, path),
      { at: path, value: values[i]!.value ?? null, from: [i] },
    ]);
  });
  return overlaid(base, changes, settingsFile(settings, values));
}

/** Refuses `--length` if all phases of the recipe have their own lengths: it would not change any training row. */
function refuseInVain(base: YamlFile, flag: string, at: Path): void {
  if (!flag.startsWith('--length ') || at[0] !== 'sequences') return;
  const phases = base.keysOf(['phases']);
  if (!phases.every((name) => valueIn(base, ['phases', name, 'sequences', 'length']) !== undefined)) return;
  const [first] = phases;
  if (first === undefined) return;
  throw new LongmixError('flag-invalid', `${flag}: every phase of the recipe has its own length`, {
    cure: `name the phase: --set phases.${first}.sequences.length=${flag.slice('--length '.length)}`,
  });
}

/** Turns a source such as `web: ../web` into a map, so that other keys can be added to it. */
function sourceAsMap(base: YamlFile, [top, name, ...inner]: Path): Change[] {
  if (top !== 'sources' || inner.length === 0) return [];
  const at: Path = [top, name!];
  const path = valueIn(base, at);
  return isRecord(path) || typeof path !== 'string' ? [] : [{ at, value: { path }, from: null }];
}

/** Presents the settings as a file with one list. The place of an element is its flag. */
function settingsFile(settings: readonly Setting[], values: readonly YamlFile[]): YamlFile {
  const of = ([i, ...rest]: Path) => ({ i: Number(i), file: values[Number(i)]!, rest });
  return {
    value: values.map(({ value }) => value),
    problems: [],
    fatal: false,
    span: settings.length * offsetsOfSetting,
    valueAt: (path) => {
      const { i, file, rest } = of(path);
      return i * offsetsOfSetting + file.valueAt(rest);
    },
    offsetIn: (path, character) => {
      const { i, file, rest } = of(path);
      return i * offsetsOfSetting + file.offsetIn(rest, character);
    },
    keyAt: (path) => {
      const { i, file, rest } = of(path);
      return i * offsetsOfSetting + file.keyAt(rest);
    },
    written: (path) => {
      const { file, rest } = of(path);
      return file.written(rest);
    },
    keysOf: (path) => {
      const { file, rest } = of(path);
      return file.keysOf(rest);
    },
    placeOf: (offset) => settings[Math.floor(offset / offsetsOfSetting)]!.flag,
  };
}
