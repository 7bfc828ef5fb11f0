/**
 * Turns repeat factors into documents as `sample.ts` does, by whole groups, for rows that hold groups. Groups are ordered
 * by a keyed hash, and a phase takes a stretch of them: so choices are nested, and phases share no group.
 *
 * A group may have documents in several cells. Cells with the same factors are therefore sampled together: their documents
 * are taken or left group by group, and the stretch ends at the group whose end is nearest to the tokens that are asked for.
 * Only the sum of such cells is exact, then, not each of them. Where factors differ (a source or a length is taken more
 * often than another), a group is taken in part, if its hash is between the two.
 *
 * Groups are never cut: a sum of cells is within one group of the request. Cost: a sort of the groups, and 20 bytes per
 * document.
 */
import { keyedHash } from '../base/keyed-hash.ts';
import { orderByKey } from '../base/radix-sort.ts';
import type { DocumentGroups, DocumentTable } from '../nouns/tokens.ts';
import { usableIn } from './room.ts';
import type { PhaseDemand, PhaseSample } from './sample.ts';
import type { CellDocuments } from './supply.ts';

const noPart: ReadonlyMap<number, number> = new Map();

/** Cells that are sampled together, and their documents in the order of groups. */
interface Pool {
  readonly cells: readonly number[];
  readonly documents: Uint32Array;
  /** The cell of each of the documents. */
  readonly cellOf: Uint32Array;
  /** One past the last document of each group. */
  readonly ends: Uint32Array;
}

/** As `samplePhases`, which has the rest of the rules. */
export function* sampleGroups(
  phases: readonly PhaseDemand[],
  whole: Float64Array,
  cells: readonly CellDocuments[],
  { table, groups, seed }: { table: DocumentTable; groups: DocumentGroups; seed: number },
): Generator<PhaseSample> {
  const copies = new Uint16Array(table.count);
  const pools = cellPools(phases, cells, groups, seed);
  const starts = pools.map(() => 0);
  for (const [p, { supplies, factors }] of phases.entries()) {
    const taken = new Float64Array(cells.length);
    const achieved = new Float64Array(cells.length);
    copies.fill(0);
    let carry = 0;
    for (const [n, { cells: own, documents, cellOf, ends }] of pools.entries()) {
      const factor = factors[own[0]!]!;
      if (factor === 0) continue;
      const sum = whole[own[0]!]!;
      const usable = own.reduce((tokens, c) => tokens + supplies[c]!.usable, 0);
      const tokensOf = (i: number) => {
        const { longest, beyond } = supplies[cellOf[i]!]!.room;
        return usableIn(table.lengths[documents[i]!]!, longest, beyond);
      };
      /** The group before which `wanted` tokens from the group `from` on are reached, and their number. */
      const reach = (from: number, to: number, wanted: number): [end: number, tokens: number] => {
        let tokens = 0;
        for (let group = from; group < to; group += 1) {
          let own = 0;
          for (let i = ends[group - 1] ?? 0; i < ends[group]!; i += 1) own += tokensOf(i);
          if (tokens + own / 2 > wanted) return [group, tokens];
          tokens += own;
        }
        return [to, tokens];
      };
      const take = (from: number, to: number, times: number, isFirst: boolean) => {
        for (let i = ends[from - 1] ?? 0; i < (ends[to - 1] ?? 0); i += 1) {
          const tokens = tokensOf(i);
          if (tokens === 0) continue;
          copies[documents[i]!]! += times;
          achieved[cellOf[i]!]! += times * tokens;
          if (isFirst) taken[cellOf[i]!]! += 1;
        }
      };
      const target = factor * usable + carry;
      const isLast = phases.findLastIndex((phase) => phase.factors[own[0]!]! > 0) === p;
      const isOnly = isLast && phases.findIndex((phase) => phase.factors[own[0]!]! > 0) === p;
      const begin = starts[n]!;
      const times = Math.floor(sum);
      if (sum < 1) {
        const [end] = reach(begin, ends.length, target);
        take(begin, end, 1, true);
        starts[n] = end;
      } else {
        const end = isLast ? ends.length : reach(begin, ends.length, target / sum)[0];
        take(begin, end, times, true);
        if (sum > times) {
          const once = own.reduce((tokens, c) => tokens + achieved[c]!, 0);
          take(begin, reach(begin, end, target - once)[0], 1, false);
        }
        starts[n] = end;
      }
      const found = own.reduce((tokens, c) => tokens + achieved[c]!, 0);
      // As with cells: pools that are taken whole are exact, and pass the carry on.
      if (!(isOnly && sum === times && sum >= 1)) carry = target - found;
    }
    yield { copies, partial: noPart, taken, achieved };
  }
}

/** Cells with the same factors in all phases. */
function cellPools(
  phases: readonly PhaseDemand[],
  cells: readonly CellDocuments[],
  groups: DocumentGroups,
  seed: number,
): Pool[] {
  const priority = keyedHash(seed, 'sample');
  const byFactors = new Map<string, number[]>();
  for (const c of cells.keys()) {
    const key = phases.map(({ factors }) => factors[c]!.toPrecision(9)).join();
    byFactors.set(key, [...(byFactors.get(key) ?? []), c]);
  }
  return [...byFactors.values()].map((own) => {
    const count = own.reduce((sum, c) => sum + cells[c]!.documents.length, 0);
    const unsorted = new Uint32Array(count);
    const cellOf = new Uint32Array(count);
    let at = 0;
    for (const c of own) {
      unsorted.set(cells[c]!.documents, at);
      cellOf.fill(c, at, at + cells[c]!.documents.length);
      at += cells[c]!.documents.length;
    }
    // By hash, then by group, because two groups may share a hash.
    const byGroup = orderByKey(unsorted.map((d) => groups.first[d]!));
    const byHash = orderByKey(
      byGroup.map((i) => priority(groups.keysLow[unsorted[i]!]!, groups.keysHigh[unsorted[i]!]!, 0)),
    );
    const order = byHash.map((i) => byGroup[i]!);
    const documents = order.map((i) => unsorted[i]!);
    const ends: number[] = [];
    for (let i = 0; i < count; i += 1)
      if (i + 1 === count || groups.first[documents[i]!] !== groups.first[documents[i + 1]!])
        ends.push(i + 1);
    return {
      cells: own,
      documents,
      cellOf: Uint32Array.from(order, (i) => cellOf[i]!),
      ends: Uint32Array.from(ends),
    };
  });
}
