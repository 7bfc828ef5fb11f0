/** How groups fare in the rows of a set: what a recipe that packs groups wants to know. */
import type { RowPlan } from '../../nouns/rows.ts';
import type { DocumentGroups } from '../../nouns/tokens.ts';

/** Groups of several documents, at least two of which are in the rows. */
export interface GroupFigures {
  readonly groups: number;
  readonly documents: number;
  /** Groups whose documents stand in one row, or one row per copy of the group; the others are cut. */
  readonly whole: number;
  /** Groups of which the mix left out some documents that it might have taken. */
  readonly partial: number;
}

/**
 * A document has one piece per row, so its rows are its copies. One that is longer than a row counts as copies of its
 * group, which is then whole only if the others are in rows with it.
 *
 * @param mayTake whether a document is in the split and eligible
 * Cost: 16 bytes per document while it works.
 */
export function groupFigures(
  { document, rowEnds, rows }: RowPlan,
  { count, first }: DocumentGroups,
  mayTake: (document: number) => boolean,
): GroupFigures {
  const timesOf = new Uint32Array(count);
  /** By the first document of a group: the rows that hold some of it; its documents in the rows; those that could be. */
  const visits = new Uint32Array(count);
  const packed = new Uint32Array(count);
  const possible = new Uint32Array(count);
  for (let row = 0, p = 0; row < rows; row += 1) {
    const seen = new Set<number>();
    for (; p < rowEnds[row]!; p += 1) {
      timesOf[document[p]!]! += 1;
      seen.add(first[document[p]!]!);
    }
    for (const group of seen) visits[group]! += 1;
  }
  const copies = new Uint32Array(count);
  for (let d = 0; d < count; d += 1) {
    const group = first[d]!;
    if (mayTake(d)) possible[group]! += 1;
    if (timesOf[d] === 0) continue;
    packed[group]! += 1;
    copies[group] = Math.max(copies[group]!, timesOf[d]!);
  }
  const figures = { groups: 0, documents: 0, whole: 0, partial: 0 };
  for (let group = 0; group < count; group += 1) {
    if (packed[group]! < 2) continue;
    figures.groups += 1;
    figures.documents += packed[group]!;
    if (visits[group] === copies[group]) figures.whole += 1;
    if (packed[group]! < possible[group]!) figures.partial += 1;
  }
  return figures;
}
