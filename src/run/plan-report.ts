/** `plan.json`, and what `longmix plan --json` prints: a plan without its rows. */
import type { Ledger, Recipe } from '../types.ts';
import { type BuildPlan, outputRecipe } from './build-plan.ts';
import { planWarnings } from './plan-warnings.ts';
import type { TokenStore } from './token-store.ts';

export interface PlanReport {
  readonly format: 'longmix-plan';
  readonly version: 2;
  readonly name: string;
  readonly fingerprint: string;
  readonly store: { readonly fingerprint: string; readonly documents: number; readonly tokens: number };
  readonly recipe: unknown;
  readonly phases: BuildPlan['phases'];
  readonly sets: readonly unknown[];
  readonly ledgers: BuildPlan['ledgers'];
  readonly steps: BuildPlan['steps'];
  readonly warnings: readonly string[];
}

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
    sets: plan.sets.map(({ name, split, phase, rows, quality, bytes, ledger }) => {
      return {
        name,
        split,
        phase,
        rows: rows.rows,
        width: rows.width,
        bytes,
        quality,
        ledger: totals(ledger),
      };
    }),
    ledgers: plan.ledgers,
    steps: plan.steps,
    warnings: planWarnings(recipe, plan),
  };
}

function totals({ cells, ...rest }: Ledger): Omit<Ledger, 'cells'> {
  return rest;
}
