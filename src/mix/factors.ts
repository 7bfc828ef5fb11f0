/**
 * A recipe's mix to one repeat factor a cell, exactly, over what the corpus really has.
 *
 * Let A[s,b] be the usable tokens of source s in bucket b. A recipe gives every cell a weight w[s,b] (they sum to 1)
 * and a total T; the cell's factor is T * w / A: below 1 documents are sampled, above 1 they repeat.
 *
 * Weights start at the source's share times the bucket's part of its source (the natural length distribution). A
 * length rule then scales the long and the short documents, inside each source (`per-source`: source shares stay) or
 * over all (`global`: they drift). With keep rate r this gives Fu et al. 2024 (arXiv 2402.10171): a source whose long
 * documents have share p ends with p / (p + r (1 - p)).
 */
import { LongmixError } from '../errors.ts';
import type { LengthRule, MixSpec } from '../types.ts';

export interface Supply {
  /** Index into the source names. */
  readonly source: number;
  readonly long: boolean;
  readonly usable: number;
}

/**
 * The repeat factor of each cell.
 * @throws LongmixError `mix-infeasible` when a cell would have to give more than it has
 */
export function cellFactors(
  cells: readonly Supply[],
  sources: readonly string[],
  mix: MixSpec,
): Float64Array {
  const weights = cellWeights(cells, sources, mix);
  const cap = mix.method === 'drop' ? 1 : mix.maxEpochs.otherwise;
  const perToken = cells.map((cell, i) => (cell.usable === 0 ? 0 : weights[i]! / cell.usable));
  const most = Math.max(...perToken, 0);
  let total: number;
  if (mix.tokens !== 'all') {
    total = mix.tokens;
  } else if (most === 0) {
    total = 0;
  } else {
    // "all": as much as there is. Without repeats the scarcest cell is taken once; with repeats every cell is.
    total = 1 / (mix.method === 'drop' ? most : Math.min(...perToken.filter((share) => share > 0)));
  }
  const factors = Float64Array.from(perToken, (share) => nearInteger(share * total));
  refuseInfeasible(cells, sources, mix, factors, total, cap);
  return factors;
}

/** The share of each cell in the mix; they sum to 1 (or are all 0 for an empty corpus). */
export function cellWeights(
  cells: readonly Supply[],
  sources: readonly string[],
  mix: MixSpec,
): Float64Array {
  const all = sum(cells, () => true);
  const perSource = sources.map((_, s) => sum(cells, (cell) => cell.source === s));
  const shares = sources.map((name, s) => {
    if (mix.shares !== null) return mix.shares.get(name) ?? 0;
    return all === 0 ? 0 : perSource[s]! / all;
  });
  for (const [s, name] of sources.entries()) {
    if (shares[s]! > 0 && perSource[s] === 0) {
      throw infeasible(
        `source "${name}" should be ${percent(shares[s]!)} of the mix and has no usable tokens`,
        ['take it out of mix.shares, or check its path and its documents with: longmix stats'],
      );
    }
  }
  for (const [name, share] of mix.shares ?? []) {
    if (share > 0 && !sources.includes(name)) {
      throw infeasible(`mix.shares names a source "${name}" that the corpus has not`, [
        `the corpus has ${sources.join(', ')}`,
      ]);
    }
  }
  const natural = Float64Array.from(cells, (cell) =>
    cell.usable === 0 ? 0 : (shares[cell.source]! * cell.usable) / perSource[cell.source]!,
  );
  const { length } = mix;
  if (length === null) return natural;
  const groups = length.scope === 'global' ? [null] : sources.map((_, s) => s);
  const weights = natural.slice();
  for (const group of groups) {
    const inGroup = (cell: Supply) => group === null || cell.source === group;
    const long = weightOf(cells, natural, (cell) => inGroup(cell) && cell.long);
    const short = weightOf(cells, natural, (cell) => inGroup(cell) && !cell.long);
    if (long + short === 0) continue;
    const whose = group === null ? 'the corpus' : `source "${sources[group]!}"`;
    const scale = bandScales(length, long, short, whose);
    for (const [i, cell] of cells.entries()) {
      if (inGroup(cell)) weights[i] = natural[i]! * (cell.long ? scale.long : scale.short);
    }
  }
  return weights;
}

