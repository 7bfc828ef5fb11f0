/**
 * The error for a mix that asks for more than there is: each cell with what it has and needs, and ways out that work.
 */
import { integer } from '../base/words.ts';
import type { MixSpec, PhaseSpec } from '../nouns/recipe.ts';
import { type Cap, type Claim, exceeds } from './claims.ts';
import { infeasible } from './infeasible.ts';
import { describeRange } from './weights.ts';

export interface Shortfall {
  /** Phases that draw on the same documents, what they claim, and the bounds of the cells. */
  readonly phases: readonly PhaseSpec[];
  /** True if the recipe has other phases. */
  readonly more: boolean;
  readonly claims: readonly Claim[];
  readonly caps: readonly Cap[];
  readonly sources: readonly string[];
  /** Tokens of all phases of the recipe. */
  readonly total: number;
  /**
   * Would the mix fit with this many tokens, caps of at least `cap`, and this `redistribute` (null: the recipe's own)?
   */
  readonly fits: (tokens: number, cap: number, redistribute: MixSpec['redistribute'] | null) => boolean;
}

export function refuseShortfall(shortfall: Shortfall): never {
  const { phases, more, claims, caps } = shortfall;
  const over = caps.flatMap((cap, c) => {
    const factor = claims.reduce((sum, { requested }) => sum + requested[c]!, 0);
    return exceeds(factor, cap) ? [{ c, factor, cap }] : [];
  });
  const drop = over.some(({ cap }) => cap.drop);
  const bounds = [...new Set(over.filter(({ cap }) => !cap.drop).map(({ cap }) => cap.most))];
  const limits = [
    ...(drop ? ['method drop takes no document twice'] : []),
    ...(bounds.length > 0 ? [`max_epochs is ${bounds.sort((a, b) => a - b).join(' or ')}`] : []),
    ...new Set(
      phases
        .filter(({ mix }) => mix.redistribute !== 'never')
        .map(({ mix }) => `redistribute: ${mix.redistribute} finds no other cells to take from`),
    ),
  ];
  const whose = more ? `phase "${phases[0]!.name}": ` : '';
  const all = rowsOf(shortfall, over);
  const left = all.length - shownRows;
  const rows = (left > 1 ? [...all.slice(0, shownRows), `and ${integer(left)} more`] : all).join('\n  ');
  throw infeasible(`${whose}the mix asks for more than the corpus has (${limits.join('; ')}):\n  ${rows}`, [
    fewerTokens(shortfall),
    `${drop ? 'repeat documents: method: repeat, with' : 'a higher cap:'} max_epochs of at least ${leastEpochs(shortfall, over)}`,
    redistribution(shortfall),
    'a smaller share for what is scarce (mix.shares, the length rule, or the shares of cells)',
  ]);
}

function fewerTokens({ phases, more, total, fits }: Shortfall): string {
  if (phases.some(({ mix }) => mix.tokens === 'all')) {
    return 'use method: drop, which takes what the scarcest cell allows';
  }
  const most = integer(largest(Math.floor(total), (tokens) => fits(tokens, 0, null)));
  return phases.length === 1 && !more
    ? `fewer tokens: mix.tokens of at most ${most}`
    : `fewer tokens: at most ${most} in all phases together`;
}

/** The most rows in the message, because a corpus may have hundreds of sources. */
const shownRows = 20;

/** One line per band of a source or cell of the recipe; lines that need the most epochs come first. */
function rowsOf(
  { phases, claims, sources }: Shortfall,
  over: readonly { readonly c: number; readonly factor: number }[],
): string[] {
  const rows = new Map<string, { has: number; needs: number }>();
  for (const { c, factor } of over) {
    const first = claims.findIndex(({ requested }) => requested[c]! > 0);
    const { mix } = phases[first]!;
    const { source, long, spec } = claims[first]!.cells[c]!;
    const band = mix.length === null ? '' : long ? ', long documents' : ', short documents';
    const which = spec >= 0 ? describeRange(mix.cells![spec]!) : `source "${sources[source]!}"${band}`;
    const row = rows.get(which) ?? { has: 0, needs: 0 };
    const needs = claims.reduce((sum, claim) => sum + claim.requested[c]! * claim.cells[c]!.usable, 0);
    rows.set(which, { has: row.has + needs / factor, needs: row.needs + needs });
  }
  return [...rows]
    .sort(([, a], [, b]) => b.needs / b.has - a.needs / a.has)
    .map(
      ([which, { has, needs }]) =>
        `${which}: has ${integer(has)} tokens, needs ${integer(needs)} (${(needs / has).toFixed(2)} epochs)`,
    );
}

/** Searches in hundredths, because the message shows two decimals. */
function leastEpochs({ fits, total }: Shortfall, over: readonly { readonly factor: number }[]): string {
  const enough = Math.ceil(100 * over.reduce((most, { factor }) => Math.max(most, factor), 0));
  const spare = largest(enough - 1, (hundredths) => fits(total, (enough - hundredths) / 100, null));
  return ((enough - spare) / 100).toFixed(2);
}

function redistribution({ phases, total, fits }: Shortfall): string {
  const given = phases.map(({ mix }) => mix.redistribute);
  const from = {
    'within-source': 'the other cells of the same source',
    'over-all': 'all other cells',
  } as const;
  const mode = (['within-source', 'over-all'] as const).find(
    (mode) => given.some((own) => own !== mode && own !== 'over-all') && fits(total, 0, mode),
  );
  return mode === undefined
    ? "mix.redistribute can't help, because the other cells have too little as well"
    : `mix.redistribute: ${mode}, which takes what is missing from ${from[mode]}`;
}

/** Finds the largest whole number from 0 to `most` for which `holds` is true. It must hold for 0 and be monotone. */
function largest(most: number, holds: (n: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
