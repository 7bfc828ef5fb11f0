/** Shows an ablation as a table with one column per arm; as several tables if the arms are too many for a terminal. */
import { armLines } from './arm-figures.ts';
import { withCommonThreshold } from './common-threshold.ts';
import type { ArmData } from './html/data.ts';
import { tables } from './table.ts';

/** @param all show every source, however many there are */
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
