/**
 * Keys of a recipe from the command line: `--set mix.tokens=1B`, and the flags that stand for a key. They are laid over the
 * recipe as the changes of an arm are, so every rule of a recipe holds for them, and what is wrong is told by the flag.
 */

import { LongmixError } from '../errors.ts';
import { type Change, overlaid } from './ablation/overlay.ts';
import type { Setting } from './parse-setting.ts';
import { type Path, parseYaml, type YamlFile } from './yaml/parse-yaml.ts';
import { isRecord, valueIn } from './yaml/yaml-values.ts';

/** The offsets of a setting's text begin at its number times this. */
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

/** `--length` of a recipe whose phases all have lengths of their own would change no training row. */
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

/** `web: ../web` has no keys to lay others over: it stands for a map. */
function sourceAsMap(base: YamlFile, [top, name, ...inner]: Path): Change[] {
  if (top !== 'sources' || inner.length === 0) return [];
  const at: Path = [top, name!];
  const path = valueIn(base, at);
  return isRecord(path) || typeof path !== 'string' ? [] : [{ at, value: { path }, from: null }];
}

/** The settings as a list in a file, whose places are the flags. */
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
