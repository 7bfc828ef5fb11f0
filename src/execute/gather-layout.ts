/**
 * How the tokens of a build are gathered. Rows take documents from all over the store, which is one seek per document
 * once the store doesn't fit in memory. So the store is first read in order, stretch by stretch, and each stretch leaves
 * one file with the tokens that each group of rows takes from it. A group then reads its segment of every file.
 *
 *   stretch   consecutive documents, whose tokens a task holds in memory
 *   group     consecutive rows of a set, whose tokens a task holds in memory
 *   file      `stretch-00000.tokens`: ids in the store's type, group after group; in a group the pieces of documents,
 *             by document and then by their number in the plan
 *
 * No table of pieces is written, because both sides derive the same order from the plan. Cost: the tokens of the rows are
 * written and read once more, in segments of (stretch x group / store) bytes.
 */

import { fingerprint } from '../base/fingerprint.ts';
import { idBytes } from '../base/id-bytes.ts';
import { orderByKey } from '../base/radix-sort.ts';
import { pieceTokens } from '../base/sequence.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import type { StoreDtype } from '../store/format.ts';

/** Plain data, which the lists of both stages have in their settings. */
export interface GatherLayout {
  /** Folder of the gathered files, relative to the output. */
  readonly folder: string;
  /** Identifies the layout and the plan. */
  readonly fingerprint: string;
  /** For each set, one past the last row of each group. Groups are numbered through all sets. */
  readonly groups: readonly (readonly number[])[];
  /** One past the last document of each stretch. */
  readonly stretches: readonly number[];
  /** The most tokens that a group has, and that a task reads of a stretch. */
  readonly groupTokens: number;
  readonly stretchTokens: number;
}

/** Groups of the sets before this one, and so the number of its first; by default all groups. */
export function groupsBefore({ groups }: GatherLayout, set: number = groups.length): number {
  return groups.slice(0, set).reduce((sum, ofSet) => sum + ofSet.length, 0);
}

export function stretchName(stretch: number): string {
  return `stretch-${String(stretch).padStart(5, '0')}`;
}

export function stretchFile(stretch: number): string {
  return `${stretchName(stretch)}.tokens`;
}

/** Fingerprint of the task that gathers a stretch. */
export function stretchPrint({ fingerprint: layout }: GatherLayout, stretch: number): string {
  return fingerprint([layout, stretch]);
}

export type Ids = Uint16Array | Int32Array;

/** Ids of the store's type, uninitialized. Signed where they have 32 bits, as in shards: no id is that large. */
export function storeIds(dtype: StoreDtype, length: number): Ids {
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(length * idBytes(dtype));
  return dtype === 'uint16'
    ? new Uint16Array(buffer, byteOffset, length)
    : new Int32Array(buffer, byteOffset, length);
}

/** The numbers of a plan's pieces by document, those of a document in their order; in memory that threads share. */
export function piecesByDocument({ document }: RowPlan): Uint32Array {
  const order = new Uint32Array(new SharedArrayBuffer(4 * document.length));
  order.set(orderByKey(document));
  return order;
}

/** A plan and its pieces by document. */
export interface OrderedPlan {
  readonly plan: RowPlan;
  readonly order: Uint32Array;
}

/** Index in `order` of the first piece whose document is at least `least`. */
function firstPieceFrom({ plan: { document }, order }: OrderedPlan, least: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (document[order[middle]!]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Calls `visit` for each of the documents [from, to) that any plan takes, ascending. `reach`: one past the last of its
 * tokens that is taken. `begins` and `ends`: its pieces in each plan's order.
 */
export function forTakenDocuments(
  plans: readonly OrderedPlan[],
  from: number,
  to: number,
  visit: (document: number, reach: number, begins: readonly number[], ends: readonly number[]) => void,
): void {
  const begins = plans.map((ordered) => firstPieceFrom(ordered, from));
  const ends = [...begins];
  const documentAt = ({ plan, order }: OrderedPlan, index: number) =>
    index < order.length ? plan.document[order[index]!]! : to;
  for (;;) {
    let document = to;
    for (let p = 0; p < plans.length; p += 1)
      document = Math.min(document, documentAt(plans[p]!, begins[p]!));
    if (document >= to) return;
    let reach = 0;
    for (let p = 0; p < plans.length; p += 1) {
      const { plan, order } = plans[p]!;
      let index = begins[p]!;
      for (; documentAt(plans[p]!, index) === document; index += 1)
        reach = Math.max(reach, pieceTokens(plan, order[index]!).to);
      ends[p] = index;
    }
    visit(document, reach, begins, ends);
    for (let p = 0; p < plans.length; p += 1) begins[p] = ends[p]!;
  }
}

/** Tokens that nobody takes are read along if they are fewer bytes than this: another read would cost more time. */
const gapBytes = 64 * 1024;

/** Tokens that lie together in the store, and where they lie in memory, in tokens. */
export interface StoreRange {
  /** The range begins with the first token of this document. */
  readonly document: number;
  tokens: number;
  readonly at: number;
}

/** Decides what is read of the store for documents that come in ascending order, and where each lies in memory. */
export class StretchReads {
  readonly ranges: StoreRange[] = [];
  /** Tokens in all ranges. */
  tokens = 0;
  readonly #table: DocumentTable;
  readonly #mostGap: number;
  /** The last document, its part, and how many of its tokens were added. */
  #last = -1;
  #part = 0;
  #reach = 0;

  constructor(table: DocumentTable, dtype: StoreDtype) {
    this.#table = table;
    this.#mostGap = Math.floor(gapBytes / idBytes(dtype));
  }

  /** Adds the first `reach` tokens of a document. @returns where its first token lies in memory */
  add(document: number, reach: number): number {
    const gap = this.#gapBefore(document);
    const range = this.ranges.at(-1);
    if (gap === null || range === undefined) {
      this.ranges.push({ document, tokens: reach, at: this.tokens });
      this.tokens += reach;
    } else {
      range.tokens += gap + reach;
      this.tokens += gap + reach;
    }
    this.#last = document;
    this.#reach = reach;
    while (this.#table.partStarts[this.#part + 1]! <= document) this.#part += 1;
    return this.tokens - reach;
  }

  /** How many tokens `add` would read. */
  costOf(document: number, reach: number): number {
    return reach + (this.#gapBefore(document) ?? 0);
  }

  /** Tokens between what was added and a later document; null: they are read apart. */
  #gapBefore(document: number): number | null {
    const { lengths, partStarts } = this.#table;
    if (this.#last < 0 || partStarts[this.#part + 1]! <= document) return null;
    let gap = lengths[this.#last]! - this.#reach;
    for (let d = this.#last + 1; d < document && gap <= this.#mostGap; d += 1) gap += lengths[d]!;
    return gap <= this.#mostGap ? gap : null;
  }
}
