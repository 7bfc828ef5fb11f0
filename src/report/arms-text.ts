/** The arms of an ablation as one table, a column an arm. */
import { armLines } from './arm-figures.ts';
import { withCommonThreshold } from './common-threshold.ts';
import type { ArmData } from './html/data.ts';
import { table } from './table.ts';

export function armsText(arms: readonly ArmData[]): string {
  const rows = armLines(withCommonThreshold(arms)).flatMap((lines, i) => [
    ...(i === 0 ? [] : [null]),
    ...lines.map(({ title, values }) => [title, ...values]),
  ]);
  return table(
    [{ title: 'arm', align: 'left', widest: 40 }, ...arms.map(({ name }) => ({ title: name }))],
    rows,
  );
}
