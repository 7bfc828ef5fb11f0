/** Shows the length cells of a corpus as a table with bars that fits a terminal of 80 columns. */

import { compact, integer, percent } from '../base/words.ts';
import type { Cell } from '../nouns/mix.ts';
import { linesBySource } from './by-source.ts';
import { bar, table } from './table.ts';

const barWidth = 14;

/** A line per source and, below it, a line per length of the source; then the sum. `all`: show every line. */
export function cellsText(cells: readonly Cell[], all = false): string {
  const total = sum(cells);
  const { lines, shortened } = linesBySource(cells, all);
  const largest = Math.max(...lines.filter(({ inner }) => inner).map((line) => sum(line.cells).tokens), 1);
  const row = (title: string, mine: readonly Cell[], drawn: boolean): string[] => {
    const { documents, tokens } = sum(mine);
    return [
      title,
      integer(documents),
      compact(tokens),
      percent(tokens / Math.max(1, total.tokens)),
      drawn ? bar(tokens / largest, barWidth) : '',
    ];
  };
  const rows = [
    ...lines.map(({ title, cells: mine, inner }) => row(inner ? `  ${title}` : title, mine, inner)),
    ...(lines.length === 0 ? [] : [null]),
    ['all', integer(total.documents), compact(total.tokens), percent(1), ''],
  ];
  const text = table(
    [
      { title: 'source, length in tokens', align: 'left', widest: 32, least: 24 },
      { title: 'documents' },
      { title: 'tokens' },
      { title: 'share' },
      { title: '', align: 'left' },
    ],
    rows,
  );
  return shortened === null ? text : `${text}\n(${shortened})`;
}

function sum(cells: readonly Cell[]): { documents: number; tokens: number } {
  return {
    documents: cells.reduce((n, cell) => n + cell.documents, 0),
    tokens: cells.reduce((n, cell) => n + cell.tokens, 0),
  };
}
