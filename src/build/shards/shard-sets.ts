/**
 * Writes the shard sets of a plan, one folder per set. Each is self-contained, and its manifest marks it as complete.
 * `dataset_dict.json` lists the sets and is written last.
 */

import { isUrl } from '../../base/is-url.ts';
import { noProgress } from '../../base/progress.ts';
import { counted } from '../../base/words.ts';
import type { Job } from '../../execute/executor.ts';
import { dropJob, dropJobFiles, dropOtherJob } from '../../execute/job-file.ts';
import { type ShardResult, shardsWritten } from '../../execute/shard-task.ts';
import { threads } from '../../execute/tasks.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import {
  type DocumentsRecord,
  dictFile,
  documentsFile,
  manifestFile,
  maskVersion,
  type ShardSetManifest,
  shardFormat,
  shardSetFiles,
  shardVersion,
} from '../../shard/format.ts';
import { tokenBytes } from '../../shard/row-columns.ts';
import { datasetInfo, datasetState } from '../../shard/schema.ts';
import { scheduleFile, scheduleRecord } from '../../steps/schedule-file.ts';
import { writeJson } from '../../storage/commit.ts';
import { exists, removeFile, statOf } from '../../storage/files.ts';
import { join, relative } from '../../storage/paths.ts';
import { notesFolder, removeReceipt } from '../../storage/receipt.ts';
import { sweep } from '../../storage/temporary-files.ts';
import type { BuildPlan, PlannedSet, StageOptions, TokenStore } from '../nouns.ts';
import {
  claimFolder,
  datasetFiles,
  planFile,
  removeNotes,
  removeOwnFiles,
  removeReceipts,
  setFolders,
  shardFiles,
  shardFolder,
} from '../ownership.ts';
import { outputRecipe, refuseImbalance } from '../plan/build-plan.ts';
import { earlierBuild, manifestOf } from './earlier-shards.ts';
import { gatherSizes, planGather, removeGathered } from './gather-plan.ts';
import {
  gatherJob,
  isShardJobFile,
  planShards,
  shardJob,
  shardOptions,
  usefulWorkers,
  withSegments,
} from './shard-job.ts';
import { gatherTokens, isAllWritten, writeRows } from './shard-lists.ts';

interface ShardSetOptions extends StageOptions {
  /** Gather the tokens before the shards are written. */
  readonly gathers: boolean;
}

/** True if the folder has the finished output of this plan with all files. Checks sizes only; `verify` reads bytes. */
export function isBuilt(out: string, plan: BuildPlan): boolean {
  const files = [dictFile, planFile, ...(plan.steps === null ? [] : [scheduleFile])];
  return areThere(out, files) && plan.sets.every(({ name }) => isWritten(join(out, name), plan));
}

function areThere(folder: string, files: readonly string[]): boolean {
  return files.every((name) => exists(join(folder, name)));
}

function isWritten(folder: string, plan: BuildPlan): boolean {
  const manifest = manifestOf(folder);
  if (manifest?.fingerprint !== plan.fingerprint || !areThere(folder, datasetFiles)) return false;
  return shardSetFiles(manifest).every(({ name, bytes }) => statOf(join(folder, name))?.size === bytes);
}

export async function writeShardSets(
  recipe: Recipe,
  store: TokenStore,
  plan: BuildPlan,
  out: string,
  options: ShardSetOptions,
): Promise<ShardSetManifest[]> {
  const { progress = noProgress, executor = threads(options.workers) } = options;
  const { provenance } = recipe.shards;
  const perToken = tokenBytes({ provenance, mask: plan.wholeFrom !== undefined }, plan.dtype);
  const shards = plan.sets.map((set) => planShards(set.rows, perToken, recipe.shards.size));
  for (const [s, set] of plan.sets.entries()) {
    const files = [...shards[s]!.map(({ name }) => name), ...(provenance ? [documentsFile] : [])];
    makeReady(join(out, set.name), files);
  }
  const sizes = options.gathers ? gatherSizes(plan, store, recipe.shards.size, options) : null;
  const gather = sizes === null ? null : planGather(plan, store, shards, { ...sizes, provenance });
  const job = shardJob(plan, shards, store, { out, provenance, gather });
  if (isUrl(out)) removeUnfinished(job);
  dropOtherJob(job);
  removeGathered(out, gather?.layout ?? null);
  if (gather === null) dropJob(out, 'gather');
  const segments =
    gather === null || isAllWritten(job)
      ? null
      : await gatherTokens(gatherJob(plan, gather, store, out), gather.tokens, { ...options, executor });
  progress.start(`write ${setNames(plan)}`, rowsOf(plan), 'rows');
  const { results, lists } = await writeRows(
    withSegments(job, segments),
    store,
    provenance ? plan.sets : [],
    {
      ...options,
      executor,
      useful: usefulWorkers(plan, job.inputs),
    },
  );
  progress.end();

  const resultsOf = (s: number) => results.filter((_, i) => job.inputs[i]!.set === s).flat();
  const manifests = plan.sets.map((set, s) => {
    const written = resultsOf(s);
    refuseImbalance(set.name, writtenImbalances(set, written));
    return writeManifest(recipe, store, plan, set, {
      folder: join(out, set.name),
      results: written,
      documents: lists[s] ?? null,
    });
  });
  if (plan.steps === null) removeFile(join(out, scheduleFile));
  else writeJson(join(out, scheduleFile), scheduleRecord(plan.steps));
  writeJson(join(out, dictFile), { splits: plan.sets.map(({ name }) => name) });
  for (const { name } of plan.sets) removeNotes(join(out, name));
  dropJobFiles(out, isShardJobFile);
  removeGathered(out, null);
  return manifests;
}

