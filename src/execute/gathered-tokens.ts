/**
 * Gives the shard writer tokens that were gathered before (`gather-layout.ts`): it reads the segments of a group, in the
 * order of the store, into memory, and finds each piece there. Memory: one group, and 8 bytes per piece.
 */

import { setImmediate } from 'node:timers/promises';
import { idBytes } from '../base/id-bytes.ts';
import { inLanes } from '../base/in-lanes.ts';
import { isUrl } from '../base/is-url.ts';
import { orderByKey } from '../base/radix-sort.ts';
import { pieceTokens } from '../base/sequence.ts';
import { LongmixError, systemReason } from '../errors.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { PieceSource } from '../nouns/tokens.ts';
import { openFile, removeFile } from '../storage/files.ts';
import { join } from '../storage/paths.ts';
import { type Bytes, EndedEarly } from '../storage/storage.ts';
import { storageAt } from '../storage/storage-at.ts';
import type { StoreDtype } from '../store/format.ts';
import { type GatherLayout, groupsBefore, type Ids, storeIds, stretchFile } from './gather-layout.ts';

/** The rows of a set from `firstRow` on, and a plan that holds them, from its row `first` on. */
export interface GatheredRows {
  readonly set: number;
  readonly firstRow: number;
  readonly plan: RowPlan;
  readonly first: number;
}

/** Where the segments end in the files, in tokens: those of all groups, stretch after stretch; in shared memory. */
export type SegmentEnds = Float64Array;

export function segmentEnds(ends: readonly (readonly number[])[]): SegmentEnds {
  const all = new Float64Array(new SharedArrayBuffer(8 * ends.length * (ends[0]?.length ?? 0)));
  for (const [stretch, ofStretch] of ends.entries()) all.set(ofStretch, stretch * ofStretch.length);
  return all;
}

/** The place of the gathered files. */
export interface Gathered {
  /** The folder of the build's output. */
  readonly folder: string;
  readonly layout: GatherLayout;
  readonly dtype: StoreDtype;
  readonly ends: SegmentEnds;
}

export class GatheredTokens implements PieceSource {
  readonly #gathered: Gathered;
  readonly #groups: number;
  #rows: GatheredRows | null = null;
  #ids: Ids | null = null;
  /** Files in a bucket, of which nothing is held open. */
  readonly #far = new Map<number, Promise<Bytes>>();
  /** The group in memory: its pieces [begin, end), and where each lies in `#ids`. */
  #begin = 0;
  #end = 0;
  #positions = new Uint32Array(0);

  constructor(gathered: Gathered) {
    this.#gathered = gathered;
    this.#groups = groupsBefore(gathered.layout);
  }

  /** Chooses the rows that are written next. They begin where a group begins, and are whole groups. */
  begin(rows: GatheredRows): void {
    this.#rows = rows;
    this.#begin = this.#end = 0;
  }

