/** The figures by which arms are compared. Each covers all training rows of an arm together. */

import { bucketName } from '../base/bucket-name.ts';
import { bytes, integer, length, percent, percentFine } from '../base/words.ts';
import { dropReasons } from '../nouns/ledger.ts';
import type { ArmData, SetData } from './html/data.ts';
import { reasonNames } from './reasons.ts';

export interface ArmLine {
  readonly title: string;
  /** One value per arm. */
  readonly values: readonly string[];
}

const mostSources = 20;
const largestSources = 15;

/** Returns lines by subject: the mix, its documents' lengths, rows, dropped tokens. `all`: a line for every source. */
export function armLines(arms: readonly ArmData[], all = true): ArmLine[][] {
  const line = (title: string, show: (arm: ArmData) => string): ArmLine => ({
    title,
    values: arms.map(show),
  });
  const sources = [...new Set(arms.flatMap((arm) => cellsOf(arm).map(({ source }) => source)))];
  const most = (source: string) =>
    Math.max(...arms.map((arm) => sum(cellsOf(arm), (cell) => (cell.source === source ? cell.achieved : 0))));
  const ordered =
    all || sources.length <= mostSources ? sources : [...sources].sort((a, b) => most(b) - most(a));
  const others = ordered === sources ? [] : ordered.slice(largestSources);
  const shown = ordered.slice(0, ordered.length - others.length);
  const buckets = arms
    .flatMap((arm) => cellsOf(arm).map(({ bucket }) => bucket))
    .sort((a, b) => a.from - b.from)
    .map(bucketName)
    .filter((name, i, all) => all.indexOf(name) === i);
  const dropped = dropReasons.filter((reason) =>
    arms.some(({ ledger }) => (ledger.dropped[reason] ?? 0) > 0),
  );
  return [
    [
      line('documents', (arm) => integer(sum(cellsOf(arm), ({ taken }) => taken))),
      line('tokens', (arm) => integer(achieved(arm))),
      line('long, of tokens', (arm) => (hasLong(arm) ? share(arm, ({ long }) => long) : '-')),
      ...shown.map((source) =>
        line(`${source}, of tokens`, (arm) => share(arm, (cell) => cell.source === source)),
      ),
      ...(others.length === 0
        ? []
        : [
            line(`${others.length} others, of tokens`, (arm) =>
              share(arm, ({ source }) => others.includes(source)),
            ),
          ]),
      line('epochs of a cell, at most', (arm) => mostEpochs(arm).toFixed(2)),
    ],
    buckets.map((bucket) =>
      line(`${bucket} tokens long`, (arm) => share(arm, (cell) => bucketName(cell.bucket) === bucket)),
    ),
    [
      line('rows', ({ ledger }) => integer(ledger.rows)),
      line('tokens per row', (arm) => rowLengths(arm)),
      line('fill', ({ ledger }) => percentFine(ratio(ledger.packedInstances, ledger.rowTokens))),
      line('documents that fit, cut', (arm) => {
        const { fitting, fittingCut } = packing(arm);
        return `${integer(fittingCut)} of ${integer(fitting)}`;
      }),
      line('mean piece, tokens', (arm) => integer(packing(arm).meanPieceLength)),
      line('mean context, tokens', (arm) => integer(packing(arm).meanContextLength)),
      line('padding, tokens', ({ ledger }) => integer(ledger.padding)),
      line('disk', (arm) => bytes(sum(trainSets(arm), (set) => set.bytes))),
    ],
    [
      line('read, tokens', ({ ledger }) => integer(ledger.read)),
      ...dropped.map((reason) =>
        line(reasonNames[reason], ({ ledger }) => integer(ledger.dropped[reason] ?? 0)),
      ),
      line('repeats', ({ ledger }) => integer(ledger.packedInstances - ledger.packedOnce)),
    ],
  ];
}

/** The lengths of all training rows, the shortest first. */
export function rowLengths(arm: ArmData): string {
  const widths = new Set(trainSets(arm).map(({ width }) => width));
  return [...widths]
    .sort((a, b) => a - b)
    .map(length)
    .join(', ');
}

function trainSets({ sets }: ArmData): SetData[] {
  return sets.filter(({ split }) => split === 'train');
}

function cellsOf({ phases }: ArmData): ArmData['phases'][number]['cells'] {
  return phases.flatMap(({ cells }) => cells);
}

function achieved(arm: ArmData): number {
  return sum(cellsOf(arm), (cell) => cell.achieved);
}

function hasLong(arm: ArmData): boolean {
  return cellsOf(arm).some(({ long }) => long);
}

function share(arm: ArmData, belongs: (cell: ReturnType<typeof cellsOf>[number]) => boolean): string {
  const whole = achieved(arm);
  return whole === 0 ? '-' : percent(sum(cellsOf(arm).filter(belongs), (cell) => cell.achieved) / whole);
}

function mostEpochs(arm: ArmData): number {
  return Math.max(0, ...cellsOf(arm).map(({ achieved, usable }) => (usable === 0 ? 0 : achieved / usable)));
}

/** The packing of all training rows together; means are over all pieces (definitions: `PackingQuality`). */
function packing(
  arm: ArmData,
): Pick<SetData['quality'], 'fitting' | 'fittingCut' | 'meanPieceLength' | 'meanContextLength'> {
  const sets = trainSets(arm);
  const pieces = sum(sets, ({ quality }) => quality.pieces);
  const tokens = sum(sets, pieceTokens);
  const squares = sum(sets, (set) => 2 * set.quality.meanContextLength * pieceTokens(set));
  return {
    fitting: sum(sets, ({ quality }) => quality.fitting),
    fittingCut: sum(sets, ({ quality }) => quality.fittingCut),
    meanPieceLength: ratio(tokens, pieces),
    meanContextLength: ratio(squares, 2 * tokens),
  };
}

function pieceTokens({ quality }: SetData): number {
  return quality.meanPieceLength * quality.pieces;
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}
