/** `longmix ablate`: several mixes over one token store, and their comparison. */

import { isUrl } from '../base/is-url.ts';
import { counted } from '../base/words.ts';
import { ablate } from '../build/ablate.ts';
import { type AblationReport, ablationFile, asideFile } from '../build/ablation-file.ts';
import { ablationFolder } from '../build/folders.ts';
import { storePlace } from '../build/store/store-place.ts';
import { LongmixError } from '../errors.ts';
import type { Ablation } from '../nouns/recipe.ts';
import { parseAblation } from '../recipe/ablation/parse-ablation.ts';
import { recipeKeys } from '../recipe/schema/schema.ts';
import { parseTokens } from '../recipe/units.ts';
import { armsText } from '../report/arms-text.ts';
import type { ArmData } from '../report/html/data.ts';
import { writeJson } from '../storage/commit.ts';
import { flushPlaces } from '../storage/open-place.ts';
import { join, relative } from '../storage/paths.ts';
import { trainingText } from '../train/arms-text.ts';
import { keptCurves, readAblation } from '../train/kept-curves.ts';
import { type ArmsTraining, trainArms } from '../train/train-arms.ts';
import { quietLine, trainLine } from '../train/train-line.ts';
import { orTasksLeft } from './by-hand.ts';
import { printsScript, refuseFarEngine } from './engine-flags.ts';
import { type RunFlags, readYaml, recipeSettings, stageOptions } from './options.ts';
import { armData, trainingData, writeReport } from './report-data.ts';
import { settingsOf } from './trainer-settings.ts';

type Flags = RunFlags & {
  readonly out?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly plan?: boolean;
  readonly all?: boolean;
  readonly train?: boolean;
  readonly trainTokens?: string;
  readonly trainer: string;
  readonly set: readonly string[];
  readonly trainSet: readonly string[];
};

export async function runAblate(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  if (flags.train === true && flags.plan === true) {
    throw new LongmixError('flag-invalid', '--plan builds no shards, and --train needs them', {
      cure: 'give one of them',
    });
  }
  const { base, trainer } = settingsByKind(flags);
  const ablation = parseAblation(readYaml(path), path, readYaml, recipeSettings({ ...flags, set: base }));
  const out = await ablationFolder(ablation, flags.out);
  refuseFarEngine(flags, [out, storePlace(ablation.arms[0]!.recipe, out).root]);
  if (flags.train === true && isUrl(out)) {
    throw new LongmixError(
      'remote-unsupported',
      'runs of a training are written to a folder of this machine',
      {
        where: out,
        cure: 'leave --train out, and train the arms: longmix train ADDRESS/ARM',
      },
    );
  }
  const arms: ArmData[] = [];
  const before = readAblation(join(out, ablationFile)) ?? readAblation(asideFile(out));
  if (printsScript(flags)) return;
  const making = () => {
    arms.length = 0;
    return ablate(ablation, out, {
      ...stageOptions(flags, signal),
      planOnly: flags.plan === true,
      onPlan: ({ name, recipe }, plan) => arms.push(armData(name, recipe, plan)),
    });
  };
  const made = await orTasksLeft(flags, making, signal);
  if (made === null) return;
  const { store, report } = made;
  const training =
    flags.plan === true
      ? null
      : await learned(ablation, out, { before, report }, { ...flags, trainSet: trainer }, signal);
  const result = training === null ? report : { ...report, training };
  const { name: tokenizer } = store.manifest.tokenizer;
  const seeds = new Set(ablation.arms.map(({ recipe }) => recipe.seed));
  const seed = seeds.size === 1 ? [...seeds][0]! : null;
  await writeReport(flags, {
    ...{ title: ablation.name, tokenizer, seed, corpora: [], arms, ablation },
    training: training === null ? null : trainingData(training),
  });
  process.stdout.write(
    flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : comparison(arms, flags.all),
  );
  if (training !== null && flags.json !== true) process.stdout.write(`\n${trainingText(training)}\n`);
  if (flags.quiet === true || flags.plan === true) return;
  const folder = relative(process.cwd(), out) || '.';
  const sets = arms.flatMap(({ name, sets }) => sets.map((set) => `  ${join(folder, name, set.name)}`));
  process.stderr.write(
    `\nBuilt ${counted(arms.length, 'arm')} of ${ablation.name}; their figures are in ${join(folder, ablationFile)}\n${sets.join('\n')}\n`,
  );
}

/**
 * Separates the recipe's settings from the trainer's. With `--train`, a `--set` whose key isn't a recipe key belongs to
 * the trainer, like every `--train-set`.
 */
function settingsByKind({ set, trainSet, train }: Flags): { base: string[]; trainer: string[] } {
  const ofRecipe = (typed: string) => train !== true || recipeKeys.includes(typed.split(/[.[=]/)[0]!);
  return { base: set.filter(ofRecipe), trainer: [...trainSet, ...set.filter((typed) => !ofRecipe(typed))] };
}

/**
 * Trains the arms if asked, else keeps earlier results that are still valid, and writes the results to ablation.json.
 */
async function learned(
  ablation: Ablation,
  out: string,
  { before, report }: { before: ReturnType<typeof readAblation>; report: AblationReport },
  flags: Flags,
  signal: AbortSignal,
): Promise<ArmsTraining | null> {
  const put = (training: ArmsTraining) => writeJson(join(out, ablationFile), { ...report, training });
  const { training: kept, dropped } = keptCurves(before, report);
  // Put the earlier results back first: `ablate` has rewritten the file, and training may be interrupted.
  if (kept !== null) put(kept);
  await flushPlaces();
  if (flags.train !== true) {
    if (dropped.length > 0) sayDropped(dropped);
    return kept;
  }
  const training = await trainAll(ablation, out, flags, signal);
  put(training);
  return training;
}

function sayDropped(arms: readonly string[]): void {
  process.stderr.write(
    `longmix: the training curves of ${arms.join(', ')} are dropped: the shards have changed since the training; --train trains again\n`,
  );
}

function trainAll(
  { arms }: Pick<Ablation, 'arms'>,
  out: string,
  flags: Flags,
  signal: AbortSignal,
): Promise<ArmsTraining> {
  const { trainTokens } = flags;
  return trainArms({
    ...{ out, arms: arms.map(({ name }) => name), name: flags.trainer, settings: settingsOf(flags.trainSet) },
    ...{ tokens: trainTokens === undefined ? null : tokensOf(trainTokens), fresh: flags.fresh === true },
    ...{ saveEvery: 100, signal },
    line: flags.quiet === true ? quietLine(process.stderr) : trainLine(process.stderr),
  });
}

function tokensOf(typed: string): number {
  const parsed = parseTokens(typed);
  if ('value' in parsed) return parsed.value;
  throw new LongmixError('flag-invalid', `--train-tokens: found "${typed}"`, { cure: parsed.problem });
}

function comparison(arms: readonly ArmData[], all: boolean | undefined): string {
  const warnings = arms.flatMap(({ name, warnings: own }) =>
    own.map((text) => `warning: ${name}: ${text}\n`),
  );
  return `${armsText(arms, all)}\n${warnings.length === 0 ? '' : `\n${warnings.join('')}`}`;
}
