/**
 * Units of a source -> parts. Where a part ends is decided by the names and sizes of the source's units alone: never by
 * the number of workers, and never by what the corpus was before. So a corpus that has grown has the parts of one that was
 * always so, and nearly all of them are there.
 *
 * A unit is a candidate with a chance of its size over the aim's (a hash of its name says it; a unit of the aim's size is
 * always one). A part ends after a candidate, if at least a quarter of the aim lies between it and the candidate before it.
 * Nothing further back has a say. So adding, changing or removing a file can move the end at the file and the end at the
 * next candidate, and no other: at most two parts are made again.
 *
 * What this costs: sizes are spread. No part but a source's last is below a quarter of the aim; parts of small files are
 * as large as the aim on average, some are several times as large, and one in a million may be 15 times. A hard upper
 * bound and changes that stay in two parts can't be had together: which parts a bound moves depends on all parts before.
 */

import { textHash } from '../../base/keyed-hash.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import { splitUnits } from '../../read/input/discover.ts';

const mebibyte = 1024 * 1024;

/**
 * Text of a part, by that of its source: in few wide steps, because a source that grows over a step is partitioned anew.
 * Small enough that many cores are busy to the end and an interruption costs little; large enough that a source of 10 TiB
 * has 10,000 parts. Sources are judged one by one, so that a recipe with some of them finds the parts of one with all.
 */
const steps: readonly (readonly [partBytes: number, upTo: number])[] = [
  [4 * mebibyte, 1024 * mebibyte],
  [16 * mebibyte, 16 * 1024 * mebibyte],
  [64 * mebibyte, 256 * 1024 * mebibyte],
  [256 * mebibyte, 2048 * 1024 * mebibyte],
  [1024 * mebibyte, Number.POSITIVE_INFINITY],
];

/** Text is some four times as large as what gzip, zstd or brotli make of it. */
const compressedWeight = 4;

/** A source as the parts that it is tokenized in. */
export interface SourceParts {
  readonly partBytes: number;
  /** Units of each part. */
  readonly parts: readonly (readonly ReadUnit[])[];
}

/** @param units of one source, as `discover` gives them */
export async function planParts(units: readonly ReadUnit[]): Promise<SourceParts> {
  const partBytes = partBytesOf(textBytes(units));
  return { partBytes, parts: groupUnits(await splitUnits(units, partBytes), partBytes) };
}

export function partBytesOf(text: number): number {
  return steps.find(([, upTo]) => text <= upTo)![0];
}

/** Parts of whole units, in their order. */
export function groupUnits(units: readonly ReadUnit[], partBytes: number): ReadUnit[][] {
  const least = partBytes / 4;
  const parts: ReadUnit[][] = [];
  let part: ReadUnit[] = [];
  let sinceCandidate = 0;
  for (const unit of units) {
    const bytes = unitBytes(unit);
    part.push(unit);
    sinceCandidate += bytes;
    if (!isCandidate(unit, bytes, partBytes)) continue;
    if (sinceCandidate >= least) {
      parts.push(part);
      part = [];
    }
    sinceCandidate = 0;
  }
  return part.length === 0 ? parts : [...parts, part];
}

function isCandidate({ name, start }: ReadUnit, bytes: number, partBytes: number): boolean {
  // The ranges of a file have its name: each but the last is a candidate by its size.
  return textHash('part', start === 0 ? name : `${name}\n${start}`) < (bytes / partBytes) * 2 ** 32;
}

export function textBytes(units: readonly ReadUnit[]): number {
  return units.reduce((bytes, unit) => bytes + unitBytes(unit), 0);
}

/** About how much text a unit is, in bytes. */
export function unitBytes({ files, start, end, joined }: ReadUnit): number {
  if (joined) return files.reduce((bytes, file) => bytes + file.bytes, 0);
  return (end - start) * (files[0]!.compression === 'none' ? 1 : compressedWeight);
}
