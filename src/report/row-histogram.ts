/** Counts rows by their number of pieces: 1, 2, 3 - 4, 5 - 8, ... from the first to the last bin with rows. */
import type { RowPlan } from '../nouns/rows.ts';
import type { RowBin } from './html/data.ts';

export function rowHistogram({ rows, rowEnds }: Pick<RowPlan, 'rows' | 'rowEnds'>): RowBin[] {
  const counts: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const pieces = rowEnds[row]! - (row === 0 ? 0 : rowEnds[row - 1]!);
    const bin = pieces === 0 ? 0 : 1 + Math.ceil(Math.log2(pieces));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return Array.from(counts, (count, bin) => {
    const to = bin === 0 ? 0 : 2 ** (bin - 1);
    return { from: bin < 3 ? to : to / 2 + 1, to, rows: count ?? 0 };
  }).slice(counts.findIndex((count) => count !== undefined));
}
