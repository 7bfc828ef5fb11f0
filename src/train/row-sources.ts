/** Finds the source of each document in a shard set's rows, for losses by source. */
import { openShards, readBatch, rowOf } from '../shard/reader.ts';

/**
 * Returns a function that gives, by row number, the names of the sources of the row's pieces, without padding. It keeps
 * one record batch in memory, so request rows in order. Null: the set was written without provenance.
 */
export function rowSources(folder: string): ((row: number) => string[]) | null {
  const { provenance, shards, sources } = openShards(folder);
  if (!provenance) return null;
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
