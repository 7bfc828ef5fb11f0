/**
 * Inputs to tasks. Which units make a part depends on the inputs alone, never on the number of workers, so the token
 * store's bytes don't either.
 */
import type { ReadUnit } from '../types.ts';
import type { TokenizeInput } from './tokenize-task.ts';

/** Input of a part: some seconds of work for one core, and enough parts to keep many cores busy to the end. */
const partBytes = 16 * 1024 * 1024;

/** Text is some four times as large as what gzip, zstd or brotli make of it. */
const compressedWeight = 4;

export function planParts(units: readonly ReadUnit[]): TokenizeInput[] {
  const groups: ReadUnit[][] = [];
  let room = 0;
  let source: string | null = null;
  for (const unit of units) {
    const bytes = unitBytes(unit);
    if (unit.source.name !== source || bytes > room) {
      groups.push([]);
      room = partBytes;
      source = unit.source.name;
    }
    groups.at(-1)!.push(unit);
    room -= bytes;
  }
  return groups.map((group, i) => ({ part: `part-${String(i).padStart(5, '0')}`, units: group }));
}

/** About how much text a unit is, in bytes. */
export function unitBytes({ files, start, end, joined }: ReadUnit): number {
  if (joined) return files.reduce((bytes, file) => bytes + file.bytes, 0);
  return (end - start) * (files[0]!.compression === 'none' ? 1 : compressedWeight);
}
