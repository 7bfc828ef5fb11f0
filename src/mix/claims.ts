/**
 * Fits the claims of phases on cells to the caps of the cells. If a cell would exceed its cap and the recipe allows it
 * (`redistribute`), the cell is taken at its cap, and the missing tokens go to the other cells of the same source or of
 * all sources, in proportion to their weights. This repeats until all cells fit (water-filling).
 *
 * Cost: at most one pass over the cells per cell that exceeds its cap.
 */
import type { MixSpec } from '../nouns/recipe.ts';
import type { Supply } from './weights.ts';

export interface Claim {
  readonly cells: readonly Supply[];
  /** Repeat factor of each cell, as the recipe asks. */
  readonly requested: Float64Array;
  readonly redistribute: MixSpec['redistribute'];
}

/** Upper bound of a cell's repeat factor. `drop`: the bound comes from method `drop`, which takes no document twice. */
export interface Cap {
  readonly most: number;
  readonly drop: boolean;
}

/** Returns the bound of a cell that several phases draw on. */
export function strictest(caps: readonly Cap[]): Cap {
  return caps.reduce((a, b) => (b.most < a.most ? b : a), { most: Number.POSITIVE_INFINITY, drop: false });
}

/** True if a factor exceeds a cap by more than rounding. */
export function exceeds(factor: number, cap: Cap): boolean {
  return factor > cap.most * (1 + 1e-9);
}

/** Returns the repeat factors of each claim, such that no cell's sum exceeds its cap; null if that is impossible. */
export function placeClaims(claims: readonly Claim[], caps: readonly Cap[]): Float64Array[] | null {
  const given = claims.map(({ requested }) => requested.slice());
  const full = new Uint8Array(caps.length);
  for (;;) {
    let found = false;
    for (const [c, cap] of caps.entries()) {
      const factor = given.reduce((sum, factors) => sum + factors[c]!, 0);
      if (full[c] === 1 || !exceeds(factor, cap)) continue;
      found = true;
      full[c] = 1;
      for (const [i, { redistribute }] of claims.entries()) {
        if (given[i]![c] === 0) continue;
        if (redistribute === 'never') return null;
        given[i]![c]! *= cap.most / factor;
      }
    }
    if (!found) return given;
    if (!claims.every((claim, i) => refill(claim, given[i]!, full))) return null;
  }
}

/** Moves tokens from full cells to other cells of their group. False if a group has no other cells for them. */
function refill({ cells, requested, redistribute }: Claim, given: Float64Array, full: Uint8Array): boolean {
  const groupOf = (cell: Supply) => (redistribute === 'within-source' ? cell.source : 0);
  const groups = cells.reduce((most, cell) => Math.max(most, groupOf(cell) + 1), 0);
  const asked = new Float64Array(groups);
  const open = new Float64Array(groups);
  const missing = new Float64Array(groups);
  for (const [c, cell] of cells.entries()) {
    const tokens = requested[c]! * cell.usable;
    const group = groupOf(cell);
    asked[group]! += tokens;
    if (full[c] === 0) open[group]! += tokens;
    else missing[group]! += tokens - given[c]! * cell.usable;
  }
  for (const [c, cell] of cells.entries()) {
    const group = groupOf(cell);
    if (full[c] === 0 && open[group]! > 0) given[c] = requested[c]! * (1 + missing[group]! / open[group]!);
  }
  return open.every((tokens, group) => tokens > 0 || missing[group]! <= 1e-9 * asked[group]!);
}
