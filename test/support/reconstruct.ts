/** Reads a finished build back: its rows, and the documents in them. */
import { join } from 'node:path';
import type { ShardSetManifest } from '../../src/shard/format.ts';
import { openShards, readBatch, rowOf } from '../../src/shard/reader.ts';
import type { SeenRow } from './recount.ts';

export interface ReadSplit {
  readonly folder: string;
  readonly manifest: ShardSetManifest;
  readonly rows: SeenRow[];
}

/** @param split a folder of the build: a split, a phase, a length */
export function readSplit(out: string, split: string): ReadSplit {
  const folder = join(out, split);
  const manifest = openShards(folder);
  const rows = manifest.shards.flatMap((shard) =>
    shard.batches.flatMap((_, b) => {
      const batch = readBatch(folder, shard, b);
      return Array.from({ length: batch.numRows }, (_, row) => rowOf(batch, row));
    }),
  );
  return { folder, manifest, rows };
}
