/** The arms of an ablation as one table, a column an arm; several tables where they are too many for a terminal. */
import { armLines } from './arm-figures.ts';
import { withCommonThreshold } from './common-threshold.ts';
import type { ArmData } from './html/data.ts';
import { tables } from './table.ts';

/** `all`: every source, however many there are. */
export function armsText(arms: readonly ArmData[], all = false): string {
  const rows = armLines(withCommonThreshold(arms), all).flatMap((lines, i) => [
    ...(i === 0 ? [] : [null]),
    ...lines.map(({ title, values }) => [title, ...values]),
  ]);
  return tables(
    [{ title: 'arm', align: 'left', widest: 40 }, ...arms.map(({ name }) => ({ title: name }))],
    rows,
  );
}
