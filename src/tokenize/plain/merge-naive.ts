/** The BPE rule as it is defined. Quadratic: for pretokens of ordinary length, and for tests of merge-heap.ts. */
import type { MergeTable } from './merge-table.ts';

/**
 * Merges the pair with the best priority, the leftmost of equals, until no pair may merge.
 * @example 'h e l l o' with merges [l l, h e, he ll]: h e ll o -> he ll o -> hell o
 */
export function mergeNaive(symbols: readonly number[], table: MergeTable): number[] {
  const out = [...symbols];
  for (;;) {
    let best = Number.POSITIVE_INFINITY;
    let bestAt = -1;
    for (let at = 0; at + 1 < out.length; at += 1) {
      const priority = table.priority(out[at]!, out[at + 1]!);
      if (priority < best) {
        best = priority;
        bestAt = at;
      }
    }
    if (bestAt < 0) return out;
    out.splice(bestAt, 2, table.merged(best));
  }
}
