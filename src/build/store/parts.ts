/**
 * Groups inputs into parts, one task each. The grouping depends only on the inputs, never on the number of workers, and
 * so do the bytes of the token store.
 */

import type { ReadUnit } from '../../nouns/documents.ts';
import { splitUnits } from '../../read/input/discover.ts';

/** A part of the store, and the units that it is made from. */
export interface PlannedPart {
  readonly part: string;
  readonly units: readonly ReadUnit[];
}

/**
 * Bounds of a part's input, in bytes. A part gets a 64th of all input, so that many cores are busy to the end. The
 * lower bound keeps the wait for the disk (two files per part) small. The upper bound keeps an interruption from
 * costing minutes.
 */
const leastPart = 4 * 1024 * 1024;
const mostPart = 16 * 1024 * 1024;
const partsAtLeast = 64;

/** Text is about four times as large as its gzip, zstd or brotli form. */
const compressedWeight = 4;

function partBytes(units: readonly ReadUnit[]): number {
  const share = units.reduce((bytes, unit) => bytes + unitBytes(unit), 0) / partsAtLeast;
  return Math.min(mostPart, Math.max(leastPart, 2 ** Math.ceil(Math.log2(share))));
}

/** @param units the units in the order of `discover` */
export async function planParts(units: readonly ReadUnit[]): Promise<PlannedPart[]> {
  const size = partBytes(units);
  const groups: ReadUnit[][] = [];
  let room = 0;
  let source: string | null = null;
  const add = (unit: ReadUnit) => {
    const bytes = unitBytes(unit);
    if (unit.source.name !== source || bytes > room) {
      groups.push([]);
      room = size;
      source = unit.source.name;
    }
    groups.at(-1)!.push(unit);
    room -= bytes;
  };
  for (const unit of await splitUnits(units, size)) add(unit);
  return groups.map((group, i) => ({ part: `part-${String(i).padStart(5, '0')}`, units: group }));
}

/** The approximate size of a unit's text, in bytes. */
export function unitBytes({ files, start, end, joined }: ReadUnit): number {
  if (joined) return files.reduce((bytes, file) => bytes + file.bytes, 0);
  return (end - start) * (files[0]!.compression === 'none' ? 1 : compressedWeight);
}
