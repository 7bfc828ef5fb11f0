/**
 * Chooses the lines of a table of cells. If all cells fit on a page, each stands below its source. With more cells, the
 * table has only the sources, and the lengths summed over all sources. With very many sources, it has the largest ones,
 * and one line for all others.
 */

import { bucketName } from '../base/bucket-name.ts';
import { counted } from '../base/words.ts';
import type { Bucket } from '../nouns/mix.ts';

interface CellLike {
  readonly source: string;
  readonly bucket: Bucket;
  readonly tokens: number;
}

interface Line<C> {
  readonly title: string;
  readonly cells: readonly C[];
  /** True for one cell, or one length over all sources. */
  readonly inner: boolean;
}

const mostLines = 40;
const mostSources = 20;
const largestSources = 15;

/** @param all leave nothing out */
export function linesBySource<C extends CellLike>(
  cells: readonly C[],
  all: boolean,
): { readonly lines: readonly Line<C>[]; readonly shortened: string | null } {
  const sources = groupBy(cells, ({ source }) => source);
  const whole = [...sources].map(([title, mine]) => ({ title, cells: mine, inner: false }));
  const lengths = (some: readonly C[]): Line<C>[] =>
    [...groupBy(some, ({ bucket }) => bucketName(bucket))].map(([title, mine]) => ({
      title,
      cells: mine,
      inner: true,
    }));
  if (all || whole.length + cells.length <= mostLines) {
    return { lines: whole.flatMap((line) => [line, ...lengths(line.cells)]), shortened: null };
  }
  const byLength = lengths([...cells].sort((a, b) => a.bucket.from - b.bucket.from));
  const shortened = `${counted(sources.size, 'source')}, ${counted(cells.length, 'cell')}: --all shows every one, --html FILE writes a page`;
  if (whole.length <= mostSources) return { lines: [...whole, ...byLength], shortened };
  const ordered = [...whole].sort((a, b) => sum(b.cells) - sum(a.cells));
  const rest = ordered.slice(largestSources);
  const others = {
    title: `${rest.length} other sources`,
    cells: rest.flatMap((line) => line.cells),
    inner: false,
  };
  return { lines: [...ordered.slice(0, largestSources), others, ...byLength], shortened };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function sum(cells: readonly CellLike[]): number {
  return cells.reduce((total, { tokens }) => total + tokens, 0);
}
