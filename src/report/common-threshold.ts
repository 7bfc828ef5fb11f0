/**
 * Arms are compared by one definition of long. If all arms with a length rule have the same threshold, it also applies
 * to the other arms, provided that each of their cells lies on one side of it.
 */
import type { PlannedCell } from '../nouns/mix.ts';
import type { ArmData } from './html/data.ts';

export function withCommonThreshold(arms: readonly ArmData[]): ArmData[] {
  const thresholds = new Set(arms.map(({ phases }) => thresholdOf(phases.flatMap(({ cells }) => cells))));
  thresholds.delete(null);
  const [threshold] = thresholds;
  if (threshold === undefined || threshold === null || thresholds.size > 1) return [...arms];
  return arms.map((arm) => ({
    ...arm,
    phases: arm.phases.map((phase) => ({ ...phase, cells: markLong(phase.cells, threshold) })),
  }));
}

/** Returns the smallest length that counts as long; null: no cell is long. */
export function thresholdOf(cells: readonly PlannedCell[]): number | null {
  const long = cells.filter((cell) => cell.long).map(({ bucket }) => bucket.from);
  return long.length === 0 ? null : Math.min(...long);
}

function markLong(cells: readonly PlannedCell[], threshold: number): readonly PlannedCell[] {
  const onOneSide = cells.every(
    ({ bucket: { from, to } }) => from >= threshold || (to !== null && to <= threshold),
  );
  return onOneSide ? cells.map((cell) => ({ ...cell, long: cell.bucket.from >= threshold })) : cells;
}
