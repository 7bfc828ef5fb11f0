/** The length cells of a corpus, as a table with bars. */
import type { Bucket, Cell } from '../types.ts';
import { compact, integer, length, percent } from './format.ts';
import { bar, table } from './table.ts';

const barWidth = 24;

export function bucketName({ from, to }: Bucket): string {
  if (to === null) return `>= ${length(from)}`;
  return from === 0 ? `< ${length(to)}` : `${length(from)} - ${length(to)}`;
}

/** One line a cell, one a source, one in all. */
export function cellsText(cells: readonly Cell[]): string {
  const total = sum(cells);
  const largest = Math.max(...cells.map(({ tokens }) => tokens), 1);
  const rows: (string[] | null)[] = [];
  for (const source of new Set(cells.map((cell) => cell.source))) {
    const mine = cells.filter((cell) => cell.source === source);
    for (const [i, { bucket, documents, tokens }] of mine.entries()) {
      const share = percent(tokens / Math.max(1, total.tokens));
      const name = i === 0 ? source : '';
      rows.push([
        name,
        bucketName(bucket),
        integer(documents),
        compact(tokens),
        share,
        bar(tokens / largest, barWidth),
      ]);
    }
    const own = sum(mine);
    const share = percent(own.tokens / Math.max(1, total.tokens));
    rows.push(['', 'all', integer(own.documents), compact(own.tokens), share, ''], null);
  }
  rows.push(['all', '', integer(total.documents), compact(total.tokens), percent(1), '']);
  return table(
    [
      { title: 'source', align: 'left', widest: 32 },
      { title: 'length, tokens' },
      { title: 'documents' },
      { title: 'tokens' },
      { title: 'share' },
      { title: '', align: 'left' },
    ],
    rows,
  );
}

function sum(cells: readonly Cell[]): { documents: number; tokens: number } {
  return {
    documents: cells.reduce((n, cell) => n + cell.documents, 0),
    tokens: cells.reduce((n, cell) => n + cell.tokens, 0),
  };
}
