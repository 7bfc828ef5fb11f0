/** `plan.json`, and what `longmix plan --json` prints: a plan without its rows. */
import type { Recipe } from '../types.ts';
import { type BuildPlan, outputRecipe } from './build-plan.ts';
import type { TokenStore } from './token-store.ts';

export interface PlanReport {
  readonly format: 'longmix-plan';
  readonly version: 1;
  readonly name: string;
  readonly fingerprint: string;
  readonly store: { readonly fingerprint: string; readonly documents: number; readonly tokens: number };
  readonly recipe: unknown;
  readonly cells: BuildPlan['cells'];
  readonly splits: readonly unknown[];
}

export function planReport(recipe: Recipe, store: TokenStore, plan: BuildPlan): PlanReport {
  const { documents, tokens } = store.manifest.totals;
  return {
    format: 'longmix-plan',
    version: 1,
    name: recipe.name,
    fingerprint: plan.fingerprint,
    store: { fingerprint: store.manifest.fingerprint, documents, tokens },
    recipe: outputRecipe(recipe),
    cells: plan.cells,
    splits: plan.splits.map(({ name, rows, quality, bytes, ledger }) => {
      const { cells, ...totals } = ledger;
      return { name, rows: rows.rows, width: rows.width, bytes, quality, ledger: totals };
    }),
  };
}
