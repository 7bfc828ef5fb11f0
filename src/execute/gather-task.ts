/**
 * Gathers one stretch of the store: reads it in order, once, and writes the tokens that each group of rows takes from
 * it to one file, group after group (`gather-layout.ts`). Memory: the stretch, and 8 bytes per piece.
 *
 * The file is synced but not hashed: the same machines read it once, soon after. The store's own tokens are not checked
 * when they are read either, and `verify --deep` compares the shards with them.
 */

import { setImmediate } from 'node:timers/promises';
import { idBytes } from '../base/id-bytes.ts';
import { inLanes } from '../base/in-lanes.ts';
import { isUrl } from '../base/is-url.ts';
import type { TaskProgress } from '../base/progress.ts';
import { firstFrom, pieceTokens } from '../base/sequence.ts';
import { bytes as inBytes } from '../base/words.ts';
import { beginFile, makeFolder, orUnwritable, unwritable } from '../storage/commit.ts';
import { join, resolve } from '../storage/paths.ts';
import { findReceipt, leaveReceiptIn } from '../storage/receipt.ts';
import type { MaybePromise } from '../storage/storage.ts';
import { storageAt } from '../storage/storage-at.ts';
import { TokenReader } from '../store/token-reader.ts';
import {
  forTakenDocuments,
  type GatherLayout,
  groupsBefore,
  type Ids,
  type OrderedPlan,
  piecesByDocument,
  StretchReads,
  storeIds,
  stretchFile,
  stretchName,
  stretchPrint,
} from './gather-layout.ts';
import { refuseStale } from './job-file.ts';
import {
  finishedSet,
  loadStore,
  type PlannedSetFile,
  readPlans,
  refuseLittleMemory,
  type StoreMemory,
  type StorePlace,
} from './shard-sources.ts';
import type { Given, Stage, StageRun } from './task.ts';
import { uploadWindow } from './upload-window.ts';

export interface GatherSetting {
  readonly store: StorePlace;
  readonly sets: readonly PlannedSetFile[];
  readonly layout: GatherLayout;
}

export interface GatherMemory extends StoreMemory {
  readonly plans: readonly OrderedPlan[];
}

export interface GatherInput {
  readonly stretch: number;
}

export interface GatherResult {
  /** Bytes of the store that were read. */
  readonly read: number;
  /** Where the segment of each group ends in the file, in tokens. */
  readonly ends: readonly number[];
}

export interface GatherKind {
  readonly setting: GatherSetting;
  readonly input: GatherInput;
  readonly memory: GatherMemory;
  readonly result: GatherResult;
}

export const gatherStage: Stage<GatherKind> = {
  setUp: setUpGather,
  load: async (folder, { store, sets, layout }, bounds) => {
    const loaded = await loadStore(folder, store);
    const plans = (await readPlans(folder, sets)).map((plan) => ({ plan, order: piecesByDocument(plan) }));
    const pieces = plans.reduce((sum, { order }) => sum + order.length, 0);
    refuseLittleMemory(layout.stretchTokens, loaded, pieces, bounds);
    return { ...loaded, plans };
  },
  finished: (folder, { layout }, { stretch }) => gathered(folder, layout, stretch),
  isOver: (folder, { sets }) => sets.every((set) => finishedSet(folder, set) !== null),
  folders: (folder, { layout }) => [join(folder, layout.folder)],
  words: (_, { stretch }, { read }) => `${stretchName(stretch)}, ${inBytes(read)} of the store`,
};

/** The result of a finished task; null: it isn't finished. */
export function gathered(folder: string, layout: GatherLayout, stretch: number): GatherResult | null {
  return findReceipt(join(folder, layout.folder), stretchName(stretch), stretchPrint(layout, stretch));
}

/** Bytes that are read or written before other work of this thread may run. */
const blockBytes = 32 * 1024 * 1024;

