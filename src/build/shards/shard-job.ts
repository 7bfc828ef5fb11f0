/** A plan as a job: the list of all shards of a build, and the row plans in files for workers that did not make them. */
import { isAbsolute, relative } from 'node:path';
import type { Job } from '../../execute/executor.ts';
import type { JobFile } from '../../execute/job-file.ts';
import { hasRowPlan, writeRowPlan } from '../../execute/row-plan-file.ts';
import type { ShardInput } from '../../execute/shard-task.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import { idBytes, type ShardDtype, shardName } from '../../shard/format.ts';
import type { ShardOptions } from '../../shard/writer.ts';
import { writeJson } from '../../storage/commit.ts';
import { readJson } from '../../storage/files.ts';
import type { StoreManifest } from '../../store/format.ts';
import type { TokenFiles } from '../../store/reader.ts';
import type { BuildPlan, PlannedSet, TokenStore } from '../nouns.ts';

type Shard = Omit<ShardInput, 'set'>;

/** One list for all sets, so that there is one barrier. @param shards of each set */
export function shardJob(
  plan: BuildPlan,
  shards: readonly (readonly Shard[])[],
  store: TokenStore,
  out: string,
  provenance: boolean,
): Job<'shard'> {
  return {
    stage: 'shard',
    folder: out,
    setting: {
      store: {
        folder: nameBelow(out, store.folder),
        fingerprint: store.manifest.fingerprint,
        view: viewFile,
      },
      sets: plan.sets.map(({ name }) => ({
        name,
        plan: `${name}${planSuffix}`,
        options: shardOptions(store, plan, provenance),
        fingerprint: plan.fingerprint,
      })),
    },
    inputs: shards.flatMap((ofSet, set) => ofSet.map((shard) => ({ set, ...shard }))),
    memory: { store: tokenFiles(store), table: plan.table, plans: plan.sets.map(({ rows }) => rows) },
    files: [...plan.sets.map((set) => rowPlanFile(set, plan)), storeView(store)],
  };
}

/** Rows in order, as many in a shard as its size allows. */
export function planShards({ rows, width }: RowPlan, dtype: ShardDtype, shardBytes: number): Shard[] {
  const perShard = Math.max(1, Math.floor(shardBytes / (width * idBytes(dtype))));
  const shards = Math.ceil(rows / perShard);
  return Array.from({ length: shards }, (_, i) => ({
    name: shardName(i, shards),
    firstRow: i * perShard,
    endRow: Math.min(rows, (i + 1) * perShard),
  }));
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

/** Relative where it is below the output, which may be mounted elsewhere on another machine. */
function nameBelow(out: string, folder: string): string {
  const name = relative(out, folder).replaceAll('\\', '/');
  return name.startsWith('..') || isAbsolute(name) ? folder : name;
}

function tokenFiles({ manifest: { parts, dtype } }: TokenStore): TokenFiles {
  return { parts: parts.map(({ name }) => ({ name })), dtype };
}

export function shardOptions(
  { manifest, padId }: TokenStore,
  { dtype }: BuildPlan,
  provenance: boolean,
): ShardOptions {
  const { bosId, eosId } = manifest.tokenizer;
  // EOS says as much as a token for padding, and the column `padding` says where it is one.
  return { dtype, provenance, bosId, eosId, padId: padId ?? eosId ?? 0 };
}
