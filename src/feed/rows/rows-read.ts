/** Which rows a run has read after so many steps. */
import type { Steps } from '../../steps/step-rows.ts';
import type { FeedSets } from './sets.ts';

/**
 * How many rows of each set, from its first on: the first epoch takes rows in the order of the shards (`order.ts`). In a
 * second epoch all rows count as read. A later epoch's first steps may hold rows that made no whole step of the first, and
 * which ones depends on the seed of the feed, which no build knows.
 * @param done steps over all epochs; null: all rows
 */
export function rowsRead({ sets }: FeedSets, steps: Steps, done: number | null): number[] {
  if (done === null || done > steps.count) return sets.map(({ manifest }) => manifest.rows);
  const read = sets.map(() => 0);
  for (let step = 0; step < done; step += 1) {
    const { set, first, rows } = steps.at(step);
    read[set] = first + rows;
  }
  return read;
}
