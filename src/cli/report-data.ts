/** Collects the data for `--html` and the comparison of arms from plans and stores. */

import type { BuildPlan, TokenStore } from '../build/nouns.ts';
import { outputRecipe } from '../build/plan/build-plan.ts';
import { planWarnings } from '../build/plan/plan-warnings.ts';
import type { Recipe } from '../nouns/recipe.ts';
import type { ArmData, ReportData, TrainingData } from '../report/html/data.ts';
import { rowHistogram } from '../report/row-histogram.ts';
import { writeFile } from '../storage/commit.ts';
import type { ArmsTraining } from '../train/train-arms.ts';
import { validationOf } from '../train/validation.ts';

/** Returns a plan's data without its rows, which may be large. */
export function armData(name: string, recipe: Recipe, plan: BuildPlan): ArmData {
  return {
    name,
    recipe: asWritten(recipe),
    warnings: planWarnings(recipe, plan),
    phases: plan.phases,
    ledger: plan.ledgers.train!,
    sets: plan.sets.map(({ name: set, split, phase, rows, ledger, quality, bytes }) => ({
      ...{ name: set, split, phase, width: rows.width, ledger, quality, bytes },
      piecesPerRow: rowHistogram(rows),
    })),
  };
}

export function trainingData({ trainer, tokens, arms }: ArmsTraining): TrainingData {
  const curves = arms.map(({ arm, losses, final }) => ({
    name: arm,
    losses,
    validation: validationOf(final),
  }));
  return { trainer, tokens, arms: curves };
}

/** Writes a recipe as a person would: without phases, the mix stands at the top level. */
function asWritten(recipe: Recipe): unknown {
  const { phases, phaseDocuments, ...rest } = outputRecipe(recipe) as Record<string, unknown>;
  const [first, ...more] = phases as { name: string; mix: unknown }[];
  if (more.length > 0 || first!.name !== 'train') return { ...rest, phases, phaseDocuments };
  return { ...rest, mix: first!.mix };
}

/** The flags of commands that can write a page. */
export interface ReportFlags {
  readonly html?: string;
  readonly quiet?: boolean;
}

/** Writes the page of a plan, if `--html` asks for it. */
export async function writePlanReport(
  flags: ReportFlags,
  recipe: Recipe,
  { manifest }: TokenStore,
  plan: BuildPlan,
): Promise<void> {
  if (flags.html === undefined) return;
  const { name, seed } = recipe;
  const arms = [armData(name, recipe, plan)];
  await writeReport(flags, {
    title: name,
    tokenizer: manifest.tokenizer.name,
    seed,
    corpora: [],
    arms,
    ablation: null,
    training: null,
  });
}

/** Writes the page if `--html` asks for it, and says so. vega, which draws the charts, is only loaded in this case. */
export async function writeReport({ html, quiet }: ReportFlags, data: ReportData): Promise<void> {
  if (html === undefined) return;
  const { htmlReport } = await import('../report/html/html-report.ts');
  writeFile(html, await htmlReport(data));
  if (quiet !== true) process.stderr.write(`wrote ${html}\n`);
}