function setNames({ sets }: BuildPlan): string {
  return sets.length > 3 ? counted(sets.length, 'shard set') : sets.map(({ name }) => name).join(', ');
}

function rowsOf({ sets }: BuildPlan): number {
  return sets.reduce((sum, set) => sum + set.rows.rows, 0);
}

function makeReady(folder: string, files: readonly string[]): void {
  sweep(folder);
  sweep(join(folder, notesFolder));
  claimFolder(folder, files);
  removeStrangers(folder, files);
}

/**
 * Removes files of the job that no receipt of this plan describes: in a bucket the first commit of a name stays, and what
 * another plan left would be in the way.
 */
function removeUnfinished({ folder, setting, inputs }: Job<'shard'>): void {
  for (const { set, shards } of inputs) {
    const place = join(folder, setting.sets[set]!.name);
    for (const shard of shards) {
      if (shardsWritten(folder, setting, { set, shards: [shard] }) !== null) continue;
      removeReceipt(place, shard.name);
      removeFile(join(place, shard.name));
    }
  }
  for (const { name } of setting.sets) removeFile(join(folder, name, documentsFile));
}

interface WrittenSet {
  readonly folder: string;
  readonly results: readonly ShardResult[];
  readonly documents: DocumentsRecord | null;
}

function writeManifest(
  recipe: Recipe,
  store: TokenStore,
  plan: BuildPlan,
  set: PlannedSet,
  { folder, results, documents }: WrittenSet,
): ShardSetManifest {
  const { tokenizer, fingerprint, sources } = store.manifest;
  const { width, rows, repeats } = set.rows;
  const options = shardOptions(store, plan, recipe.shards.provenance);
  const { provenance, dtype, bosId, eosId, padId, mask } = options;
  const shards = results.map(({ record }) => record);
  const names = shards.map(({ name }) => name);
  const groups = set.rows.groups !== undefined;
  const columns = { provenance, mask: mask !== undefined, groups };
  writeJson(join(folder, 'dataset_info.json'), datasetInfo(width, dtype, columns));
  writeJson(join(folder, 'state.json'), datasetState(set.name, names, plan.fingerprint));
  const { name, vocabularySize, specialTokens } = tokenizer;
  const manifest: ShardSetManifest = {
    format: shardFormat,
    version: mask === undefined ? shardVersion : maskVersion,
    name: recipe.name,
    split: set.split,
    phase: set.phase,
    fingerprint: plan.fingerprint,
    tokenizer: { name, fingerprint: tokenizer.fingerprint, vocabularySize, specialTokens },
    length: set.sequences.decompose === null ? set.sequences.length : width,
    width,
    sequences: set.sequences,
    dtype,
    provenance,
    ...(groups ? { groups: true as const } : {}),
    ...(mask === undefined ? {} : { mask }),
    bosId,
    eosId,
    padId,
    sources,
    rows,
    ...(repeats === null ? {} : { repeats }),
    shards,
    documents,
    ledger: set.ledger,
    ...(set.fim === undefined ? {} : { fim: plan.fim! }),
    ...(plan.without.length === 0 ? {} : { without: plan.without.map(earlierBuild) }),
    recipe: outputRecipe(recipe),
    store: { fingerprint, path: storePath(folder, store.folder) },
  };
  writeJson(join(folder, manifestFile), manifest);
  return manifest;
}

/** From the shard set. A bucket does not say where a folder of this machine is. */
function storePath(folder: string, store: string): string {
  if (isUrl(folder) && !isUrl(store)) return 'elsewhere';
  return relative(folder, store).replaceAll('\\', '/');
}

/** Compares the ledger, which counts the plan, with the counts of the shards that were written. */
function writtenImbalances({ ledger }: PlannedSet, results: readonly ShardResult[]): string[] {
  const written = (pick: (result: ShardResult) => number) =>
    results.reduce((sum, result) => sum + pick(result), 0);
  const pairs: [string, number, number][] = [
    ['rows', written(({ record }) => record.rows), ledger.rows],
    ['document tokens', written(({ counts }) => counts.documentTokens), ledger.packedInstances],
    ['special tokens', written(({ counts }) => counts.specialTokens), ledger.specialTokens],
    ['padding', written(({ counts }) => counts.padding), ledger.padding],
    ['learned tokens', written(({ counts }) => counts.learned ?? 0), ledger.learned ?? 0],
  ];
  return pairs.filter(([, a, b]) => a !== b).map(([what, a, b]) => `${what} written: ${a}, planned: ${b}`);
}

/** Removes the files that an unfinished build of another plan left. */
function removeStrangers(folder: string, files: readonly string[]): void {
  const wanted = new Set([...files, ...datasetFiles, manifestFile]);
  removeOwnFiles(folder, shardFolder, [], (name) => wanted.has(name));
}

/** Removes the files of longmix's shard sets, and nothing else. */
export function clearShardSets(out: string): void {
  for (const name of [dictFile, scheduleFile]) removeFile(join(out, name));
  removeGathered(out, null);
  for (const set of setFolders(out)) {
    const folder = join(out, set);
    const shards = shardFiles(folder);
    // Write the notes first: once the manifest is gone, they say that the folder is ours and which files to remove.
    claimFolder(folder, shards);
    removeOwnFiles(folder, shardFolder, [...datasetFiles, manifestFile], () => false);
    removeReceipts(folder);
  }
}
