/** What arms learned, as a table: the validation set is the same for all, and the farthest look back is its last column. */
import { integer } from '../report/format.ts';
import { type Column, table } from '../report/table.ts';
import type { ArmsTraining, ArmTraining } from './train-arms.ts';

interface Validation {
  readonly loss: number;
  readonly byPosition: readonly { readonly from: number; readonly to: number; readonly loss: number }[];
}

export function trainingText({ arms }: ArmsTraining): string {
  const buckets = arms.flatMap((arm) => validationOf(arm)?.byPosition ?? []);
  const edges = [...new Set(buckets.map(({ from }) => from))].sort((a, b) => a - b);
  const far = edges.filter((from) => from === edges[0] || from >= 256);
  const columns: Column[] = [
    { title: 'arm', align: 'left', widest: 40 },
    ...['steps', 'loss', 'validation', ...far.map((from) => `after ${integer(from)}+`)].map((title) => ({
      title,
    })),
  ];
  const rows = arms.map((arm) => {
    const validation = validationOf(arm);
    const at = (edge: number) => validation?.byPosition.find(({ from }) => from === edge)?.loss;
    const losses = [arm.losses.at(-1)?.loss, validation?.loss, ...far.map(at)];
    return [arm.arm, integer(arm.steps), ...losses.map((loss) => loss?.toFixed(3) ?? '-')];
  });
  return table(columns, rows);
}

/** What the tfjs trainer says of it; others may say nothing. */
function validationOf({ final }: ArmTraining): Validation | null {
  const validation = final?.validation as Partial<Validation> | undefined;
  const isOurs = typeof validation?.loss === 'number' && Array.isArray(validation.byPosition);
  return isOurs ? (validation as Validation) : null;
}
