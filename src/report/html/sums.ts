/** Sums over cells, and the order and colour of sources. */
import type { Cell, PlannedCell } from '../../nouns/mix.ts';
import { sourceColours } from './palette.ts';

export function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}

export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Returns how often a cell's tokens are in the mix. */
export function epochsOf({ achieved, usable }: Pick<PlannedCell, 'achieved' | 'usable'>): number {
  return share(achieved, usable);
}

export interface Source {
  readonly name: string;
  readonly colour: string;
}

const otherColour = 'source-other';

/**
 * Sorts the sources by their most tokens in any of the mixes, the largest first. After the sixth they share a colour.
 */
export function sourcesBySize(mixes: readonly (readonly Cell[])[]): Source[] {
  const most = new Map<string, number>();
  for (const cells of mixes) {
    const sizes = new Map<string, number>();
    for (const { source, tokens } of cells) sizes.set(source, (sizes.get(source) ?? 0) + tokens);
    for (const [source, size] of sizes) most.set(source, Math.max(size, most.get(source) ?? 0));
  }
  const order = [...most].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return order.map(([name], i) => ({ name, colour: i < sourceColours ? `source-${i + 1}` : otherColour }));
}

/** Groups sources as in the colour key: sources that share a colour are one group. */
export function sourceGroups(
  sources: readonly Source[],
): (Source & { readonly members: readonly string[] })[] {
  const others = sources.filter(({ colour }) => colour === otherColour).map(({ name }) => name);
  const groups = sources
    .filter(({ colour }) => colour !== otherColour)
    .map((source) => ({ ...source, members: [source.name] }));
  if (others.length === 0) return groups;
  const name = others.length === 1 ? others[0]! : `${others.length} other sources`;
  return [...groups, { name, colour: otherColour, members: others }];
}
