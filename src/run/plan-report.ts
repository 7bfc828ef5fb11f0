/** `plan.json`, and what `longmix plan --json` prints: a plan without its rows. */
import type { Ledger, Recipe } from '../types.ts';
import { type BuildPlan, outputRecipe, type PlannedSet } from './build-plan.ts';
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
  readonly sets: readonly SetReport[];
  readonly ledgers: BuildPlan['ledgers'];
  readonly steps: BuildPlan['steps'];
  readonly warnings: readonly string[];
}

interface SetReport extends Pick<PlannedSet, 'name' | 'split' | 'phase' | 'bytes' | 'quality'> {
  readonly rows: number;
  readonly width: number;
  readonly ledger: Omit<Ledger, 'cells'>;
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
    sets: plan.sets.map(setReport),
    ledgers: plan.ledgers,
    steps: plan.steps,
    warnings: planWarnings(recipe, plan),
  };
}

function setReport({ name, split, phase, rows, quality, bytes, ledger }: PlannedSet): SetReport {
  const { cells, ...totals } = ledger;
  return { name, split, phase, rows: rows.rows, width: rows.width, bytes, quality, ledger: totals };
}
