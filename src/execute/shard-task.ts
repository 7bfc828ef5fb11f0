/**
 * Writes and commits consecutive shards of a set, one after the other. Threads have the plans in shared memory; a worker
 * process reads the rows of its task from the plan's file. Tokens come from the store, document by document, or from the
 * files in which they were gathered (`gather-layout.ts`); then a task's shards are those of a group.
 */

import { setImmediate } from 'node:timers/promises';
import { fingerprint } from '../base/fingerprint.ts';
import { isUrl } from '../base/is-url.ts';
import { counted } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import type { Sink } from '../nouns/files.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { PieceSource } from '../nouns/tokens.ts';
import type { ShardCounts, ShardRecord } from '../shard/format.ts';
import {
  type PlannedRows,
  type ShardOptions,
  type WrittenShard,
  writeShardBatches,
} from '../shard/writer.ts';
import { join, resolve } from '../storage/paths.ts';
import { findReceipt, leaveReceiptIn } from '../storage/receipt.ts';
import type { MaybePromise } from '../storage/storage.ts';
import { storageAt } from '../storage/storage-at.ts';
import { TokenReader } from '../store/token-reader.ts';
import type { GatherLayout } from './gather-layout.ts';
import { gathered } from './gather-task.ts';
import { GatheredTokens, type SegmentEnds, segmentEnds } from './gathered-tokens.ts';
import { refuseStale } from './job-file.ts';
import {
  finishedSet,
  loadStore,
  type PlannedSetFile,
  readPlan,
  readPlans,
  refuseLittleMemory,
  type StoreMemory,
  type StorePlace,
} from './shard-sources.ts';
import type { Given, Stage, StageRun } from './task.ts';
import { uploadWindow } from './upload-window.ts';

export interface ShardSetting {
  readonly store: StorePlace;
  readonly sets: readonly ShardSetSetting[];
  /** null: tokens come from the store. */
  readonly gathered: GatherLayout | null;
}

export interface ShardSetSetting extends PlannedSetFile {
  readonly options: ShardOptions;
}

export interface ShardMemory extends StoreMemory {
  /** The row plan of each set; null: tasks read the plans from their files. */
  readonly plans: readonly RowPlan[] | null;
  /** null: tokens come from the store, or all shards are written. */
  readonly segments: SegmentEnds | null;
  /** A folder of this machine with the store's tokens, which are in a bucket; null: they are not copied. */
  readonly copied: string | null;
}

export interface Shard {
  readonly name: string;
  readonly firstRow: number;
  readonly endRow: number;
}

export interface ShardInput {
  /** Index of the shards' set. */
  readonly set: number;
  /** Consecutive shards of the set, at least one. */
  readonly shards: readonly Shard[];
}

export interface ShardResult {
  readonly record: ShardRecord;
  readonly counts: ShardCounts;
}

export interface ShardKind {
  readonly setting: ShardSetting;
  readonly input: ShardInput;
  readonly memory: ShardMemory;
  /** One per shard. */
  readonly result: readonly ShardResult[];
}

export const shardStage: Stage<ShardKind> = {
  setUp: setUpShard,
  load: async (folder, { store, sets, gathered: layout }, bounds) => {
    const loaded = await loadStore(folder, store);
    if (layout !== null) refuseLittleMemory(layout.groupTokens, loaded, 0, bounds);
    // On a disk each task reads its rows of the plans.
    const plans = isUrl(folder) ? await readPlans(folder, sets) : null;
    return {
      ...loaded,
      plans,
      copied: null,
      segments: layout === null ? null : loadSegments(folder, layout),
    };
  },
  finished: shardsWritten,
  isOver: (folder, { sets }, { set, shards }) => {
    // When a set is finished, its receipts are removed, and the manifest replaces them.
    const manifest = finishedSet(folder, sets[set]!);
    const names = new Set(manifest?.shards.map(({ name }) => name));
    return shards.every(({ name }) => names.has(name));
  },
  folders: (folder, { sets }) => sets.map(({ name }) => join(folder, name)),
  words: ({ sets }, { set, shards }, results) => {
    const rows = results.reduce((sum, { record }) => sum + record.rows, 0);
    const more = shards.length === 1 ? '' : ` and ${shards.length - 1} more`;
    return `${sets[set]!.name}/${shards[0]!.name}${more}, ${counted(rows, 'row')}`;
  },
};

/** The results of a task's shards; null: some are not written. */
export function shardsWritten(
  folder: string,
  { sets }: Pick<ShardSetting, 'sets'>,
  { set, shards }: ShardInput,
): ShardResult[] | null {
  const results: ShardResult[] = [];
  for (const shard of shards) {
    const result = shardWritten(join(folder, sets[set]!.name), sets[set]!, shard);
    if (result === null) return null;
    results.push(result);
  }
  return results;
}

