/**
 * Runs a whole build: recipe -> token store -> plan -> shard sets. Continues where an earlier run stopped.
 */

import { isUrl } from '../base/is-url.ts';
import { TasksLeft } from '../execute/executor.ts';
import { jobFile } from '../execute/job-file.ts';
import { machineMemory } from '../execute/memory.ts';
import type { Recipe } from '../nouns/recipe.ts';
import type { ShardSetManifest } from '../shard/format.ts';
import { openShards } from '../shard/reader.ts';
import { makeFolder, writeJson } from '../storage/commit.ts';
import { withLock } from '../storage/lock.ts';
import { flushPlaces, openPlace, refuseUnwritable, sweepUploads } from '../storage/open-place.ts';
import { join } from '../storage/paths.ts';
import { sweep } from '../storage/temporary-files.ts';
import { buildSize, refuseFullDisk } from './disk-room.ts';
import type { BuildPlan, EarlierReads, StageOptions, TokenStore } from './nouns.ts';
import { isTaskFile, planFile, refuseForeignOutput } from './ownership.ts';
import { planBuild } from './plan/build-plan.ts';
import { loadEarlier } from './plan/earlier-runs.ts';
import { loadIndex } from './plan/load-index.ts';
import { planMemoryNote } from './plan/plan-memory.ts';
import { planReport } from './plan/plan-report.ts';
import { findOlderBuild, refuseOtherRecipe } from './shards/earlier-shards.ts';
import { isGathered, removeGathered } from './shards/gather-plan.ts';
import { noteReplaced } from './shards/replaced-shards.ts';
import { clearShardSets, isBuilt, writeShardSets } from './shards/shard-sets.ts';
import { refuseFarSketches, sketchStore } from './store/sketches.ts';
import { storePlace } from './store/store-place.ts';
import { doneWithJob, keepForJob } from './store/store-uses.ts';
import { ensureStore } from './store/token-store.ts';
import { refuseUnfit } from './store/tokenizer-fit.ts';

export interface BuildOptions extends StageOptions {
  /** Called with the plan before any shard is written. */
  readonly onPlan?: (plan: BuildPlan, store: TokenStore) => void;
}

export interface BuildResult {
  readonly out: string;
  readonly store: TokenStore;
  readonly plan: BuildPlan;
  readonly shardSets: readonly ShardSetManifest[];
  /** False if the finished build was there already. */
  readonly written: boolean;
}

/**
 * Builds a recipe into the folder `out`.
 * @throws LongmixError for any fault of the recipe, the corpus or the folder
 */
export async function build(recipe: Recipe, out: string, options: BuildOptions): Promise<BuildResult> {
  refuseUnwritable(out);
  refuseFarSketches(storePlace(recipe, out), [recipe]);
  await openPlace(out);
  refuseForeignOutput(out);
  const earlier = await loadEarlier([recipe], out);
  makeFolder(out);
  try {
    return await withLock(out, () => buildLocked(recipe, out, options, earlier));
  } finally {
    await flushPlaces();
  }
}

async function buildLocked(
  recipe: Recipe,
  out: string,
  options: BuildOptions,
  earlier: EarlierReads,
): Promise<BuildResult> {
  sweep(out);
  await sweepUploads(out, isTaskFile);
  const asStore = { ...options, keepUnchanged: true };
  const store = await ensureStore(recipe, storePlace(recipe, out), asStore, (tokenizer) => {
    refuseUnfit(recipe, tokenizer);
    if (options.fresh !== true) refuseOtherRecipe(recipe, tokenizer, earlier, out);
  });
  await sketchStore(store, [recipe], options);
  const note = planMemoryNote(store.manifest.totals.documents, machineMemory());
  if (note !== null) options.progress?.note(note);
  const plan = planBuild(recipe, store, await loadIndex(store, [recipe], earlier));
  options.onPlan?.(plan, store);
  return await buildPlanned(recipe, store, plan, out, options);
}

/** The part of a build after its plan. The caller must hold the folder's lock. */
export async function buildPlanned(
  recipe: Recipe,
  store: TokenStore,
  plan: BuildPlan,
  out: string,
  options: StageOptions,
): Promise<BuildResult> {
  const size = () => buildSize(out, plan, store, options.gather);
  if (options.fresh) {
    refuseFullDisk(out, [size()]);
    clearShardSets(out);
  }
  if (isBuilt(out, plan)) {
    // The last run may have been interrupted before its last steps.
    removeGathered(out, null);
    listsAreDone(store.folder, out);
    const shardSets = plan.sets.map(({ name }) => openShards(join(out, name)));
    return { out, store, plan, shardSets, written: false };
  }
  if (!options.fresh) {
    const older = findOlderBuild(recipe, store, plan, out);
    refuseFullDisk(out, [size()]);
    if (older !== null) {
      options.progress?.note(
        `the shards in ${out} are of the corpus as it was: they are replaced. A run that was trained on them cannot be resumed; to keep such shards, build into another folder with --out`,
      );
      noteReplaced(out, older);
      clearShardSets(out);
    }
  }
  writeJson(join(out, planFile), planReport(recipe, store, plan));
  // Workers of other machines would each copy a store that is in a bucket.
  const isShared = options.executor !== undefined && isUrl(store.folder);
  const gathers = isGathered(isShared ? 'always' : options.gather, store, options.progress);
  try {
    const shardSets = await writeShardSets(recipe, store, plan, out, { ...options, gathers });
    listsAreDone(store.folder, out);
    return { out, store, plan, shardSets, written: true };
  } catch (error) {
    // Others read the store after this process has ended: a mark in the store says so until they are done.
    if (error instanceof TasksLeft) keepForJob(store.folder, error.job);
    throw error;
  }
}

/** The store may be pruned again: no list of this build reads it any more. */
function listsAreDone(store: string, out: string): void {
  for (const stage of ['gather', 'shard']) doneWithJob(store, jobFile({ folder: out, stage }));
}
