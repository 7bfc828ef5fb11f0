/**
 * Several mixes of the same corpora, one after another, from one token store: it is made once, its index is read once,
 * and every arm is a build of its own in a folder of its own, so that an arm can be used, verified and moved like any.
 */
import { join } from 'node:path';
import type { Ablation, Recipe } from '../types.ts';
import { buildPlanned, storeFolder } from './build.ts';
import { type BuildPlan, loadIndex, planBuild } from './build-plan.ts';
import { makeFolder, sweep, writeJson } from './commit.ts';
import { type PlanReport, planReport } from './plan-report.ts';
import { clearShardSets } from './shard-sets.ts';
import { ensureStore, reopenStore, type StageOptions, type TokenStore } from './token-store.ts';

export const ablationFile = 'ablation.json';

export interface AblationArm {
  readonly name: string;
  readonly recipe: Recipe;
  /** What its recipe says other than the base, as written. */
  readonly changes: unknown;
  readonly plan: BuildPlan;
}

export interface AblationResult {
  readonly store: TokenStore;
  readonly arms: readonly AblationArm[];
}

export interface AblateOptions extends StageOptions {
  /** Plans only: nothing is written but a missing token store. */
  readonly planOnly: boolean;
  /** Called when an arm is planned, before it is built. */
  readonly onArm?: (arm: AblationArm, number: number) => void;
}

/**
 * Builds every arm into `out`/ARM, and writes `out`/ablation.json last.
 * @throws LongmixError for everything that is wrong with an arm, the corpus or the folder
 */
export async function ablate(
  ablation: Ablation,
  out: string,
  { planOnly, onArm, ...options }: AblateOptions,
): Promise<AblationResult> {
  const recipes = ablation.arms.map(({ recipe }) => recipe);
  makeFolder(out);
  sweep(out);
  const folder = storeFolder(recipes[0]!, out);
  if (options.fresh === true) {
    for (const { name } of ablation.arms) clearShardSets(join(out, name));
    reopenStore(folder);
  }
  const store = await ensureStore(recipes[0]!, folder, { ...options, fresh: false });
  const index = loadIndex(store, recipes);
  const arms: AblationArm[] = [];
  // All are planned before one is written: an arm that can't be had stops the ablation while it costs nothing.
  for (const [i, { name, recipe, changes }] of ablation.arms.entries()) {
    const arm = { name, recipe, changes, plan: planBuild(recipe, store, index) };
    onArm?.(arm, i);
    arms.push(arm);
  }
  if (planOnly) return { store, arms };
  for (const { name, recipe, plan } of arms) {
    const armOut = join(out, name);
    makeFolder(armOut);
    await buildPlanned(recipe, store, plan, armOut, options);
  }
  writeJson(join(out, ablationFile), ablationReport(ablation, store, arms));
  return { store, arms };
}

export interface AblationReport {
  readonly format: 'longmix-ablation';
  readonly version: 1;
  readonly name: string;
  readonly arms: readonly (PlanReport & { readonly arm: string; readonly changes: unknown })[];
}

/** `ablation.json`: each arm as its plan.json tells it, and how its recipe differs from the base. */
export function ablationReport(
  ablation: Ablation,
  store: TokenStore,
  arms: readonly AblationArm[],
): AblationReport {
  return {
    format: 'longmix-ablation',
    version: 1,
    name: ablation.name,
    arms: arms.map(({ name, changes, recipe, plan }) => ({
      arm: name,
      changes,
      ...planReport(recipe, store, plan),
    })),
  };
}
