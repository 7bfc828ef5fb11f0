/** Builds to feed from, and what a feed should give: computed row by row, with the reader of single rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch, Feed, Position } from '../../src/feed/feed.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { build } from '../../src/run/build.ts';
import { openShards, readRow } from '../../src/shard/reader.ts';
import { writeDiskCorpus, writeDiskRecipe } from './disk-corpus.ts';

/** Small shards, so that steps cross their ends. */
export const recipes = {
  plain: { sequences: { length: 64 }, shards: { size: '2KB' }, seed: 5 },
  wide: { sequences: { length: 256, plus_one: true }, shards: { size: '16KB', dtype: 'int32' } },
  phases: {
    mix: { method: 'drop' },
    tokens_per_step: 4096,
    sequences: { length: 128 },
    shards: { size: '16KB' },
    phases: {
      short: { tokens: '30%', sequences: { length: 64 } },
      long: { tokens: '70%', sequences: { length: 512 } },
    },
  },
  lengths: {
    mix: { method: 'drop' },
    sequences: { length: 128 },
    phases: {
      short: { tokens: '30%', sequences: { length: 64 } },
      long: { tokens: '70%', sequences: { length: 256 } },
    },
  },
  decompose: {
    sequences: { length: 256, packing: 'decompose', decompose: { smallest: 32, odds: 'grow-p2', cycles: 2 } },
    tokens_per_step: 2048,
    shards: { size: '8KB' },
  },
} as const;

export type BuildName = keyof typeof recipes;

/** Builds a recipe over the corpus of `disk-corpus.ts`; the folder of the build. */
export async function builtFolder(folder: string, name: BuildName): Promise<string> {
  writeDiskCorpus(folder);
  const path = writeDiskRecipe(folder, name, recipes[name]);
  const out = join(folder, name);
  await build(parseRecipe(readFileSync(path, 'utf8'), path), out, { workers: 1 });
  return out;
}

/** A row as a trainer sees it. */
export interface SeenRow {
  readonly set: string;
  readonly row: number;
  readonly ids: readonly number[];
  readonly seqLengths: readonly number[];
  readonly padding: number;
}

export function seenRows(batch: Batch): SeenRow[] {
  const { set, width, inputIds, seqLengths, seqOffsets, padding } = batch;
  return Array.from(batch.rows, (row, r) => ({
    set,
    row,
    ids: [...inputIds.subarray(r * width, (r + 1) * width)],
    seqLengths: [...seqLengths.subarray(seqOffsets[r]!, seqOffsets[r + 1]!)],
    padding: padding[r]!,
  }));
}

/** The rows of a step in the order of the ranks. */
export function stepRows(feed: Feed, position: Position, worldSize: number): SeenRow[] {
  return Array.from({ length: worldSize }, (_, rank) =>
    seenRows(feed.batch(position, rank, worldSize)),
  ).flat();
}

/** A row by the reader that `inspect` and `verify` use. */
export function plainRow(build: string, set: string, row: number): SeenRow {
  const folder = join(build, set);
  const { ids, lengths, padding } = readRow(folder, openShards(folder), row);
  return { set, row, ids: [...ids], seqLengths: padding > 0 ? [...lengths, padding] : lengths, padding };
}
