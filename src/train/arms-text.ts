/**
 * Shows the losses of arms as tables. All arms share one validation set. The last column is the farthest context range
 * that all arms have, where mixes of long documents differ most; the column before it is the nearest range.
 */
import { integer } from '../base/words.ts';
import type { PositionLoss, Validation } from '../nouns/training.ts';
import { type Column, table } from '../report/table.ts';
import type { ArmsTraining } from './train-arms.ts';
import { validationOf } from './validation.ts';

export function trainingText({ arms }: ArmsTraining): string {
  const found = arms.map((arm) => ({ ...arm, validation: validationOf(arm.final) }));
  const common = commonPositions(found.flatMap(({ validation }) => validation ?? []));
  const shown = common.filter((_, i) => i === 0 || i === common.length - 1);
  const columns: Column[] = [
    { title: 'arm', align: 'left', widest: 40 },
    ...['steps', 'loss', 'validation', ...shown.map((one) => `after ${range(one)}`)].map((title) => ({
      title,
    })),
  ];
  const rows = found.map(({ arm, steps, losses, validation }) => {
    const at = ({ from }: PositionLoss) => validation?.byPosition.find((one) => one.from === from)?.loss;
    const figures = [losses.at(-1)?.loss, validation?.loss, ...shown.map(at)];
    return [arm, integer(steps), ...figures.map((loss) => loss?.toFixed(3) ?? '-')];
  });
  const parts = [table(columns, rows)];
  if (shown.length > 0) parts.push(note(shown));
  const sources = sourceRows(found);
  if (sources.length > 0) {
    const titles: Column[] = [
      { title: 'validation by source', align: 'left', widest: 32 },
      { title: 'arm', align: 'left', widest: 32 },
      { title: 'loss' },
    ];
    parts.push(table(titles, sources));
  }
  return parts.join('\n\n');
}

/** Returns the position ranges in which every arm has predictions, the nearest first. */
function commonPositions([first, ...others]: readonly Validation[]): PositionLoss[] {
  const common = (first?.byPosition ?? []).filter(({ from }) =>
    others.every(({ byPosition }) => byPosition.some((one) => one.from === from)),
  );
  return common.sort((a, b) => a.from - b.from);
}

function range({ from, to }: PositionLoss): string {
  return `${integer(from)}-${integer(to)}`;
}

function note(shown: readonly PositionLoss[]): string {
  const far = shown.at(-1)!;
  const words = `after ${range(far)}: validation loss of tokens that have this many tokens of their document before them`;
  return `${words},\n${shown.length > 1 ? 'the farthest range that all arms have' : 'the only range that all arms have'}`;
}

/** Groups rows by source, to compare arms. */
function sourceRows(
  arms: readonly { readonly arm: string; readonly validation: Validation | null }[],
): string[][] {
  const all = arms.flatMap(({ validation }) => validation?.bySource ?? []);
  return [...new Set(all.map(({ source }) => source))].flatMap((source) =>
    arms.map(({ arm, validation }, i) => {
      const loss = validation?.bySource?.find((one) => one.source === source)?.loss;
      return [i === 0 ? source : '', arm, loss?.toFixed(3) ?? '-'];
    }),
  );
}
