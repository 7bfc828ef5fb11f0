/** Finds the source of each document in a shard set's rows, for losses by source. */
import { isUrl } from '../base/is-url.ts';
import type { ShardRecord } from '../shard/format.ts';
import { fetchBatch, openShards, readBatch, rowOf } from '../shard/reader.ts';

/**
 * Returns a function that gives, by row number, the names of the sources of the row's pieces, without padding. It keeps
 * one record batch in memory, so request rows in order. Null: the set was written without provenance.
 */
export async function rowSources(folder: string): Promise<((row: number) => string[]) | null> {
  const { provenance, shards, sources } = openShards(folder);
  if (!provenance) return null;
  if (isUrl(folder)) return await farSources(folder, shards, sources);
  const batches = shards.flatMap((shard) =>
    shard.batches.map(({ rows }, number) => ({ shard, number, rows })),
  );
  let kept: {
    readonly index: number;
    readonly first: number;
    readonly batch: ReturnType<typeof readBatch>;
  } | null = null;
  return (row) => {
    if (kept === null || row < kept.first || row >= kept.first + batches[kept.index]!.rows) {
      let first = 0;
      let index = 0;
      while (row >= first + batches[index]!.rows) first += batches[index++]!.rows;
      const { shard, number } = batches[index]!;
      kept = { index, first, batch: readBatch(folder, shard, number) };
    }
    return rowOf(kept.batch, row - kept.first).sourceIds.map((source) => sources[source]!);
  };
}

/** Of shards in a bucket the sources of all rows are fetched before: a few bytes for each piece. */
async function farSources(
  folder: string,
  shards: readonly ShardRecord[],
  sources: readonly string[],
): Promise<(row: number) => string[]> {
  const rows: (readonly number[])[] = [];
  for (const shard of shards) {
    for (const b of shard.batches.keys()) {
      const batch = await fetchBatch(folder, shard, b);
      for (let r = 0; r < batch.numRows; r += 1) rows.push(rowOf(batch, r).sourceIds);
    }
  }
  return (row) => rows[row]!.map((source) => sources[source]!);
}