async function setUpGather({
  folder,
  setting: { store: place, layout },
  memory: { store, table, plans },
  mark,
}: Given<GatherKind>): Promise<StageRun<GatherInput, GatherResult>> {
  const storeFolder = resolve(folder, place.folder);
  const tokens = new TokenReader(storeFolder, store, table);
  const isFar = isUrl(storeFolder);
  const isFarOut = isUrl(folder);
  const uploads = uploadWindow();
  const files = join(folder, layout.folder);
  const width = idBytes(store.dtype);
  const blockTokens = blockBytes / width;
  let ids: Ids | null = null;

  return async ({ stretch }, report, signal) => {
    // For a bucket, the main thread has already looked which tasks are done (`runFar`).
    const earlier = isFarOut ? null : gathered(folder, layout, stretch);
    if (earlier !== null) {
      report({ done: earlier.read, tokens: earlier.ends.at(-1) ?? 0 });
      return { committed: Promise.resolve(earlier) };
    }
    const from = stretch === 0 ? 0 : layout.stretches[stretch - 1]!;
    const dealt = deal(plans, layout, from, layout.stretches[stretch]!, new StretchReads(table, store.dtype));
    const { ranges, document } = dealt;
    try {
      // One document that is longer than a stretch may be: its pieces are read one by one.
      const fits = ranges.every(({ at, tokens: count }) => at + count <= layout.stretchTokens);
      if (fits) ids ??= storeIds(store.dtype, layout.stretchTokens);
      const own = fits ? ids! : null;
      if (own !== null && isFar) await fetchRanges(tokens, ranges, own, { width, report, signal });
      for (const range of own === null || isFar ? [] : ranges) {
        for (let done = 0; done < range.tokens; done += blockTokens) {
          const count = Math.min(blockTokens, range.tokens - done);
          // Documents of a part lie end to end, so one copy may take the tokens of many.
          tokens.copy(range.document, done, count, own!, range.at + done);
          report({ done: count * width, tokens: 0 });
          if (done + count < range.tokens) await setImmediate();
          signal?.throwIfAborted();
        }
      }
      if (isFarOut) await uploads.room();
      const file = await createStretch(files, stretchFile(stretch));
      try {
        const out = createBlocks(4 * 1024 * 1024, (block) => file.write(block));
        let scratch = storeIds(store.dtype, 0);
        let quiet = 0;
        for (let p = 0; p < dealt.count.length; p += 1) {
          const [at, count] = [dealt.at[p]!, dealt.count[p]!];
          if (own !== null) out.put(own, at, count);
          else {
            if (scratch.length < count) scratch = storeIds(store.dtype, count);
            if (isFar) await tokens.fetch(document, at, count, scratch, 0);
            else tokens.copy(document, at, count, scratch, 0);
            out.put(scratch, 0, count);
            report({ done: count * width, tokens: 0 });
          }
          quiet += count;
          if (quiet < blockTokens) continue;
          report({ done: 0, tokens: quiet });
          quiet = 0;
          await setImmediate();
          signal?.throwIfAborted();
        }
        out.flush();
        report({ done: 0, tokens: quiet });
      } catch (error) {
        await file.abort();
        throw error;
      }
      const commit = async (): Promise<GatherResult> => {
        try {
          await file.sync();
          await refuseStale(mark);
          // Another attempt at the task may have been quicker; then keep its file.
          const other = mark === null || isFarOut ? null : gathered(folder, layout, stretch);
          if (other !== null) return other;
          await file.appear();
          const read = ranges.reduce((sum, range) => sum + range.tokens, 0) * width;
          const result = { read, ends: dealt.ends };
          const record = { name: stretchFile(stretch), bytes: (dealt.ends.at(-1) ?? 0) * width };
          await leaveReceiptIn(await storageAt(files), files, stretchName(stretch), {
            ...{ fingerprint: stretchPrint(layout, stretch), files: [record], result },
          });
          return result;
        } finally {
          await file.abort();
        }
      };
      const committed = commit();
      if (isFarOut) uploads.add(committed);
      return { committed };
    } finally {
      tokens.close();
    }
  };
}

/** A file of gathered tokens in the making. On a disk it is not hashed. */
interface StretchFile {
  write(block: Uint8Array): void;
  sync(): Promise<void>;
  appear(): MaybePromise<unknown>;
  abort(): MaybePromise<void>;
}

async function createStretch(folder: string, name: string): Promise<StretchFile> {
  const path = join(folder, name);
  if (isUrl(folder)) {
    const file = await (await storageAt(folder)).create(name);
    return {
      write: (block) => file.write(block),
      sync: async () => {},
      appear: () => file.commit(),
      abort: () => file.abort(),
    };
  }
  makeFolder(folder);
  const file = orUnwritable(path, () => beginFile(path));
  return {
    write: (block) => orUnwritable(path, () => file.write(block)),
    sync: () =>
      file.syncAside().catch((cause) => {
        throw unwritable(path, cause);
      }),
    appear: () => orUnwritable(path, () => file.appear()),
    abort: file.abort,
  };
}

