/** What the tasks that gather tokens and those that write shards both load: the store's index, and the row plans. */

import { idBytes } from '../base/id-bytes.ts';
import { bytes as inBytes } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import type { ShardSetManifest } from '../shard/format.ts';
import { openShards } from '../shard/reader.ts';
import { readJson } from '../storage/files.ts';
import { fetchFiles } from '../storage/open-place.ts';
import { join, resolve } from '../storage/paths.ts';
import type { StoreManifest } from '../store/format.ts';
import { loadTable } from '../store/reader.ts';
import type { TokenFiles } from '../store/token-reader.ts';
import { jobsFolder } from './job-file.ts';
import { tokenShare } from './memory.ts';
import { openRowPlan, type RowPlanFile } from './row-plan-file.ts';
import type { Bounds } from './task.ts';

export interface StorePlace {
  /** Relative to the output, unless it is absolute. */
  readonly folder: string;
  readonly fingerprint: string;
  /** File of the recipe's view of the store, beside the list: the store's own record may change meanwhile. */
  readonly view: string;
}

export interface StoreMemory {
  readonly store: TokenFiles;
  readonly table: DocumentTable;
}

/** A shard set, and the file with its row plan. */
export interface PlannedSetFile {
  /** The set's folder. */
  readonly name: string;
  /** Name of the row plan's file. */
  readonly plan: string;
  /** The fingerprint of the build's plan. */
  readonly fingerprint: string;
}

/** @throws LongmixError `job-stale` if the store is not the one of the list */
export async function loadStore(folder: string, store: StorePlace): Promise<StoreMemory> {
  const place = resolve(folder, store.folder);
  const manifest = readView(join(jobsFolder(folder), store.view));
  if (manifest?.fingerprint !== store.fingerprint) {
    throw new LongmixError('job-stale', `the token store ${place} is not the one of the list of tasks`, {
      cure: 'run the build command again: it makes the list anew',
    });
  }
  return { store: manifest, table: await loadTable(place, manifest) };
}

function readView(path: string): StoreManifest | null {
  try {
    return readJson(path) as StoreManifest;
  } catch {
    return null;
  }
}

/** The plans of all sets. From a bucket they are fetched whole. */
export async function readPlans(folder: string, sets: readonly PlannedSetFile[]): Promise<RowPlan[]> {
  await fetchFiles(sets.map(({ plan }) => join(jobsFolder(folder), plan)));
  return sets.map((set) => readPlan(folder, set));
}

/** Takes rows out of a set's plan file. @param take default: all rows */
export function readPlan(
  folder: string,
  { name, plan, fingerprint }: PlannedSetFile,
  take: (file: RowPlanFile) => RowPlan = (file) => file.take(0, file.rows),
): RowPlan {
  const file = openRowPlan(join(jobsFolder(folder), plan), { fingerprint, set: name });
  try {
    return take(file);
  } finally {
    file.close();
  }
}

/** The manifest of a finished set of this plan; null: the set is not finished, or its manifest is of another plan. */
export function finishedSet(
  folder: string,
  { name, fingerprint }: Pick<PlannedSetFile, 'name' | 'fingerprint'>,
): ShardSetManifest | null {
  try {
    const manifest = openShards(join(folder, name));
    return manifest.fingerprint === fingerprint ? manifest : null;
  } catch (error) {
    if (error instanceof LongmixError) return null;
    throw error;
  }
}

/**
 * Checks a worker's bounds against the tokens that each task of its list holds, which the build's own bounds decided.
 * @param pieces pieces of documents that all threads have in memory
 * @throws LongmixError `memory-exceeded`
 */
export function refuseLittleMemory(
  tokens: number,
  { store, table }: StoreMemory,
  pieces: number,
  { memory, workers }: Bounds,
): void {
  const needed = tokens * idBytes(store.dtype);
  const share = tokenShare(memory, workers, sharedBytes(table, pieces));
  if (needed <= share) return;
  throw new LongmixError(
    'memory-exceeded',
    `a task of this list holds ${inBytes(needed)} of tokens, and --memory leaves ${inBytes(share)} to each worker`,
    {
      cure: 'give more --memory, or use fewer --workers; a build command with less --memory lists smaller tasks',
    },
  );
}

/** Bytes of the store's index, and of pieces in their plans and in the order of documents. */
export function sharedBytes({ count, outputs }: DocumentTable, pieces: number): number {
  const ofOutputs = outputs === undefined ? 0 : outputs.offsets.byteLength + outputs.ends.byteLength;
  return 14 * count + ofOutputs + 12 * pieces;
}
