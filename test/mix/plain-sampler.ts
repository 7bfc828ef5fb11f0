/**
 * The sampler written directly from its rules: it sorts every cell by the keyed hash and walks it document by document.
 * It is slow, and shares only the hash and the rounding rule with the fast sampler.
 */

import { keyedHash } from '../../src/base/keyed-hash.ts';
import { isOverlong, rowWidth, usableTokens } from '../../src/base/sequence.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';

export interface PlainPhase {
  readonly sequences: SequenceSpec;
  /** Of each cell: its factor, whether it is long, and where its bucket begins. */
  readonly factors: readonly number[];
  readonly long: readonly boolean[];
  readonly from: readonly number[];
}

/** Of each phase and document: the tokens of every copy. */
export function plainSample(
  table: DocumentTable,
  cells: readonly (readonly number[])[],
  phases: readonly PlainPhase[],
  seed: number,
): number[][][] {
  const hash = keyedHash(seed, 'sample');
  const keyOf = (d: number) => hash(table.keysLow[d]!, table.keysHigh[d]!, 0);
  const queues = cells.map((documents) => [...documents].sort((a, b) => keyOf(a) - keyOf(b) || a - b));
  return phases.map(({ sequences, factors, long, from }, p) => {
    const takes = Array.from({ length: table.count }, (): number[] => []);
    const usable = (d: number) => usableTokens(table.lengths[d]!, sequences);
    const sum = (documents: readonly number[]) => documents.reduce((tokens, d) => tokens + usable(d), 0);
    let carry = 0;

    /** Takes documents from the front of a list until `room` is full; says how many documents and tokens that were. */
    const take = (list: readonly number[], room: number, whole: boolean, write: boolean) => {
      let tokens = 0;
      for (const [i, d] of list.entries()) {
        if (tokens + usable(d) <= room) {
          tokens += usable(d);
          if (write && usable(d) > 0) takes[d]!.push(usable(d));
          continue;
        }
        const part = nearest(d, room - tokens, whole);
        if (write && part > 0) takes[d]!.push(part);
        return { documents: part > 0 ? i + 1 : i, tokens: tokens + part };
      }
      return { documents: list.length, tokens };
    };
    const nearest = (d: number, room: number, whole: boolean): number => {
      const tokens = usable(d);
      const width = rowWidth(sequences);
      const first = width - (sequences.bos ? 1 : 0);
      if (room <= 0) return 0;
      if (whole || sequences.overlong !== 'fragment' || !isOverlong(table.lengths[d]!, sequences)) {
        return room >= tokens / 2 ? tokens : 0;
      }
      if (room < first / 2) return 0;
      return Math.min(tokens, first + Math.max(0, Math.round((room - first) / width)) * width);
    };

    const numbers = [...cells.keys()].filter((c) => factors[c]! > 0);
    const order =
      phases.length === 1
        ? [...numbers.filter((c) => !long[c]), ...numbers.filter((c) => long[c])]
        : numbers.sort((a, b) => from[b]! - from[a]! || a - b);
    for (const c of order) {
      const documents = cells[c]!;
      const all = toWhole(phases.reduce((total, phase) => total + phase.factors[c]!, 0));
      const last = phases.slice(p + 1).every((phase) => phase.factors[c] === 0);
      const target = factors[c]! * sum(documents) + carry;
      const queue = queues[c]!;
      if (all < 1) {
        const got = take(queue, target, !last, true);
        queues[c] = queue.slice(got.documents);
        carry = target - got.tokens;
        continue;
      }
      const mine = last ? queue : queue.slice(0, take(queue, target / all, true, false).documents);
      queues[c] = queue.slice(mine.length);
      let achieved = 0;
      for (let k = 1; k <= all; k += 1) achieved += take(mine, sum(mine), true, true).tokens;
      if (!Number.isInteger(all)) achieved += take(mine, target - achieved, false, true).tokens;
      // The whole cell, so many times: nothing is missing, but for a last bit of the sum.
      const alone = phases.every((phase, other) => other === p || phase.factors[c] === 0);
      if (!alone || !Number.isInteger(all)) carry = target - achieved;
    }
    return takes;
  });
}

function toWhole(factor: number): number {
  const whole = Math.round(factor);
  return Math.abs(factor - whole) < 1e-9 * Math.max(1, whole) ? whole : factor;
}
