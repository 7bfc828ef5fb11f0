/**
 * Builds several mixes of the same corpora from one token store. The store is made once, and its index is read once.
 * Each arm is a build of its own in its own folder, so that it can be used, verified and moved like any other build.
 *
 * All arms are planned before any is written, so that an infeasible arm stops the ablation before it has cost anything.
 * Each plan is made again when its arm is built, because keeping all plans would cost memory per arm and document.
 */

import { noProgress, type Progress } from '../base/progress.ts';
import { LongmixError, reworded } from '../errors.ts';
import type { Ablation, AblationArm } from '../nouns/recipe.ts';
import { makeFolder, writeJson } from '../storage/commit.ts';
import { withLock } from '../storage/lock.ts';
import { flushPlaces, openPlace, refuseUnwritable } from '../storage/open-place.ts';
import { join } from '../storage/paths.ts';
import { sweep } from '../storage/temporary-files.ts';
import {
  type AblationReport,
  type ArmReport,
  ablationFile,
  dropAside,
  setAblationAside,
} from './ablation-file.ts';
import { buildPlanned } from './build.ts';
import { type BuildSize, buildSize, refuseFullDisk } from './disk-room.ts';
import type { BuildPlan, EarlierReads, StageOptions, TokenStore } from './nouns.ts';
import { outputFolder, refuseForeign, refuseForeignOutput } from './ownership.ts';
import { planBuild } from './plan/build-plan.ts';
import { loadEarlier } from './plan/earlier-runs.ts';
import { loadIndex } from './plan/load-index.ts';
import { planReport } from './plan/plan-report.ts';
import { findOlderBuild, refuseOtherRecipe } from './shards/earlier-shards.ts';
import { isBuilt } from './shards/shard-sets.ts';
import { refuseFarSketches, sketchStore } from './store/sketches.ts';
import { storePlace } from './store/store-place.ts';
import { ensureStore } from './store/token-store.ts';
import { refuseUnfit } from './store/tokenizer-fit.ts';
import { withAllColumns } from './store/wanted-columns.ts';

export interface AblateOptions extends StageOptions {
  /** Write nothing except the token store, if it is missing. */
  readonly planOnly: boolean;
  /** Called with the plan of each arm, before any arm is built. */
  readonly onPlan?: (arm: AblationArm, plan: BuildPlan) => void;
}

/**
 * Builds every arm into `out`/ARM, and writes `out`/ablation.json last.
 * @throws LongmixError for any fault of an arm, the corpus or the folder
 */
export async function ablate(
  ablation: Ablation,
  out: string,
  options: AblateOptions,
): Promise<{ store: TokenStore; report: AblationReport }> {
  refuseUnwritable(out);
  await openPlace(out);
  refuseForeign(out, outputFolder);
  for (const { name } of ablation.arms) refuseForeignOutput(join(out, name));
  const recipes = ablation.arms.map(({ recipe }) => recipe);
  refuseFarSketches(storePlace(recipes[0]!, out), recipes);
  const earlier = await loadEarlier(recipes, out);
  makeFolder(out);
  try {
    return await withLock(out, () => ablateLocked(ablation, out, options, earlier));
  } finally {
    await flushPlaces();
  }
}

async function ablateLocked(
  ablation: Ablation,
  out: string,
  { planOnly, onPlan, ...options }: AblateOptions,
  earlier: EarlierReads,
): Promise<{ store: TokenStore; report: AblationReport }> {
  const { arms } = ablation;
  const first = withAllColumns(arms.map(({ recipe }) => recipe));
  sweep(out);
  const isKept = !planOnly && options.fresh !== true;
  const asStore = { ...options, keepUnchanged: true, asItWas: planOnly };
  const store = await ensureStore(first, storePlace(first, out), asStore, (tokenizer) => {
    for (const arm of arms) {
      ofArm(arm, () => {
        refuseUnfit(arm.recipe, tokenizer);
        if (isKept) refuseOtherRecipe(arm.recipe, tokenizer, earlier, join(out, arm.name));
      });
    }
  });
  const recipes = arms.map(({ recipe }) => recipe);
  await sketchStore(store, recipes, options);
  const index = await loadIndex(store, recipes, earlier);
  const sizes: BuildSize[] = [];
  const reports = arms.map((arm): ArmReport => {
    const plan = ofArm(arm, () => planBuild(arm.recipe, store, index));
    if (isKept) ofArm(arm, () => void findOlderBuild(arm.recipe, store, plan, join(out, arm.name)));
    onPlan?.(arm, plan);
    sizes.push(buildSize(join(out, arm.name), plan, store, options.gather));
    return { arm: arm.name, changes: arm.changes, ...planReport(arm.recipe, store, plan) };
  });
  const report: AblationReport = {
    format: 'longmix-ablation',
    version: 1,
    name: ablation.name,
    arms: reports,
  };
  if (planOnly) return { store, report };
  refuseFullDisk(out, sizes);
  for (const { name, recipe } of arms) {
    const armOut = join(out, name);
    makeFolder(armOut);
    const plan = planBuild(recipe, store, index);
    const progress = named(name, options.progress);
    if (options.fresh || !isBuilt(armOut, plan)) setAblationAside(out);
    await withLock(armOut, () => buildPlanned(recipe, store, plan, armOut, { ...options, progress }));
  }
  writeJson(join(out, ablationFile), report);
  dropAside(out);
  return { store, report };
}

/** Adds the arm's name to progress reports. */
function named(arm: string, progress: Progress = noProgress): Progress {
  return { ...progress, start: (stage, total, unit) => progress.start(`${arm}: ${stage}`, total, unit) };
}

/** Adds the arm's name to errors. */
function ofArm<T>({ name }: AblationArm, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof LongmixError
      ? reworded(error, { message: `arm ${name}: ${error.message}` })
      : error;
  }
}
