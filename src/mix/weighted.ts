/**
 * Takes documents of a cell more or less often, in proportion to a weight (`mix.weight_by`), and as many tokens in all as
 * without weights.
 *
 * Copy k (from 0) of a document with the weight w has the key (k + u) / w, where u is the document's keyed hash as a fraction.
 * A stretch takes the copies with the smallest keys: those below some factor f. So a document is taken floor(f * w) times,
 * and once more with the chance of the fraction; f is the one at which the tokens are those that are wanted, to a document.
 * A larger request has a larger f, so the choice at a smaller rate is part of the choice at a larger one. With equal weights
 * this is the order of `stretch.ts`. No document is taken more often than the cell's bound, rounded up: with method drop
 * once, so the nearer a mix comes to all of a cell, the less its weights can do. (Sequential Poisson sampling, Ohlsson 1998.)
 *
 * Cost: some 15 passes over the cell's stretch, 4 bytes per document of it, and an object for every 64th document.
 */
import { LongmixError } from '../errors.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { usableIn } from './room.ts';
import { type Edge, isBefore, nearest, type OrderedCell } from './stretch.ts';

/** Of the heaviest, about: lighter documents count as this, so that no factor becomes infinite. */
const leastWeight = 2 ** -900;

export interface WeightedStretch {
  readonly start: Edge;
  readonly end: Edge;
  /** Tokens. */
  readonly wanted: number;
  /** Copies of a document, at most. */
  readonly most: number;
}

export interface WeightedTaken {
  readonly documents: number;
  readonly tokens: number;
  readonly partial: { readonly document: number; readonly take: number } | null;
}

/**
 * Weights of a recipe's documents.
 * @throws LongmixError `mix-infeasible` if one is negative
 */
export function checkedWeights(table: DocumentTable, name: string, weights: Float64Array): Float64Array {
  if (weights.length > 0 && weights.every((weight) => Number.isNaN(weight))) {
    throw new LongmixError(
      'mix-infeasible',
      `mix.weight_by: no document has a number in field ${name.slice('field:'.length)}`,
      { cure: 'name a field of numbers; documents without one are not taken' },
    );
  }
  const negative = weights.findIndex((weight) => weight < 0);
  if (negative >= 0) {
    const source = table.sources[table.source[negative]!]!;
    throw new LongmixError(
      'mix-infeasible',
      `mix.weight_by: a document of source "${source}" has ${name.slice('field:'.length)} = ${weights[negative]}; a weight is 0 or more`,
      { cure: 'leave such documents out with `where`, or write the field again without negative numbers' },
    );
  }
  return weights;
}

/** @param copies per document of the table; the copies that are taken are added */
export function takeWeighted(
  { documents, hashes, lengths, room }: OrderedCell,
  weights: Float64Array,
  { start, end, wanted, most }: WeightedStretch,
  copies: Uint16Array,
): WeightedTaken {
  const inStretch = new Uint32Array(documents.length);
  let count = 0;
  let heaviest = 0;
  let usable = 0;
  for (let i = 0; i < documents.length; i += 1) {
    const d = documents[i]!;
    if (isBefore(hashes[i]!, d, start.hash, start.document)) continue;
    if (!isBefore(hashes[i]!, d, end.hash, end.document)) continue;
    const tokens = usableIn(lengths[d]!, room.longest, room.beyond);
    if (tokens === 0) continue;
    inStretch[count] = i;
    count += 1;
    heaviest = Math.max(heaviest, weights[d]!);
    usable += tokens;
  }
  const chosen = inStretch.subarray(0, count);
  // Sums of weights near the largest number would be infinite, and only proportions matter. A power of two loses no digit.
  const unit = 2 ** Math.floor(Math.log2(heaviest));
  const weightOf = (i: number) => Math.max(leastWeight, weights[documents[i]!]! / unit);
  const tokensOf = (i: number) => usableIn(lengths[documents[i]!]!, room.longest, room.beyond);
  const copiesAt = (i: number, factor: number) =>
    Math.max(0, Math.min(most, Math.ceil(factor * weightOf(i) - hashes[i]! / 2 ** 32)));
  const all = (factor: number) => {
    let tokens = 0;
    let number = 0;
    for (const i of chosen) {
      const times = copiesAt(i, factor);
      tokens += times * tokensOf(i);
      number += times;
    }
    return { tokens, number };
  };

  const isAll = wanted >= most * usable;
  let low = isAll ? Number.POSITIVE_INFINITY : 0;
  let below = all(low);
  const last: { partial: WeightedTaken['partial']; extra: number[]; tokens: number } = {
    ...{ partial: null, extra: [], tokens: below.tokens },
  };
  if (!isAll && wanted > 0) {
    let weighted = 0;
    for (const i of chosen) weighted += tokensOf(i) * weightOf(i);
    let high = wanted / weighted;
    let above = all(high);
    while (above.tokens <= wanted) {
      [low, below] = [high, above];
      high *= 2;
      above = all(high);
    }
    while (above.number - below.number > Math.max(64, count / 64)) {
      const middle = low + (high - low) / 2;
      // Copies with equal keys can't be told by a factor; their documents' numbers order them below.
      if (middle <= low || middle >= high) break;
      const there = all(middle);
      if (there.tokens <= wanted) [low, below] = [middle, there];
      else [high, above] = [middle, there];
    }
    last.tokens = below.tokens;
    for (const { i } of between(chosen, low, high)) {
      const tokens = tokensOf(i);
      const d = documents[i]!;
      const spansRows = room.beyond === Number.POSITIVE_INFINITY && lengths[d]! > room.longest;
      const fits = last.tokens + tokens <= wanted;
      const take = fits ? tokens : nearest(wanted - last.tokens, tokens, spansRows ? room : null);
      if (take > 0) last.extra.push(i);
      if (take > 0 && take < tokens) last.partial = { document: d, take };
      last.tokens += take;
      if (!fits) break;
    }
  }

  for (const i of chosen) copies[documents[i]!]! += copiesAt(i, low);
  for (const i of last.extra) copies[documents[i]!]! += 1;
  let taken = 0;
  for (const i of chosen) if (copies[documents[i]!]! > 0) taken += 1;
  return { documents: taken, tokens: last.tokens, partial: last.partial };

  /** The copies with keys between two factors, in order. */
  function between(among: Uint32Array, from: number, to: number): { i: number; key: number }[] {
    const found: { i: number; key: number }[] = [];
    for (const i of among) {
      const until = copiesAt(i, to);
      for (let k = copiesAt(i, from); k < until; k += 1)
        found.push({ i, key: (k + hashes[i]! / 2 ** 32) / weightOf(i) });
    }
    return found.sort((a, b) => a.key - b.key || a.i - b.i);
  }
}
