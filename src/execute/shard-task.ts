/**
 * Writes and commits one shard: rows [first, end) of a set's plan. Threads have the plans in shared memory; a worker
 * process reads the rows of its task from the plan's file. Tokens come from the store.
 */
import { join, resolve } from 'node:path';
import { fingerprint } from '../base/fingerprint.ts';
import { counted } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import type { ShardCounts, ShardRecord } from '../shard/format.ts';
import { openShards } from '../shard/reader.ts';
import { type ShardOptions, writeShard } from '../shard/writer.ts';
import { localStorage } from '../storage/local.ts';
import { findReceipt, leaveReceipt } from '../storage/receipt.ts';
import { loadDocuments, openStore, type TokenFiles, TokenReader } from '../store/reader.ts';
import { jobsFolder, refuseStale } from './job-file.ts';
import { openRowPlan } from './row-plan-file.ts';
import type { Given, Stage, StageRun } from './task.ts';

export interface ShardSetting {
  readonly store: { readonly folder: string; readonly fingerprint: string };
  readonly sets: readonly ShardSetSetting[];
}

export interface ShardSetSetting {
  /** The set's folder. */
  readonly name: string;
  /** Name of the row plan's file. */
  readonly plan: string;
  readonly options: ShardOptions;
  /** The fingerprint of the build's plan. */
  readonly fingerprint: string;
}

export interface ShardMemory {
  readonly store: TokenFiles;
  readonly table: DocumentTable;
  /** The row plan of each set; null: tasks read the plans from their files. */
  readonly plans: readonly RowPlan[] | null;
}

export interface ShardInput {
  /** Index of the shard's set. */
  readonly set: number;
  readonly name: string;
  readonly firstRow: number;
  readonly endRow: number;
}

export interface ShardResult {
  readonly record: ShardRecord;
  readonly counts: ShardCounts;
}

export interface ShardKind {
  readonly setting: ShardSetting;
  readonly input: ShardInput;
  readonly memory: ShardMemory;
  readonly result: ShardResult;
}

export const shardStage: Stage<ShardKind> = {
  setUp: setUpShard,
  load: loadStore,
  finished: (folder, setting, input) =>
    findReceipt<ShardResult>(setFolder(folder, setting, input), input.name, madeOf(setting, input)),
  isOver: (folder, setting, input) => isInFinishedSet(setFolder(folder, setting, input), setting, input),
  folders: (folder, { sets }) => sets.map(({ name }) => join(folder, name)),
  words: ({ sets }, { set, name }, { record }) =>
    `${sets[set]!.name}/${name}, ${counted(record.rows, 'row')}`,
};

function setFolder(folder: string, { sets }: ShardSetting, { set }: ShardInput): string {
  return join(folder, sets[set]!.name);
}

function madeOf({ sets }: ShardSetting, { set, name, firstRow, endRow }: ShardInput): string {
  return fingerprint([sets[set]!.fingerprint, name, firstRow, endRow]);
}

/** Looks in the set's manifest: when a set is finished, its receipts are removed, and the manifest replaces them. */
function isInFinishedSet(folder: string, { sets }: ShardSetting, { set, name }: ShardInput): boolean {
  try {
    const { fingerprint, shards } = openShards(folder);
    return fingerprint === sets[set]!.fingerprint && shards.some((shard) => shard.name === name);
  } catch (error) {
    if (error instanceof LongmixError) return false;
    throw error;
  }
}

async function loadStore(folder: string, { store }: ShardSetting): Promise<ShardMemory> {
  const place = resolve(folder, store.folder);
  const manifest = openStore(place);
  if (manifest.fingerprint !== store.fingerprint) {
    throw new LongmixError('job-stale', `the token store ${place} is not the one of the list of tasks`, {
      cure: 'run the build command again: it makes the list anew',
    });
  }
  return { store: manifest, table: loadDocuments(place, manifest), plans: null };
}

async function setUpShard({
  folder,
  setting,
  memory: { store, table, plans },
  mark,
}: Given<ShardKind>): Promise<StageRun<ShardInput, ShardResult>> {
  const tokens = new TokenReader(resolve(folder, setting.store.folder), store, table);
  return async (input, report) => {
    const { name, set, firstRow, endRow } = input;
    const { options } = setting.sets[set]!;
    const place = setFolder(folder, setting, input);
    const made = madeOf(setting, input);
    let result = findReceipt<ShardResult>(place, name, made);
    const { plan, first } = rowsOf(plans, folder, setting.sets[set]!, input);
    const rows = endRow - firstRow;
    if (result === null) {
      const file = localStorage(place).create(name);
      try {
        const planned = { plan, table, firstRow: first, endRow: first + rows };
        const { batches, counts } = writeShard(planned, tokens, options, file);
        refuseStale(mark);
        // Another attempt at the task may have been quicker; then keep its file.
        result = mark === null ? null : findReceipt<ShardResult>(place, name, made);
        if (result === null) {
          result = { record: { ...file.commit(), rows, batches }, counts };
          leaveReceipt(place, name, { fingerprint: made, files: [result.record], result });
        } else file.abort();
      } catch (error) {
        file.abort();
        throw error;
      } finally {
        // Otherwise the main thread would keep files open, set after set.
        tokens.close();
      }
    }
    report({ done: rows, tokens: rows * plan.width });
    return { committed: Promise.resolve(result) };
  };
}

/** The plan with a task's rows, and the number of the task's first row in that plan. */
function rowsOf(
  plans: ShardMemory['plans'],
  folder: string,
  { name: set, plan, fingerprint }: ShardSetSetting,
  { set: number, firstRow, endRow }: ShardInput,
): { plan: RowPlan; first: number } {
  if (plans !== null) return { plan: plans[number]!, first: firstRow };
  const file = openRowPlan(join(jobsFolder(folder), plan), { fingerprint, set });
  try {
    return { plan: file.take(firstRow, endRow), first: 0 };
  } finally {
    file.close();
  }
}
