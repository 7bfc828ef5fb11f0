/** Turns a plan into a job: the list of all shards of a build, and files with the row plans for other processes. */

import { idBytes } from '../../base/id-bytes.ts';
import type { Job } from '../../execute/executor.ts';
import type { SegmentEnds } from '../../execute/gathered-tokens.ts';
import type { JobFile } from '../../execute/job-file.ts';
import { hasRowPlan, writeRowPlan } from '../../execute/row-plan-file.ts';
import type { PlannedSetFile, StorePlace } from '../../execute/shard-sources.ts';
import type { Shard, ShardInput } from '../../execute/shard-task.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import { shardName } from '../../shard/format.ts';
import type { ShardOptions } from '../../shard/writer.ts';
import { writeJson } from '../../storage/commit.ts';
import { readJson } from '../../storage/files.ts';
import { isAbsolute, relative } from '../../storage/paths.ts';
import type { StoreManifest } from '../../store/format.ts';
import type { TokenFiles } from '../../store/token-reader.ts';
import type { BuildPlan, PlannedSet, TokenStore } from '../nouns.ts';
import type { GatherPlan } from './gather-plan.ts';

/** Where a build's shards go, and where their tokens come from. */
interface ShardJobOptions {
  readonly out: string;
  readonly provenance: boolean;
  /** null: tokens come from the store. */
  readonly gather: GatherPlan | null;
}

/** Makes one list for all sets, so that workers wait only once, at its end. @param shards the shards of each set */
export function shardJob(
  plan: BuildPlan,
  shards: readonly (readonly Shard[])[],
  store: TokenStore,
  { out, provenance, gather }: ShardJobOptions,
): Job<'shard'> {
  const options = shardOptions(store, plan, provenance);
  const tasks = gather?.tasks ?? shards.map((ofSet) => ofSet.map((shard) => [shard]));
  return {
    stage: 'shard',
    folder: out,
    setting: {
      store: storePlace(store, out),
      sets: plan.sets.map((set) => ({ ...planFileOf(set, plan), options })),
      gathered: gather?.layout ?? null,
    },
    inputs: tasks.flatMap((ofSet, set) => ofSet.map((own) => ({ set, shards: own }))),
    memory: {
      ...{ store: tokenFiles(store), table: plan.table, segments: null, copied: null },
      plans: plan.sets.map(({ rows }) => rows),
    },
    files: jobFiles(plan, store),
  };
}

/** The same job, with the tokens that were gathered for it; null: none were. */
export function withSegments(job: Job<'shard'>, segments: SegmentEnds | null): Job<'shard'> {
  return { ...job, memory: { ...job.memory, segments } };
}

export function gatherJob(
  plan: BuildPlan,
  { layout, plans }: GatherPlan,
  store: TokenStore,
  out: string,
): Job<'gather'> {
  return {
    stage: 'gather',
    folder: out,
    setting: {
      store: storePlace(store, out),
      sets: plan.sets.map((set) => planFileOf(set, plan)),
      layout,
    },
    inputs: layout.stretches.map((_, stretch) => ({ stretch })),
    memory: { store: tokenFiles(store), table: plan.table, plans },
    files: jobFiles(plan, store),
  };
}

/**
 * Divides the rows, in order, into shards of at most `shardBytes` bytes (but at least one row).
 * @param perToken bytes of a token, in all columns that have a value per token
 */
export function planShards({ rows, width }: RowPlan, perToken: number, shardBytes: number): Shard[] {
  const perShard = Math.max(1, Math.floor(shardBytes / (width * perToken)));
  const shards = Math.ceil(rows / perShard);
  return Array.from({ length: shards }, (_, i) => ({
    name: shardName(i, shards),
    firstRow: i * perShard,
    endRow: Math.min(rows, (i + 1) * perShard),
  }));
}

/**
 * How many workers the list can keep busy. A worker thread for the small shard of a validation split would take longer to
 * start than that shard takes to write, so a rest of a tenth of the largest task doesn't count.
 */
export function usefulWorkers({ sets, dtype }: BuildPlan, inputs: readonly ShardInput[]): number {
  const bytes = inputs.map(({ set, shards }) => {
    const rows = shards.at(-1)!.endRow - shards[0]!.firstRow;
    return rows * sets[set]!.rows.width * idBytes(dtype);
  });
  const all = bytes.reduce((sum, one) => sum + one, 0);
  const largest = bytes.reduce((most, one) => Math.max(most, one), 1);
  return Math.max(1, Math.ceil(all / largest - 0.1));
}

/** The recipe's view of the store, which may grow while the tasks are run. */
const viewFile = 'store.json';

function storeView({ manifest }: TokenStore): JobFile {
  const isThere = (path: string) => fingerprintOf(path) === manifest.fingerprint;
  return { name: viewFile, isThere, write: (path) => void writeJson(path, manifest) };
}

function fingerprintOf(path: string): string | null {
  try {
    return (readJson(path) as StoreManifest).fingerprint;
  } catch {
    return null;
  }
}

/** Whether a file of the job's folder served only tasks that are done. */
export function isShardJobFile(name: string): boolean {
  return name === viewFile || name.endsWith(planSuffix);
}

/** Of a row plan's file. */
const planSuffix = '.rows';

function rowPlanFile({ name: set, rows }: PlannedSet, { fingerprint }: BuildPlan): JobFile {
  const identity = { fingerprint, set };
  return {
    name: `${set}${planSuffix}`,
    isThere: (path) => hasRowPlan(path, identity),
    write: (path) => writeRowPlan(path, rows, identity),
  };
}

/** Files that both lists name. */
function jobFiles(plan: BuildPlan, store: TokenStore): JobFile[] {
  return [...plan.sets.map((set) => rowPlanFile(set, plan)), storeView(store)];
}

function planFileOf({ name }: PlannedSet, { fingerprint }: BuildPlan): PlannedSetFile {
  return { name, plan: `${name}${planSuffix}`, fingerprint };
}

function storePlace(store: TokenStore, out: string): StorePlace {
  return { folder: nameBelow(out, store.folder), fingerprint: store.manifest.fingerprint, view: viewFile };
}

/** A relative path if the folder is below the output, because another machine may mount the output elsewhere. */
function nameBelow(out: string, folder: string): string {
  const name = relative(out, folder).replaceAll('\\', '/');
  return name.startsWith('..') || isAbsolute(name) ? folder : name;
}

function tokenFiles({ manifest: { parts, dtype } }: TokenStore): TokenFiles {
  return { parts: parts.map(({ name }) => ({ name })), dtype };
}

export function shardOptions(
  { manifest, padId }: TokenStore,
  { dtype, wholeFrom, fim }: BuildPlan,
  provenance: boolean,
): ShardOptions {
  const { bosId, eosId } = manifest.tokenizer;
  // EOS serves as well as a padding token: the column `padding` says how much of a row is padding.
  const filled = fim === undefined ? {} : { fim };
  const mask = wholeFrom === undefined ? {} : { mask: wholeFrom };
  return { dtype, provenance, bosId, eosId, padId: padId ?? eosId ?? 0, ...filled, ...mask };
}
