/** Shows the lengths of documents as tables: quantiles by source, and the longest documents by name. */

import { compact, integer } from '../base/words.ts';
import type { DocumentLengths } from '../build/store/document-lengths.ts';
import { table } from './table.ts';

export function lengthsText({ sources, longest }: DocumentLengths): string {
  const shown = sources.some(({ charactersPerToken }) => charactersPerToken !== null);
  const rows = sources.flatMap(({ source, p10, p50, p90, p99, longest: most, mean, charactersPerToken }) => {
    const figures = [p10, p50, p90, p99, most, mean].map(compact);
    const row = [source ?? 'all', ...figures, ...(shown ? [charactersPerToken?.toFixed(2) ?? '-'] : [])];
    return source === null ? [null, row] : [row];
  });
  const titles = ['10%', '50%', '90%', '99%', 'longest', 'mean', ...(shown ? ['chars/token'] : [])];
  const quantiles = table(
    [{ title: 'document, tokens', align: 'left', widest: 24 }, ...titles.map((title) => ({ title }))],
    rows,
  );
  const names = table(
    [
      { title: 'longest, tokens' },
      { title: 'source', align: 'left', widest: 16 },
      { title: 'file', align: 'left', widest: 28 },
      { title: 'id', align: 'left', widest: 14 },
    ],
    longest.map(({ tokens, source, file, record, id }) => {
      return [integer(tokens), source, record === 0 ? file : `${file}:${record}`, id ?? ''];
    }),
  );
  return `${quantiles}\n\n${names}`;
}
