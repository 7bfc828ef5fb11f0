/**
 * Decides whether the tokens of a build are gathered before its shards are written, and in which portions
 * (`execute/gather-layout.ts`). While the store fits in memory, shards read it in any order; gathering would only
 * write and read their tokens once more.
 */

import { tmpdir } from 'node:os';
import { fingerprint } from '../../base/fingerprint.ts';
import { idBytes } from '../../base/id-bytes.ts';
import { isUrl } from '../../base/is-url.ts';
import type { Progress } from '../../base/progress.ts';
import { bytes as inBytes } from '../../base/words.ts';
import {
  forTakenDocuments,
  type GatherLayout,
  type OrderedPlan,
  piecesByDocument,
  StretchReads,
} from '../../execute/gather-layout.ts';
import { machineMemory, tokenShare } from '../../execute/memory.ts';
import { sharedBytes } from '../../execute/shard-sources.ts';
import type { Shard } from '../../execute/shard-task.ts';
import { batchRows } from '../../shard/writer.ts';
import { listFolder, removeFolder, statOf } from '../../storage/files.ts';
import { freeBytes } from '../../storage/free-space.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';
import type { BuildPlan, GatherMode, StageOptions, TokenStore } from '../nouns.ts';

/**
 * Whether a build gathers.
 * @param mode default: `auto`
 * @param progress gets one line that says why, unless the mode does
 * @param machine the memory that the process may use, in bytes
 */
export function isGathered(
  mode: GatherMode | undefined,
  { folder = '', manifest: { totals, dtype } }: Pick<TokenStore, 'manifest'> & { readonly folder?: string },
  progress?: Pick<Progress, 'aside'>,
  machine: number = machineMemory(),
): boolean {
  if (mode === 'always' || mode === 'never') return mode === 'always';
  const bytes = totals.tokens * idBytes(dtype);
  // A store in a bucket is copied to the temporary folder of this machine, or gathered.
  const room = isUrl(folder) ? freeBytes(tmpdir()) : null;
  if (room !== null && bytes > room) {
    progress?.aside(`gather: the store (${inBytes(bytes)}) has no room in ${tmpdir()} (${inBytes(room)})`);
    return true;
  }
  if (bytes <= machine / 2) return false;
  progress?.aside(
    `gather: the store (${inBytes(bytes)}) is larger than half of this machine's memory (${inBytes(machine)})`,
  );
  return true;
}

/** Bytes of the files in which the tokens of a plan are gathered. */
export function gatheredBytes(
  { sets }: Pick<BuildPlan, 'sets'>,
  { manifest: { dtype } }: TokenStore,
): number {
  return sets.reduce((sum, { ledger }) => sum + ledger.packedInstances, 0) * idBytes(dtype);
}

/** The most tokens of a group, and of a stretch. */
export interface GatherSizes {
  readonly groupTokens: number;
  readonly stretchTokens: number;
}

/** The command's own default of `--memory`. */
const defaultMemory = 4e9;
/** The share of the memory of a small machine or container that is used: the rest is for pages being read and written. */
const mostOfMachine = 0.7;
/** Portions are no larger than a 32nd, so that workers share the work evenly; larger ones would make longer reads. */
const portions = 32;
const leastBytes = 16 * 1024;

export function gatherSizes(
  { sets, table }: BuildPlan,
  { manifest: { dtype, totals } }: TokenStore,
  shardBytes: number,
  { memory = defaultMemory, workers }: Pick<StageOptions, 'memory' | 'workers'>,
  machine: number = machineMemory(),
): GatherSizes {
  const width = idBytes(dtype);
  const pieces = sets.reduce((sum, { rows }) => sum + rows.document.length, 0);
  const inRows = sets.reduce((sum, { rows }) => sum + rows.rows * rows.width, 0) * width;
  const bound = Math.min(memory, mostOfMachine * machine);
  const share = tokenShare(bound, workers, sharedBytes(table, pieces));
  // While a portion is in use, each of its pieces takes up to 20 bytes beside its tokens.
  const most = share / (1 + (20 * pieces) / Math.max(1, inRows));
  const tokens = (bytes: number, least: number) =>
    Math.max(1, Math.floor(Math.min(most, Math.max(bytes / portions, least)) / width));
  return {
    groupTokens: tokens(inRows, Math.max(leastBytes, shardBytes)),
    stretchTokens: tokens(totals.tokens * width, leastBytes),
  };
}

/** What the two lists of a build that gathers are made of. */
export interface GatherPlan {
  readonly layout: GatherLayout;
  /** For each set, the shards of each task of the list of shards. */
  readonly tasks: readonly (readonly (readonly Shard[])[])[];
  readonly plans: readonly OrderedPlan[];
  /** Tokens of the store that are read. */
  readonly tokens: number;
}

