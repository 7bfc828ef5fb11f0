/** Makes the contents of `plan.json`, which `longmix plan --json` also prints: a plan without its rows. */

import type { Recipe } from '../../nouns/recipe.ts';
import type { BuildPlan, PlannedSet, PlanReport, SetReport, TokenStore } from '../nouns.ts';
import { outputRecipe } from './build-plan.ts';
import { planWarnings } from './plan-warnings.ts';

export function planReport(recipe: Recipe, store: TokenStore, plan: BuildPlan): PlanReport {
  const { documents, tokens } = store.manifest.totals;
  return {
    format: 'longmix-plan',
    version: 2,
    name: recipe.name,
    fingerprint: plan.fingerprint,
    store: { fingerprint: store.manifest.fingerprint, documents, tokens },
    recipe: outputRecipe(recipe),
    phases: plan.phases,
    sets: plan.sets.map(setReport),
    ledgers: plan.ledgers,
    steps: plan.steps,
    ...(plan.without.length === 0 ? {} : { without: plan.without }),
    ...(plan.near === null ? {} : { near: plan.near }),
    ...(plan.scores.length === 0 ? {} : { scores: plan.scores }),
    warnings: planWarnings(recipe, plan),
  };
}

function setReport({ name, split, phase, rows, quality, fim, bytes, ledger, groups }: PlannedSet): SetReport {
  const { cells, ...totals } = ledger;
  return {
    ...{ name, split, phase, rows: rows.rows, width: rows.width, bytes, quality },
    ...(fim === undefined ? {} : { fim }),
    ledger: totals,
    ...(groups === undefined ? {} : { groups }),
  };
}
