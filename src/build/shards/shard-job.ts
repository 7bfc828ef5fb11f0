/** Turns a plan into a job: the list of all shards of a build, and files with the row plans for other processes. */
import { isAbsolute, relative } from 'node:path';
import type { Job } from '../../execute/executor.ts';
import type { JobFile } from '../../execute/job-file.ts';
import { hasRowPlan, writeRowPlan } from '../../execute/row-plan-file.ts';
import type { ShardInput } from '../../execute/shard-task.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import { idBytes, type ShardDtype, shardName } from '../../shard/format.ts';
import type { ShardOptions } from '../../shard/writer.ts';
import type { TokenFiles } from '../../store/reader.ts';
import type { BuildPlan, PlannedSet, TokenStore } from '../nouns.ts';

type Shard = Omit<ShardInput, 'set'>;

/** Makes one list for all sets, so that workers wait only once, at its end. @param shards the shards of each set */
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
      store: { folder: nameBelow(out, store.folder), fingerprint: store.manifest.fingerprint },
      sets: plan.sets.map(({ name }) => ({
        name,
        plan: `${name}${planSuffix}`,
        options: shardOptions(store, plan, provenance),
        fingerprint: plan.fingerprint,
      })),
    },
    inputs: shards.flatMap((ofSet, set) => ofSet.map((shard) => ({ set, ...shard }))),
    memory: { store: tokenFiles(store), table: plan.table, plans: plan.sets.map(({ rows }) => rows) },
    files: plan.sets.map((set) => rowPlanFile(set, plan)),
  };
}

/** Divides the rows, in order, into shards of at most `shardBytes` bytes of ids (but at least one row). */
export function planShards({ rows, width }: RowPlan, dtype: ShardDtype, shardBytes: number): Shard[] {
  const perShard = Math.max(1, Math.floor(shardBytes / (width * idBytes(dtype))));
  const shards = Math.ceil(rows / perShard);
  return Array.from({ length: shards }, (_, i) => ({
    name: shardName(i, shards),
    firstRow: i * perShard,
    endRow: Math.min(rows, (i + 1) * perShard),
  }));
}

/**
 * How many workers the list can keep busy. A worker thread for the small shard of a validation split would take longer to
 * start than that shard takes to write, so a rest of a tenth of the largest shard doesn't count.
 */
export function usefulWorkers({ sets, dtype }: BuildPlan, inputs: readonly ShardInput[]): number {
  const bytes = inputs.map(({ set, firstRow, endRow }) => {
    const rows = endRow - firstRow;
    return rows * sets[set]!.rows.width * idBytes(dtype);
  });
  const all = bytes.reduce((sum, one) => sum + one, 0);
  const largest = bytes.reduce((most, one) => Math.max(most, one), 1);
  return Math.max(1, Math.ceil(all / largest - 0.1));
}

/** The suffix of a row plan's file. */
export const planSuffix = '.rows';

function rowPlanFile({ name: set, rows }: PlannedSet, { fingerprint }: BuildPlan): JobFile {
  const identity = { fingerprint, set };
  return {
    name: `${set}${planSuffix}`,
    isThere: (path) => hasRowPlan(path, identity),
    write: (path) => writeRowPlan(path, rows, identity),
  };
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
  { dtype }: BuildPlan,
  provenance: boolean,
): ShardOptions {
  const { bosId, eosId } = manifest.tokenizer;
  // EOS serves as well as a padding token: the column `padding` says how much of a row is padding.
  return { dtype, provenance, bosId, eosId, padId: padId ?? eosId ?? 0 };
}
