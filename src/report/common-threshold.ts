/**
 * Arms are compared by one notion of long: where all those that have a length rule agree on its threshold, documents of
 * the others are called long by it too, as far as their cells lie on one side of it.
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

/** The first length that is long; null: no rule says. */
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