  copy(
    _document: number,
    _start: number,
    length: number,
    out: Uint16Array | Int32Array,
    at: number,
    piece: number,
  ): void {
    if (piece < this.#begin || piece >= this.#end) throw new Error(`piece ${piece} was not loaded`);
    const position = this.#positions[piece - this.#begin]!;
    out.set(this.#ids!.subarray(position, position + length), at);
  }

  /**
   * Reads the group of a piece, unless it is in memory. Call this before the first of its pieces is copied. From a disk
   * segment after segment, and other work may run in between; from a bucket several at once.
   * @throws LongmixError `gather-damaged`
   */
  async load(piece: number, signal?: AbortSignal): Promise<void> {
    if (piece >= this.#begin && piece < this.#end) return;
    const { layout, dtype } = this.#gathered;
    const { plan } = this.#rows!;
    const { group, begin, end } = this.#groupOf(piece);
    this.#ids ??= storeIds(dtype, layout.groupTokens);
    this.#begin = this.#end = begin;
    const documents = plan.document.subarray(begin, end);
    const order = orderByKey(documents);
    const positions = new Uint32Array(end - begin);
    let position = 0;
    let next = 0;
    const reads: SegmentRead[] = [];
    for (const [stretch, endDocument] of layout.stretches.entries()) {
      const from = position;
      for (; next < order.length && documents[order[next]!]! < endDocument; next += 1) {
        positions[order[next]!] = position;
        const taken = pieceTokens(plan, begin + order[next]!);
        position += taken.to - taken.from;
      }
      if (position === from) continue;
      reads.push({ stretch, group, from, to: position });
    }
    await inLanes(reads, isUrl(this.#gathered.folder) ? lanes : 1, async (read) => {
      await this.#read(read);
      await setImmediate();
      signal?.throwIfAborted();
    });
    this.#positions = positions;
    this.#end = end;
  }

  /** The number of the group that holds a piece, and the pieces of that group. */
  #groupOf(piece: number): { group: number; begin: number; end: number } {
    const { layout } = this.#gathered;
    const { groups } = layout;
    const { set, firstRow, first, plan } = this.#rows!;
    const before = groupsBefore(layout, set);
    const pieceAt = (row: number) => {
      const own = row - firstRow + first;
      return own === 0 ? 0 : plan.rowEnds[own - 1]!;
    };
    const index = groups[set]!.findIndex((endRow) => endRow > firstRow && pieceAt(endRow) > piece);
    const beginRow = index === 0 ? 0 : groups[set]![index - 1]!;
    return { group: before + index, begin: pieceAt(beginRow), end: pieceAt(groups[set]![index]!) };
  }

  /** Reads the segment of a group in the file of a stretch to the ids [from, to) in memory. */
  async #read({ stretch, group, from, to }: SegmentRead): Promise<void> {
    const { folder, layout, dtype, ends } = this.#gathered;
    const path = join(folder, layout.folder, stretchFile(stretch));
    const at = stretch * this.#groups + group;
    const begin = group === 0 ? 0 : ends[at - 1]!;
    if (ends[at]! - begin !== to - from)
      throw unusable(path, `it has ${ends[at]! - begin} tokens of group ${group}, not ${to - from}`);
    const width = idBytes(dtype);
    const { buffer, byteOffset } = this.#ids!;
    const into = new Uint8Array(buffer, byteOffset + from * width, (to - from) * width);
    try {
      if (isUrl(path)) return await this.#readFar(stretch, begin * width, into);
      const file = openFile(path);
      try {
        file.read(begin * width, into);
      } finally {
        file.close();
      }
    } catch (cause) {
      if (cause instanceof LongmixError && cause.code !== 'remote-missing') throw cause;
      throw unusable(path, cause instanceof EndedEarly ? 'it ends too early' : systemReason(cause), cause);
    }
  }

  async #readFar(stretch: number, at: number, into: Uint8Array): Promise<void> {
    let opening = this.#far.get(stretch);
    if (opening === undefined) {
      const { folder, layout } = this.#gathered;
      opening = openFar(join(folder, layout.folder), stretchFile(stretch));
      this.#far.set(stretch, opening);
      // Another try may succeed.
      opening.catch(() => this.#far.delete(stretch));
    }
    await (await opening).readAside(at, into);
  }
}

async function openFar(folder: string, name: string): Promise<Bytes> {
  return await (await storageAt(folder)).open(name);
}

/** Segments that are read from a bucket at once. */
const lanes = 8;

interface SegmentRead {
  readonly stretch: number;
  readonly group: number;
  /** Where its ids go in memory. */
  readonly from: number;
  readonly to: number;
}

/** Removes the file unless the system refused to read it, so that the next run gathers it again. */
function unusable(path: string, what: string, cause?: unknown): LongmixError {
  if (!isUrl(path) && (cause === undefined || cause instanceof EndedEarly)) removeFile(path);
  return new LongmixError('gather-damaged', `cannot use the gathered tokens ${path}: ${what}`, {
    cure: 'run the build command again: it gathers them anew',
    exitCode: 1,
    cause,
  });
}
