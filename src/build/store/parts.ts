/**
 * Inputs to tasks. Which units make a part depends on the inputs alone, never on the number of workers, so the token
 * store's bytes don't either.
 */

import type { ReadUnit } from '../../nouns/documents.ts';
import { splitUnits } from '../../read/input/discover.ts';

/** Inputs that make a part of the store. */
export interface PlannedPart {
  readonly part: string;
  readonly units: readonly ReadUnit[];
}

/**
 * Input of a part, in bytes: a 64th of all, so that many cores are busy to the end; not so little that waiting for the
 * disk (two files a part) counts, and not so much that an interruption costs minutes.
 */
const leastPart = 4 * 1024 * 1024;
const mostPart = 16 * 1024 * 1024;
const partsAtLeast = 64;

/** Text is some four times as large as what gzip, zstd or brotli make of it. */
const compressedWeight = 4;

function partBytes(units: readonly ReadUnit[]): number {
  const share = units.reduce((bytes, unit) => bytes + unitBytes(unit), 0) / partsAtLeast;
  return Math.min(mostPart, Math.max(leastPart, 2 ** Math.ceil(Math.log2(share))));
}

/** Units as `discover` gives them. */
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

/** About how much text a unit is, in bytes. */
export function unitBytes({ files, start, end, joined }: ReadUnit): number {
  if (joined) return files.reduce((bytes, file) => bytes + file.bytes, 0);
  return (end - start) * (files[0]!.compression === 'none' ? 1 : compressedWeight);
}
