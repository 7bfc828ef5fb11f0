/**
 * Computes one exact repeat factor per cell and phase, from the recipe and the actual corpus. If a phase has T tokens,
 * a cell has the share w of them, and the cell has m usable tokens, the factor is T * w / m. Below 1 documents are
 * sampled, above 1 they repeat.
 *
 * Phases whose documents are disjoint draw on the same cells, so caps and `tokens: all` apply to the sum of their
 * factors. Phases that share documents are computed independently.
 */
import { LongmixError } from '../errors.ts';
import type { MixSpec, PhaseSpec, Recipe } from '../nouns/recipe.ts';
import { type Cap, type Claim, placeClaims, strictest } from './claims.ts';
import { refuseShortfall } from './shortfall.ts';
import { type Supply, tokenWeights } from './weights.ts';

/** Repeat factors of the cells in a phase, and their bounds: as the recipe requests, and after `redistribute`. */
export interface PhaseFactors {
  readonly requested: Float64Array;
  readonly given: Float64Array;
  /** Bound of each cell's factor, over the phases that draw on the same documents. */
  readonly caps: readonly Cap[];
}

/** Groups phase numbers into pools. Phases of a pool share its documents; each document is in one phase only. */
export function poolsOf({ phases, phaseDocuments }: Pick<Recipe, 'phases' | 'phaseDocuments'>): number[][] {
  const numbers = phases.map((_, p) => p);
  return phaseDocuments === 'disjoint' ? [numbers] : numbers.map((p) => [p]);
}

/**
 * @param supplies per phase, the supply of each cell
 * @throws LongmixError `mix-infeasible` when a cell would have to give more than it has
 */
export function phaseFactors(
  supplies: readonly (readonly Supply[])[],
  sources: readonly string[],
  recipe: Pick<Recipe, 'phases' | 'phaseDocuments'>,
): PhaseFactors[] {
  const { phases } = recipe;
  const tokens = sumOf(phases, ({ mix }) => (mix.tokens === 'all' ? 0 : mix.tokens));
  const perToken = phases.map(({ mix, share }, p) => {
    const part = mix.tokens === 'all' ? share : mix.tokens / tokens;
    const weights = inPhase(phases, p, () => tokenWeights(supplies[p]!, sources, mix));
    return weights.map((weight, c) => (weight === 0 ? 0 : (part * weight) / supplies[p]![c]!.usable));
  });
  const caps = phases.map(({ mix }, p) => supplies[p]!.map((cell) => capOf(cell, sources, mix)));
  const pools = poolsOf(recipe).map((numbers) => ({
    numbers,
    perToken: sumCells(numbers.map((p) => perToken[p]!)),
    caps: supplies[0]!.map((_, c) =>
      strictest(numbers.filter((p) => perToken[p]![c]! > 0).map((p) => caps[p]![c]!)),
    ),
  }));
  const total = tokens > 0 ? tokens : totalOfAll(phases, pools, supplies, perToken);

  const claimOf = (p: number, ofTokens: number, redistribute: MixSpec['redistribute'] | null): Claim => ({
    cells: supplies[p]!,
    requested: perToken[p]!.map((factor) => nearInteger(factor * ofTokens)),
    redistribute: redistribute ?? phases[p]!.mix.redistribute,
  });
  const factors: PhaseFactors[] = [];
  for (const { numbers, caps } of pools) {
    const claims = numbers.map((p) => claimOf(p, total, null));
    const given = placeClaims(claims, caps);
    if (given === null) {
      const fits = (ofTokens: number, atLeast: number, redistribute: MixSpec['redistribute'] | null) =>
        pools.every((pool) => {
          const raised = pool.caps.map((cap) => ({ ...cap, most: Math.max(cap.most, atLeast) }));
          const some = pool.numbers.map((p) => claimOf(p, ofTokens, redistribute));
          return placeClaims(some, raised) !== null;
        });
      const inPool = numbers.map((p) => phases[p]!);
      const more = numbers.length < phases.length;
      refuseShortfall({ phases: inPool, more, claims, caps, sources, total, fits });
    }
    for (const [i, p] of numbers.entries()) {
      factors[p] = { requested: claims[i]!.requested, given: given[i]!.map(nearInteger), caps };
    }
  }
  return factors;
}

/** Tokens for `all`. `drop`: up to the scarcest cell's cap; `repeat`: each cell at least once; `mixed`: the corpus. */
function totalOfAll(
  phases: readonly PhaseSpec[],
  pools: readonly { readonly perToken: Float64Array; readonly caps: readonly Cap[] }[],
  supplies: readonly (readonly Supply[])[],
  perToken: readonly Float64Array[],
): number {
  const methods = phases.map(({ mix }) => mix.method);
  let withinCaps = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (const pool of pools) {
    for (const [c, share] of pool.perToken.entries()) {
      if (share === 0) continue;
      withinCaps = Math.min(withinCaps, pool.caps[c]!.most / share);
      least = Math.min(least, share);
    }
  }
  if (least === Number.POSITIVE_INFINITY) return 0;
  if (methods.includes('drop')) return withinCaps;
  if (methods.includes('repeat')) return 1 / least;
  const most = supplies[0]!.map((_, c) =>
    Math.max(...phases.map((_, p) => (perToken[p]![c]! > 0 ? supplies[p]![c]!.usable : 0))),
  );
  return sumOf(most, (usable) => usable);
}

function capOf(cell: Supply, sources: readonly string[], { cells, method, maxEpochs }: MixSpec): Cap {
  const own = cells?.[cell.spec];
  if ((own?.method ?? method) === 'drop') return { most: 1, drop: true };
  const ofSource = maxEpochs.of.get(sources[cell.source]!) ?? maxEpochs.otherwise;
  return { most: own?.maxEpochs ?? ofSource, drop: false };
}

/** Adds the phase name to an infeasible-mix error. */
function inPhase<T>(phases: readonly PhaseSpec[], p: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (phases.length === 1 || !(error instanceof LongmixError)) throw error;
    const { code, message, cure } = error;
    throw new LongmixError(
      code,
      `phase "${phases[p]!.name}": ${message}`,
      cure === undefined ? {} : { cure },
    );
  }
}

/** Rounds 0.9999999999 to 1: a cell that is taken whole must not lose a document to rounding. */
export function nearInteger(factor: number): number {
  const nearest = Math.round(factor);
  return Math.abs(factor - nearest) < 1e-9 * Math.max(1, nearest) ? nearest : factor;
}

/** Sums the factors of all phases, cell by cell. */
export function sumCells(perPhase: readonly Float64Array[]): Float64Array {
  return perPhase[0]!.map((_, c) => perPhase.reduce((sum, factors) => sum + factors[c]!, 0));
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
