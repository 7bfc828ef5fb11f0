/** Describes a plan in words and tables, for `plan` and `build`. */

import { bytes, counted, integer, length } from '../base/words.ts';
import type { BuildPlan } from '../build/nouns.ts';
import { planWarnings } from '../build/plan/plan-warnings.ts';
import type { Recipe } from '../nouns/recipe.ts';
import type { StepPlan } from '../nouns/steps.ts';
import {
  fimText,
  ledgerText,
  mixText,
  nearText,
  packingText,
  scoresText,
  withoutText,
} from '../report/plan-text.ts';
import { table } from '../report/table.ts';

/** Returns one string per section, without blank lines between them. `all`: show every cell, however many there are. */
export function planSections(recipe: Recipe, plan: BuildPlan, all = false): string[] {
  const warnings = planWarnings(recipe, plan);
  return [
    ...plan.phases.flatMap(({ name, cells }) =>
      plan.phases.length === 1 ? [mixText(cells, all)] : [`phase ${name}`, mixText(cells, all)],
    ),
    ...(plan.without.length === 0 ? [] : [withoutText(plan.without)]),
    ...(plan.near === null ? [] : [nearText(plan.near)]),
    ...(plan.scores.length === 0 ? [] : [scoresText(plan.scores)]),
    packingText(plan.sets),
    ...(plan.sets.some(({ fim }) => fim !== undefined) ? [fimText(plan.sets)] : []),
    ...(plan.steps === null ? [] : [stepsText(plan.steps)]),
    ledgerText(plan.sets),
    ...(warnings.length === 0 ? [] : [warnings.map((text) => `warning: ${text}`).join('\n')]),
  ];
}

function stepsText({ tokensPerStep, steps, sets }: StepPlan): string {
  const rows = sets.map(({ name, width, rowsPerStep, steps: count, rest }) => [
    name,
    length(width),
    integer(rowsPerStep),
    integer(count),
    integer(rest),
  ]);
  const columns = [
    { title: 'steps', align: 'left' as const },
    { title: 'tokens per row' },
    { title: 'rows per step' },
    { title: 'steps' },
    { title: 'rows left over' },
  ];
  return `${table(columns, rows)}\n${counted(steps, 'step')} of ${length(tokensPerStep)} tokens`;
}

/** Says how much disk and time the build takes. */
/** @param seconds null: the time is not known */
export function costText(plan: BuildPlan, seconds: number | null): string {
  const size = plan.sets.reduce((sum, set) => sum + set.bytes, 0);
  if (seconds === null) return `size ${bytes(size)}`;
  const time =
    seconds < 1
      ? 'less than a second'
      : seconds < 90
        ? `about ${Math.round(seconds)} s`
        : `about ${Math.round(seconds / 60)} min`;
  return `disk ${bytes(size)}, ${time} to write at the rate measured here just now`;
}
