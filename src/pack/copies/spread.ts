/**
 * Decides when in the run each copy of a document comes. The run is cut in many short slices; copy k of n goes to the
 * slice at (k + phase) / n of the run, where the phase is a hash of the document. So copies are as far apart as the run
 * allows, whatever the size of a step, and the run holds the same mix from its beginning to its end.
 *
 * A document with one copy belongs to no slice: it may come anywhere.
 */
import { keyedHash } from '../../base/keyed-hash.ts';
import type { PackInput } from '../packers/packer.ts';
import type { RowWriter } from '../packers/row-writer.ts';

/** Packed rows whose order is not decided yet. */
export interface SpreadRows {
  readonly rows: number;
  readonly pieces: number;
  /** Slice of the run that each row belongs to; `anywhere` if none of its documents repeats. */
  readonly slice: Int32Array;
  /** Adds a row to `out`. Called once per row, in the order of the run. @param place the row's number in that order */
  give(row: number, place: number, out: RowWriter): void;
  /** The copies of repeated documents that stand in a row. */
  copiesIn(row: number): Copy[];
}

export interface Copy {
  readonly document: number;
  readonly copy: number;
}

/** Part of a build's identity. Change it whenever the rows of mixes with repeated documents change. */
export const copiesVersion = 'copies-2';

export const anywhere = -1;
/** The fractional part of the golden ratio: for any n, the numbers k * golden mod 1 with k < n are spread evenly. */
export const golden = 0.618_033_988_749_894_9;

/** Slices per copy of the document with the most copies. A copy is off its time by a fraction of this many slices. */
const slicesPerCopy = 8;
const fewestSlices = 32;
const mostSlices = 4096;
/** With at least two slices per copy, every copy of a document has its own slice. */
const leastPerCopy = 2;

export function sliceCount(mostCopies: number): number {
  const wanted = Math.min(mostSlices, Math.max(fewestSlices, slicesPerCopy * mostCopies));
  return Math.max(wanted, leastPerCopy * mostCopies);
}

export function sliceOf(time: number, slices: number): number {
  return Math.floor((time / 2 ** 32) * slices);
}

/** How many slices before or after its own a copy may usually come: less than half of the way to the next copy. */
export function sliceReach(slices: number, copies: number): number {
  return Math.min(3, Math.floor((2 * slices) / (slicesPerCopy * copies)));
}

/**
 * Returns the time in the run, in [0, 2^32), of copy `k` of a document with `copies` copies.
 * @param piece number of a piece, for a document that spans rows. Each piece has its own phase; the phases are spread
 *   evenly, so that a copy's rows lie all over its part of the run
 */
export type CopyTime = (document: number, piece: number, k: number, copies: number) => number;

export function copyTimes(input: Pick<PackInput, 'table' | 'seed'>): CopyTime {
  const phaseOf = copyPhases(input);
  // Most callers go through the copies of a document one after another, so the last phase is cached.
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

/** Returns a function that gives the phase of a document, a hash in [0, 2^32). */
export function copyPhases({ table, seed }: Pick<PackInput, 'table' | 'seed'>): (document: number) => number {
  const { keysLow, keysHigh } = table;
  const hash = keyedHash(seed, 'spread');
  return (document) => hash(keysLow[document]!, keysHigh[document]!, 0);
}

/** Computes `CopyTime` from the document's phase. */
export function timeOf(phase: number, piece: number, k: number, copies: number): number {
  const start = phase / 2 ** 32 + piece * golden;
  // Subtracting the floor is faster than `% 1`, which is a function call.
  return Math.floor(((k + (start - Math.floor(start))) / copies) * 2 ** 32);
}

/** A document's items stand next to each other: `from` is the first, `copies` is their number. */
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
  // Most callers go through the copies of a document one after another, so the last answer is cached.
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