/** Bytes of a request to a bucket, and how many are under way. */
const requestBytes = 8 * 1024 * 1024;
const requests = 4;

/** Reads ranges of a store in a bucket, several blocks at once, which may come in any order. */
async function fetchRanges(
  tokens: TokenReader,
  ranges: Dealt['ranges'],
  into: Ids,
  { width, report, signal }: FetchOptions,
): Promise<void> {
  const most = requestBytes / width;
  const blocks = ranges.flatMap(({ document, at, tokens: count }) =>
    Array.from({ length: Math.ceil(count / most) }, (_, i) => {
      return { document, from: i * most, count: Math.min(most, count - i * most), at: at + i * most };
    }),
  );
  await inLanes(blocks, requests, async ({ document, from, count, at }) => {
    signal?.throwIfAborted();
    await tokens.fetch(document, from, count, into, at);
    report({ done: count * width, tokens: 0 });
  });
}

interface FetchOptions {
  readonly width: number;
  readonly report: (progress: TaskProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** The pieces that a stretch holds, in the order of its file. */
interface Dealt {
  /** Where each piece lies in memory (in its document, where that is longer than a stretch), and its tokens. */
  readonly at: Uint32Array;
  readonly count: Uint32Array;
  readonly ends: readonly number[];
  readonly ranges: StretchReads['ranges'];
  /** The first document of the stretch that is taken. */
  readonly document: number;
}

/** Deals the pieces of documents [from, to) to the groups, by counting: those of a group stay in their order. */
function deal(
  plans: readonly OrderedPlan[],
  layout: GatherLayout,
  from: number,
  to: number,
  reads: StretchReads,
): Dealt {
  const groupOf = plans.map(({ plan }, set) => groupsOfPieces(plan, layout, set));
  const all = groupsBefore(layout);
  const next = new Uint32Array(all + 1);
  forTakenDocuments(plans, from, to, (_document, _reach, begins, ends) => {
    for (const [p, { order }] of plans.entries())
      for (let i = begins[p]!; i < ends[p]!; i += 1) next[groupOf[p]!(order[i]!) + 1]! += 1;
  });
  for (let group = 0; group < all; group += 1) next[group + 1]! += next[group]!;
  const at = new Uint32Array(next[all]!);
  const count = new Uint32Array(next[all]!);
  const tokens = new Float64Array(all);
  forTakenDocuments(plans, from, to, (document, reach, begins, ends) => {
    const base = reads.add(document, reach);
    for (const [p, { plan, order }] of plans.entries()) {
      for (let i = begins[p]!; i < ends[p]!; i += 1) {
        const piece = order[i]!;
        const group = groupOf[p]!(piece);
        const taken = pieceTokens(plan, piece);
        const slot = next[group]!;
        next[group] = slot + 1;
        at[slot] = base + taken.from;
        count[slot] = taken.to - taken.from;
        tokens[group]! += taken.to - taken.from;
      }
    }
  });
  let end = 0;
  const ends = Array.from(tokens, (ofGroup) => {
    end += ofGroup;
    return end;
  });
  return { at, count, ends, ranges: reads.ranges, document: reads.ranges[0]?.document ?? 0 };
}

/** Returns a function that gives the group of a piece of a set. */
function groupsOfPieces(
  { rowEnds }: OrderedPlan['plan'],
  layout: GatherLayout,
  set: number,
): (piece: number) => number {
  const before = groupsBefore(layout, set);
  const ends = Uint32Array.from(layout.groups[set]!, (row) => rowEnds[row - 1]!);
  return (piece) => before + firstFrom(ends, piece + 1);
}

/** Joins many small writes to blocks. */
function createBlocks(
  size: number,
  write: (block: Uint8Array) => void,
): { put(ids: Ids, from: number, count: number): void; flush(): void } {
  const block = Buffer.allocUnsafeSlow(size);
  let used = 0;
  const flush = () => {
    if (used > 0) write(block.subarray(0, used));
    used = 0;
  };
  return {
    put({ buffer, byteOffset, BYTES_PER_ELEMENT: width }, from, count) {
      for (let done = 0; done < count * width; ) {
        const length = Math.min(size - used, count * width - done);
        block.set(new Uint8Array(buffer, byteOffset + from * width + done, length), used);
        used += length;
        done += length;
        if (used === size) flush();
      }
    },
    flush,
  };
}