/** @param shards the shards of each set */
export function planGather(
  plan: BuildPlan,
  { manifest: { dtype } }: TokenStore,
  shards: readonly (readonly Shard[])[],
  { provenance, ...sizes }: GatherSizes & { readonly provenance: boolean },
): GatherPlan {
  const grouped = plan.sets.map(({ rows: { width } }, set) => {
    const batch = batchRows(width, {
      ...{ provenance, dtype: plan.dtype },
      ...(plan.wholeFrom === undefined ? {} : { mask: plan.wholeFrom }),
    });
    return groupShards(shards[set]!, Math.floor(sizes.groupTokens / width), batch);
  });
  const groups = grouped.map(({ ends }) => ends);
  const plans = plan.sets.map(({ rows }) => ({ plan: rows, order: piecesByDocument(rows) }));
  const { stretches, largest, tokens } = planStretches(plan, dtype, plans, sizes.stretchTokens);
  const identity = fingerprint([plan.fingerprint, groups, stretches]);
  const rowsOf = (ends: readonly number[]) => ends.map((end, i) => end - (ends[i - 1] ?? 0));
  const groupTokens = plan.sets.flatMap(({ rows }, set) => rowsOf(groups[set]!).map((n) => n * rows.width));
  return {
    layout: {
      folder: `${notesFolder}/${gatherPrefix}${identity.slice(0, 16)}`,
      fingerprint: identity,
      groups,
      stretches,
      groupTokens: groupTokens.reduce((most, one) => Math.max(most, one), 1),
      stretchTokens: Math.min(largest, sizes.stretchTokens),
    },
    tasks: grouped.map((own) => own.tasks),
    plans,
    tokens,
  };
}

/**
 * Puts consecutive shards into groups of at most `most` rows. A larger shard is a task of its own, and has several groups,
 * which end where a record batch does: while the writer makes a batch, it needs one group only.
 */
function groupShards(
  shards: readonly Shard[],
  most: number,
  batch: number,
): { ends: number[]; tasks: Shard[][] } {
  const ends: number[] = [];
  const tasks: Shard[][] = [];
  let task: Shard[] = [];
  const close = () => {
    if (task.length === 0) return;
    tasks.push(task);
    ends.push(task.at(-1)!.endRow);
    task = [];
  };
  for (const shard of shards) {
    if (task.length > 0 && shard.endRow - task[0]!.firstRow > most) close();
    task.push(shard);
    if (shard.endRow - shard.firstRow <= most) continue;
    const step = Math.max(1, Math.floor(most / batch)) * batch;
    for (let row = shard.firstRow + step; row < shard.endRow; row += step) ends.push(row);
    close();
  }
  close();
  return { ends, tasks };
}

/** Cuts the store into stretches of which at most `most` tokens are read, or one document. */
function planStretches(
  { table }: BuildPlan,
  dtype: TokenStore['manifest']['dtype'],
  plans: readonly OrderedPlan[],
  most: number,
): { stretches: number[]; largest: number; tokens: number } {
  const stretches: number[] = [];
  let reads = new StretchReads(table, dtype);
  let largest = 1;
  let tokens = 0;
  const close = (end: number) => {
    stretches.push(end);
    largest = Math.max(largest, reads.tokens);
    tokens += reads.tokens;
    reads = new StretchReads(table, dtype);
  };
  forTakenDocuments(plans, 0, table.count, (document, reach) => {
    if (reads.tokens > 0 && reads.tokens + reads.costOf(document, reach) > most) close(document);
    reads.add(document, reach);
  });
  close(table.count);
  return { stretches, largest, tokens };
}

const gatherPrefix = 'gather-';

/** Removes gathered files below an output, except those of the layout that is kept. */
export function removeGathered(out: string, keep: GatherLayout | null): void {
  const others = gatherFolders(out).filter((name) => name !== keep?.folder);
  for (const name of others) removeFolder(join(out, name));
  const notes = join(out, notesFolder);
  if (others.length > 0 && listFolder(notes).length === 0) removeFolder(notes);
}

/** Bytes of the gathered files that an interrupted build left. */
export function gatheredThere(out: string): number {
  const files = gatherFolders(out).flatMap((folder) =>
    listFolder(join(out, folder)).map((name) => join(folder, name)),
  );
  return files.reduce((sum, name) => sum + (statOf(join(out, name))?.size ?? 0), 0);
}

function gatherFolders(out: string): string[] {
  const names = listFolder(join(out, notesFolder)).filter((name) => name.startsWith(gatherPrefix));
  return names.map((name) => `${notesFolder}/${name}`);
}
