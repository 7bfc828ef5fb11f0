/** Groups of documents, as a test says them. */
import type { DocumentGroups, DocumentTable } from '../../src/nouns/tokens.ts';
import { scramble } from './table.ts';

/**
 * @param names the group of each document; null: none
 * @param rank what the documents of a group are sorted by
 */
export function groupsOf(
  table: DocumentTable,
  names: readonly (number | null)[],
  rank: Uint32Array | null = null,
): DocumentGroups {
  const first = new Uint32Array(table.count);
  const keysLow = new Uint32Array(table.count);
  const keysHigh = new Uint32Array(table.count);
  const firsts = new Map<number, number>();
  for (let d = 0; d < table.count; d += 1) {
    const name = names[d] ?? null;
    if (name !== null && !firsts.has(name)) firsts.set(name, d);
    first[d] = name === null ? d : firsts.get(name)!;
    keysLow[d] = name === null ? table.keysLow[d]! : scramble(name + 7);
    keysHigh[d] = name === null ? table.keysHigh[d]! : scramble(name + 77_777);
  }
  return { count: table.count, first, keysLow, keysHigh, rank };
}
