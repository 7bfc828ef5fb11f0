/**
 * When in the run each copy of a document comes. The run is cut in many short slices; copy k of n goes to the slice at
 * (k + phase) / n of the run. The phase is a hash of the document, so that copies are as far apart as the run allows,
 * whatever the size of a step, and the run holds the same mix from its beginning to its end.
 *
 * What stands in the rows once is for no slice: it may come anywhere.
 */
import { keyedHash } from '../../base/keyed-hash.ts';
import type { PackInput } from '../packers/packer.ts';
import type { RowWriter } from '../packers/row-writer.ts';

/** Packed rows whose order is still open. */
export interface SpreadRows {
  readonly rows: number;
  readonly pieces: number;
  /** Slice of the run that each row is for; `anywhere`: of no certain one, since nothing in it repeats. */
  readonly slice: Int32Array;
  /** Adds a row to `out`: each row once, in the order of the run. @param place its number in that order */
  give(row: number, place: number, out: RowWriter): void;
  /** The copies of repeated documents that stand in a row. */
  copiesIn(row: number): Copy[];
}

export interface Copy {
  readonly document: number;
  readonly copy: number;
}

/** Changes with the rows of mixes in which documents repeat: shards of another version are of another build. */
export const copiesVersion = 'copies-2';

export const anywhere = -1;
/** The golden ratio's fraction: the numbers k * golden mod 1 are spread evenly, wherever one stops. */
export const golden = 0.618_033_988_749_894_9;

/** Slices for each copy of the document with the most copies: a copy is a fraction of that off its time. */
const slicesPerCopy = 8;
const fewestSlices = 32;
const mostSlices = 4096;
/** Copies of a document are in slices of their own. */
const leastPerCopy = 2;

export function sliceCount(mostCopies: number): number {
  const wanted = Math.min(mostSlices, Math.max(fewestSlices, slicesPerCopy * mostCopies));
  return Math.max(wanted, leastPerCopy * mostCopies);
}

export function sliceOf(time: number, slices: number): number {
  return Math.floor((time / 2 ** 32) * slices);
}

/** How many slices before or after its own a copy may come, as a rule: less than half of the way to the next copy. */
export function sliceReach(slices: number, copies: number): number {
  return Math.min(3, Math.floor((2 * slices) / (slicesPerCopy * copies)));
}

/**
 * Time in the run, in [0, 2^32), of copy `k` of the `copies` of a document.
 * @param piece of a document that spans rows: each piece has a phase of its own, and they are spread evenly, so that a
 *   copy's rows lie all over its part of the run
 */
export type CopyTime = (document: number, piece: number, k: number, copies: number) => number;

export function copyTimes(input: Pick<PackInput, 'table' | 'seed'>): CopyTime {
  const phaseOf = copyPhases(input);
  // Most askers go through the copies of a document one after another.
  let last = -1;
  let phase = 0;
  return (document, piece, k, copies) => {
    if (document !== last) {
      last = document;
      phase = phaseOf(document);
    }
    return timeOf(phase, piece, k, copies);
  };
}

/** The phase of a document, in [0, 2^32): a hash. */
export function copyPhases({ table, seed }: Pick<PackInput, 'table' | 'seed'>): (document: number) => number {
  const { keysLow, keysHigh } = table;
  const hash = keyedHash(seed, 'spread');
  return (document) => hash(keysLow[document]!, keysHigh[document]!, 0);
}

/** `CopyTime` of a document of this phase. */
export function timeOf(phase: number, piece: number, k: number, copies: number): number {
  const start = phase / 2 ** 32 + piece * golden;
  // Not `% 1`, which is a call.
  return Math.floor(((k + (start - Math.floor(start))) / copies) * 2 ** 32);
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
  // Most askers go through the copies of a document one after another.
  let last: CopyPlace = { document: 0, from: 0, copies: 0 };
  return (item) => {
    if (item >= last.from && item < last.from + last.copies) return last;
    const document = documentOf(item);
    let from = item;
    while (from > 0 && documentOf(from - 1) === document) from -= 1;
    let to = item + 1;
    while (to < count && documentOf(to) === document) to += 1;
    last = { document, from, copies: to - from };
    return last;
  };
}
