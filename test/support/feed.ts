/** Builds to feed from, and the expected output of a feed, computed row by row with the reader of single rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RecordBatch, RecordBatchReader } from 'apache-arrow';
import { build } from '../../src/build/build.ts';
import type { Course } from '../../src/feed/batches.ts';
import type { Batch, Feed, Position } from '../../src/feed/feed.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
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
  /** A row of 96 is no whole number of rows of 64. */
  odd: {
    mix: { method: 'drop' },
    sequences: { length: 96 },
    phases: {
      short: { tokens: '30%', sequences: { length: 64 } },
      long: { tokens: '70%', sequences: { length: 96 } },
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

/** A rank's part of a step as it comes over a pipe or HTTP, the set's name apart. */
export interface StreamedStep extends Position {
  readonly rows: readonly Omit<SeenRow, 'set'>[];
}

/** What a stream should hold. */
export function expectedSteps(feed: Feed, { from, steps, rank, worldSize }: Course): StreamedStep[] {
  return Array.from({ length: steps }, (_, i) => {
    const at = from.step + i;
    const position = { epoch: from.epoch + Math.floor(at / feed.epochSteps), step: at % feed.epochSteps };
    const rows = seenRows(feed.batch(position, rank, worldSize));
    return { ...position, rows: rows.map(({ set: _set, ...row }) => row) };
  });
}

/** The whole batches of Arrow streams that stand one behind another; what was cut off at the end is left. */
export function streamedSteps(bytes: Uint8Array): StreamedStep[] {
  const steps: StreamedStep[] = [];
  try {
    for (const reader of RecordBatchReader.readAll(bytes)) {
      for (const batch of reader) steps.push(streamedStep(batch));
    }
  } catch {
    // Cut off in the middle of a message.
  }
  return steps;
}

function streamedStep(batch: RecordBatch): StreamedStep {
  const number = (name: string, r: number) => batch.getChild(name)!.get(r) as number;
  const list = (name: string, r: number) => Array.from(batch.getChild(name)!.get(r) as Iterable<number>);
  const steps = new Set(batch.getChild('step')!);
  const epochs = new Set(batch.getChild('epoch')!);
  if (steps.size !== 1 || epochs.size !== 1) throw new Error('a record batch of several steps');
  const rows = Array.from({ length: batch.numRows }, (_, r) => ({
    row: number('row', r),
    ids: list('input_ids', r),
    seqLengths: list('seq_lengths', r),
    padding: number('padding', r),
  }));
  return { epoch: number('epoch', 0), step: number('step', 0), rows };
}

/** The ranks' parts of the same steps put together. */
export function together(ranks: readonly (readonly StreamedStep[])[]): StreamedStep[] {
  return ranks[0]!.map(({ epoch, step }, i) => {
    for (const of of ranks) {
      if (of[i]?.epoch !== epoch || of[i].step !== step) throw new Error('ranks are at other steps');
    }
    return { epoch, step, rows: ranks.flatMap((of) => of[i]!.rows) };
  });
}
