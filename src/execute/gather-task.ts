/**
 * Gathers one stretch of the store: reads it in order, once, and writes the tokens that each group of rows takes from
 * it to one file, group after group (`gather-layout.ts`). Memory: the stretch, and 8 bytes per piece.
 *
 * The file is synced but not hashed: the same machines read it once, soon after. The store's own tokens are not checked
 * when they are read either, and `verify --deep` compares the shards with them.
 */

import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { idBytes } from '../base/id-bytes.ts';
import { firstFrom, pieceTokens } from '../base/sequence.ts';
import { bytes as inBytes } from '../base/words.ts';
import { beginFile, makeFolder, orUnwritable, unwritable } from '../storage/commit.ts';
import { findReceipt, leaveReceipt } from '../storage/receipt.ts';
import { TokenReader } from '../store/reader.ts';
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
  readPlan,
  refuseLittleMemory,
  type StoreMemory,
  type StorePlace,
} from './shard-sources.ts';
import type { Given, Stage, StageRun } from './task.ts';

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
    const loaded = loadStore(folder, store);
    const plans = sets.map((set) => {
      const plan = readPlan(folder, set);
      return { plan, order: piecesByDocument(plan) };
    });
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
  const tokens = new TokenReader(resolve(folder, place.folder), store, table);
  const files = join(folder, layout.folder);
  const width = idBytes(store.dtype);
  const blockTokens = blockBytes / width;
  let ids: Ids | null = null;

  return async ({ stretch }, report, signal) => {
    const earlier = gathered(folder, layout, stretch);
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
      for (const range of own === null ? [] : ranges) {
        for (let done = 0; done < range.tokens; done += blockTokens) {
          const count = Math.min(blockTokens, range.tokens - done);
          // Documents of a part lie end to end, so one copy may take the tokens of many.
          tokens.copy(range.document, done, count, own!, range.at + done);
          report({ done: count * width, tokens: 0 });
          if (done + count < range.tokens) await setImmediate();
          signal?.throwIfAborted();
        }
      }
      makeFolder(files);
      const path = join(files, stretchFile(stretch));
      const file = orUnwritable(path, () => beginFile(path));
      try {
        const out = createBlocks(4 * 1024 * 1024, (block) => orUnwritable(path, () => file.write(block)));
        let scratch = storeIds(store.dtype, 0);
        let quiet = 0;
        for (let p = 0; p < dealt.count.length; p += 1) {
          const [at, count] = [dealt.at[p]!, dealt.count[p]!];
          if (own !== null) out.put(own, at, count);
          else {
            if (scratch.length < count) scratch = storeIds(store.dtype, count);
            tokens.copy(document, at, count, scratch, 0);
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
        file.abort();
        throw error;
      }
      const commit = async (): Promise<GatherResult> => {
        try {
          await file.syncAside().catch((cause) => {
            throw unwritable(path, cause);
          });
          refuseStale(mark);
          // Another attempt at the task may have been quicker; then keep its file.
          const other = mark === null ? null : gathered(folder, layout, stretch);
          if (other !== null) return other;
          orUnwritable(path, () => file.appear());
          const read = ranges.reduce((sum, range) => sum + range.tokens, 0) * width;
          const result = { read, ends: dealt.ends };
          const record = { name: stretchFile(stretch), bytes: (dealt.ends.at(-1) ?? 0) * width };
          leaveReceipt(files, stretchName(stretch), {
            ...{ fingerprint: stretchPrint(layout, stretch), files: [record], result },
          });
          return result;
        } finally {
          file.abort();
        }
      };
      return { committed: commit() };
    } finally {
      tokens.close();
    }
  };
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