/** What to multiply long and short weights by; the group's weight, long + short, stays. */
function bandScales(
  length: LengthRule,
  long: number,
  short: number,
  whose: string,
): { long: number; short: number } {
  const { rule, threshold } = length;
  const weight = long + short;
  switch (rule.kind) {
    case 'long_share': {
      if (long === 0 || short === 0) {
        const missing = long === 0 ? `no document of ${threshold} tokens or more` : `no shorter document`;
        throw infeasible(`${whose} has ${missing}, so its long share can't be ${percent(rule.share)}`, [
          'choose another threshold (longmix stats shows the lengths)',
          'use scope: global, which asks for the share over all sources together',
          'use keep_short instead of long_share, which asks a rate and no share',
        ]);
      }
      return { long: (rule.share * weight) / long, short: ((1 - rule.share) * weight) / short };
    }
    case 'keep_short': {
      if (long === 0 && rule.rate === 0) {
        const nothing = `${whose} has no document of ${threshold} tokens or more, and keep_short is 0%: nothing is left`;
        throw infeasible(nothing, [
          'choose a smaller threshold, keep some short documents, or leave the source out',
        ]);
      }
      const kept = weight / (long + rule.rate * short);
      return { long: kept, short: rule.rate * kept };
    }
    case 'remove_long': {
      if (short === 0) {
        throw infeasible(`${whose} has only documents of ${threshold} tokens or more: nothing is left`, [
          'choose a larger threshold, or leave the source out',
        ]);
      }
      return { long: 0, short: weight / short };
    }
  }
}

function refuseInfeasible(
  cells: readonly Supply[],
  sources: readonly string[],
  mix: MixSpec,
  factors: Float64Array,
  total: number,
  cap: number,
): void {
  const worst = factors.reduce((a, b) => Math.max(a, b), 0);
  if (worst <= cap) return;
  const rows: string[] = [];
  for (const [s, name] of sources.entries()) {
    for (const long of [true, false]) {
      const mine = cells.map((cell, i) => ({ cell, factor: factors[i]! }));
      const over = mine.filter(({ cell, factor }) => cell.source === s && cell.long === long && factor > cap);
      if (over.length === 0) continue;
      const has = over.reduce((tokens, { cell }) => tokens + cell.usable, 0);
      const needs = over.reduce((tokens, { cell, factor }) => tokens + factor * cell.usable, 0);
      const which = mix.length === null ? '' : long ? ', long documents' : ', short documents';
      rows.push(
        `source "${name}"${which}: has ${count(has)} tokens, needs ${count(needs)} (${(needs / has).toFixed(2)} epochs)`,
      );
    }
  }
  const limit =
    mix.method === 'drop'
      ? 'method drop takes no document twice'
      : `max_epochs is ${mix.maxEpochs.otherwise}`;
  throw infeasible(`the mix asks for more than there is (${limit}):\n  ${rows.join('\n  ')}`, [
    mix.tokens === 'all'
      ? 'use method: drop, which takes what the scarcest cell allows'
      : `fewer tokens: mix.tokens of at most ${count(Math.floor((total * cap) / worst))}`,
    mix.method === 'drop'
      ? `repeat documents: method: repeat, with max_epochs of at least ${roundUp(worst)}`
      : `a higher cap: max_epochs of at least ${roundUp(worst)}`,
    'redistribute: a smaller share for what is scarce (mix.shares, or the length rule)',
  ]);
}

function infeasible(message: string, ways: readonly string[]): LongmixError {
  return new LongmixError('mix-infeasible', message, { cure: `ways out: ${ways.join('; ')}` });
}

/** 1 and not 0.9999999999: a cell that is taken whole must not lose a document to rounding. */
function nearInteger(factor: number): number {
  const nearest = Math.round(factor);
  return Math.abs(factor - nearest) < 1e-9 * Math.max(1, nearest) ? nearest : factor;
}

function sum(cells: readonly Supply[], which: (cell: Supply) => boolean): number {
  return cells.reduce((tokens, cell) => (which(cell) ? tokens + cell.usable : tokens), 0);
}

function weightOf(cells: readonly Supply[], weights: Float64Array, which: (cell: Supply) => boolean): number {
  return cells.reduce((weight, cell, i) => (which(cell) ? weight + weights[i]! : weight), 0);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))}%`;
}

function count(tokens: number): string {
  return Math.round(tokens).toLocaleString('en-US');
}

function roundUp(epochs: number): string {
  return (Math.ceil(epochs * 100) / 100).toFixed(2);
}
