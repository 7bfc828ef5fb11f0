/** What arms learned, as a table: the validation set is the same for all, and the farthest look back is its last column. */
import { integer } from '../report/format.ts';
import { type Column, table } from '../report/table.ts';
import type { ArmsTraining } from './train-arms.ts';
import { validationOf } from './validation.ts';

export function trainingText({ arms }: ArmsTraining): string {
  const buckets = arms.flatMap((arm) => validationOf(arm.final)?.byPosition ?? []);
  const edges = [...new Set(buckets.map(({ from }) => from))].sort((a, b) => a - b);
  const far = edges.filter((from) => from === edges[0] || from >= 256);
  const columns: Column[] = [
    { title: 'arm', align: 'left', widest: 40 },
    ...['steps', 'loss', 'validation', ...far.map((from) => `after ${integer(from)}+`)].map((title) => ({
      title,
    })),
  ];
  const rows = arms.map((arm) => {
    const validation = validationOf(arm.final);
    const at = (edge: number) => validation?.byPosition.find(({ from }) => from === edge)?.loss;
    const losses = [arm.losses.at(-1)?.loss, validation?.loss, ...far.map(at)];
    return [arm.arm, integer(arm.steps), ...losses.map((loss) => loss?.toFixed(3) ?? '-')];
  });
  return table(columns, rows);
}
