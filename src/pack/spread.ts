/**
 * When in the run each copy of a document comes. The run is cut in many short slices; copy k of n goes to the slice at
 * (k + phase) / n of the run. The phase is a hash of the document, so that copies are as far apart as the run allows,
 * whatever the size of a step, and the run holds the same mix from its beginning to its end.
 *
 * What stands in the rows once is for no slice: it may come anywhere.
 */
import { keyedHash } from '../util/keyed-hash.ts';
import type { PackInput } from './packer.ts';
import type { RowWriter } from './row-writer.ts';

/** Packed rows whose order is still open. */
export interface SpreadRows {
  readonly rows: number;
  readonly pieces: number;
  /** Slice of the run that each row is for; `anywhere`: of no certain one, since nothing in it repeats. */
  readonly slice: Int32Array;
  /** Adds a row to `out`: each row once, in the order of the run. @param place its number in that order */
  give(row: number, place: number, out: RowWriter): void;
  /** For pieces that stand in several rows: the rows of the piece's copies. Of many pieces, a sample. */
  eachCopied(visit: (rows: readonly number[]) => void): void;
  /** The copies of repeated documents that stand in a row. */
  copiesIn(row: number): Copy[];
}

export interface Copy {
  readonly document: number;
  readonly copy: number;
}

/** Changes with the rows of mixes in which documents repeat: shards of another version are of another build. */
export const copiesVersion = 'copies-1';

export const anywhere = -1;
/** The golden ratio's fraction: the numbers k * golden mod 1 are spread evenly, wherever one stops. */
export const golden = 0.618_033_988_749_894_9;

/** Slices for each copy of the document with the most copies: a copy is a fraction of that off its time. */
const slicesPerCopy = 8;
const fewestSlices = 32;
const mostSlices = 4096;
/** Slices times row length: lists of the packer are that long. */
const mostEntries = 2 ** 24;

export function sliceCount(mostCopies: number, width: number): number {
  const wanted = Math.min(mostSlices, Math.max(fewestSlices, slicesPerCopy * mostCopies));
  return Math.max(1, Math.min(wanted, Math.floor(mostEntries / width)));
}

/** How many slices before or after its own a copy may come, as a rule. */
export function sliceReach(slices: number, copies: number): number {
  return Math.min(3, Math.floor((2 * slices) / (slicesPerCopy * copies)));
}

/**
 * Time in the run, in [0, 1), of copy `k` of the `copies` of a document.
 * @param piece of a document that spans rows: each piece has a phase of its own, and they are spread evenly, so that a
 *   copy's rows lie all over its part of the run
 */
export type CopyTime = (document: number, piece: number, k: number, copies: number) => number;

export function copyTimes({ table, seed }: Pick<PackInput, 'table' | 'seed'>): CopyTime {
  const { keysLow, keysHigh } = table;
  const phase = keyedHash(seed, 'spread');
  return (document, piece, k, copies) => {
    const start = phase(keysLow[document]!, keysHigh[document]!, 0) / 2 ** 32;
    return (k + ((start + piece * golden) % 1)) / copies;
  };
}

/** The items of a document are neighbours: its first one, and how many there are. */
export interface CopyPlace {
  readonly document: number;
  readonly from: number;
  readonly copies: number;
}

export function copyPlaces({
  instances,
  items,
}: Pick<PackInput, 'instances' | 'items'>): (item: number) => CopyPlace {
  const count = items?.length ?? instances.count;
  const documentOf = (item: number) => instances.document[items === null ? item : items[item]!]!;
  return (item) => {
    const document = documentOf(item);
    let from = item;
    while (from > 0 && documentOf(from - 1) === document) from -= 1;
    let to = item + 1;
    while (to < count && documentOf(to) === document) to += 1;
    return { document, from, copies: to - from };
  };
}