function shardWritten(place: string, set: ShardSetSetting, shard: Shard): ShardResult | null {
  return findReceipt<ShardResult>(place, shard.name, madeOf(set, shard));
}

function madeOf({ fingerprint: plan }: ShardSetSetting, { name, firstRow, endRow }: Shard): string {
  return fingerprint([plan, name, firstRow, endRow]);
}

function loadSegments(folder: string, layout: GatherLayout): SegmentEnds {
  const ends = layout.stretches.map((_, stretch) => {
    const result = gathered(folder, layout, stretch);
    if (result !== null) return result.ends;
    throw new LongmixError('gather-damaged', `the tokens of stretch ${stretch} are not gathered`, {
      where: join(folder, layout.folder),
      cure: 'run the build command again: it gathers them anew',
      exitCode: 1,
    });
  });
  return segmentEnds(ends);
}

async function setUpShard({
  folder,
  setting,
  memory: { store, table, plans, segments, copied },
  mark,
}: Given<ShardKind>): Promise<StageRun<ShardInput, readonly ShardResult[]>> {
  const { gathered: layout } = setting;
  const together =
    layout === null || segments === null
      ? null
      : new GatheredTokens({ folder, layout, dtype: store.dtype, ends: segments });
  const direct =
    together === null ? new TokenReader(copied ?? resolve(folder, setting.store.folder), store, table) : null;
  const tokens: PieceSource = together ?? direct!;
  const isFarOut = isUrl(folder);
  const uploads = uploadWindow();

  return async (input, report, signal) => {
    const set = setting.sets[input.set]!;
    const place = join(folder, set.name);
    const firstRow = input.shards[0]!.firstRow;
    const endRow = input.shards.at(-1)!.endRow;
    const plan =
      plans === null ? readPlan(folder, set, (file) => file.take(firstRow, endRow)) : plans[input.set]!;
    const first = plans === null ? 0 : firstRow;
    together?.begin({ set: input.set, firstRow, plan, first });

    const storage = await storageAt(place);
    /** Makes a shard. It may resolve before the shard is there, where it is sent to a bucket. */
    const write = async (shard: Shard): Promise<{ readonly committed: MaybePromise<ShardResult> }> => {
      const made = madeOf(set, shard);
      if (isFarOut) await uploads.room();
      const file = await storage.create(shard.name);
      try {
        const from = first + shard.firstRow - firstRow;
        const rows = shard.endRow - shard.firstRow;
        const planned = { plan, table, firstRow: from, endRow: from + rows };
        const { batches, counts } = await written(planned, set.options, file, signal);
        await refuseStale(mark);
        // Another attempt at the task may have been quicker; then keep its file.
        const other = mark === null || isFarOut ? null : shardWritten(place, set, shard);
        if (other !== null) {
          await file.abort();
          return { committed: other };
        }
        const commit = async (): Promise<ShardResult> => {
          const result = { record: { ...(await file.commit()), rows, batches }, counts };
          await leaveReceiptIn(storage, place, shard.name, {
            fingerprint: made,
            files: [result.record],
            result,
          });
          return result;
        };
        if (!isFarOut) return { committed: await commit() };
        const committed = commit();
        uploads.add(committed);
        return { committed };
      } catch (error) {
        await file.abort();
        throw error;
      }
    };

    const written = async (
      planned: PlannedRows,
      options: ShardOptions,
      file: Sink,
      signal: AbortSignal | undefined,
    ): Promise<WrittenShard> => {
      const steps = writeShardBatches(planned, tokens, options, file);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
        // The tokens of a batch must be in memory before it is made.
        if (together === null) continue;
        await together.load(step.value, signal);
      }
    };

    const results: MaybePromise<ShardResult>[] = [];
    try {
      for (const shard of input.shards) {
        // For a bucket, the main thread has already looked which tasks are done (`runFar`).
        const there = isFarOut ? null : shardWritten(place, set, shard);
        results.push(there ?? (await write(shard)).committed);
        const rows = shard.endRow - shard.firstRow;
        report({ done: rows, tokens: rows * plan.width });
        if (results.length < input.shards.length) await setImmediate();
        signal?.throwIfAborted();
      }
    } catch (error) {
      await Promise.allSettled(results);
      throw error;
    } finally {
      // Otherwise the main thread would keep files open, set after set.
      direct?.close();
    }
    return { committed: Promise.all(results) };
  };
}
