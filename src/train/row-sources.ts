/** Which source each document of a shard set's rows is of, for losses by source. */
import { openShards, readBatch, rowOf } from '../shard/reader.ts';

/**
 * By the number of a row: the names of its pieces' sources, padding apart. A record batch is kept, so rows are to be asked
 * for in order. Null: the set was written without provenance.
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
