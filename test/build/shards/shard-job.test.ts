import { expect, it } from 'vitest';
import type { BuildPlan } from '../../../src/build/nouns.ts';
import { planShards, usefulWorkers } from '../../../src/build/shards/shard-job.ts';
import type { RowPlan } from '../../../src/nouns/rows.ts';

/** Sets of rows of 1,024 tokens, in shards of 1 MiB: 512 rows each. */
function workersFor(...rowsOfSets: number[]): number {
  const sets = rowsOfSets.map((rows) => ({ rows: { rows, width: 1024 } as RowPlan }));
  const inputs = sets.flatMap(({ rows }, set) =>
    planShards(rows, 2, 2 ** 20).map((shard) => ({ set, shards: [shard] })),
  );
  return usefulWorkers({ sets, dtype: 'uint16' } as unknown as BuildPlan, inputs);
}

it('counts a worker for each full shard and for a rest that takes a while, and none for a small validation split', () => {
  expect(workersFor(512, 5)).toBe(1);
  expect(workersFor(512, 512)).toBe(2);
  expect(workersFor(5 * 512)).toBe(5);
  expect(workersFor(5 * 512 + 256)).toBe(6);
  expect(workersFor(5 * 512, 20)).toBe(5);
  expect(workersFor(3, 3, 3)).toBe(3);
  expect(workersFor(0)).toBe(1);
});
