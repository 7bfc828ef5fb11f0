/** A plan as tables: what each cell has, what was asked, what it gives; then rows, packing and the ledger. */
import type { PackingQuality } from '../pack/quality.ts';
import { type DropReason, dropReasons, type Ledger, type LedgerEntry, type PlannedCell } from '../types.ts';
import { bucketName } from './cells-text.ts';
import { bytes, compact, integer, percent, percentFine, rowLength } from './format.ts';
import { reasonNames } from './reasons.ts';
import { doubleBar, table } from './table.ts';

const barWidth = 16;

/** What of a planned split is shown. */
export interface SplitFigures {
  readonly name: string;
  readonly ledger: Ledger;
  readonly quality: PackingQuality;
  readonly bytes: number;
}

/** Cells: the mix of the training split, before and after. `documents` are the cell's, `taken` those of the mix. */
export function mixText(cells: readonly PlannedCell[]): string {
  const before = cells.reduce((sum, cell) => sum + cell.tokens, 0);
  const after = cells.reduce((sum, cell) => sum + cell.achieved, 0);
  const share = (part: number, whole: number) => (whole === 0 ? '-' : percent(part / whole));
  const moved = cells.some(({ redistributed }) => redistributed !== 0);
  const largest = Math.max(
    ...cells.flatMap((cell) => [cell.tokens / Math.max(1, before), cell.achieved / Math.max(1, after)]),
    Number.MIN_VALUE,
  );
  const bars = (cell: PlannedCell) =>
    doubleBar(
      cell.tokens / Math.max(1, before) / largest,
      cell.achieved / Math.max(1, after) / largest,
      barWidth,
    );
  const line = (name: string, bucket: string, mine: readonly PlannedCell[], drawn = ''): string[] => {
    const sum = (pick: (cell: PlannedCell) => number) => mine.reduce((total, cell) => total + pick(cell), 0);
    const usable = sum((cell) => cell.usable);
    return [
      name,
      bucket,
      integer(sum((cell) => cell.documents)),
      compact(sum((cell) => cell.tokens)),
      share(
        sum((cell) => cell.tokens),
        before,
      ),
      compact(sum((cell) => cell.requested)),
      ...(moved ? [signed(sum((cell) => cell.redistributed))] : []),
      integer(sum((cell) => cell.taken)),
      compact(sum((cell) => cell.achieved)),
      share(
        sum((cell) => cell.achieved),
        after,
      ),
      usable === 0 ? '-' : (sum((cell) => cell.achieved) / usable).toFixed(2),
      drawn,
    ];
  };
  const rows: (string[] | null)[] = [];
  for (const source of new Set(cells.map((cell) => cell.source))) {
    const mine = cells.filter((cell) => cell.source === source);
    for (const [i, cell] of mine.entries()) {
      const bucket = bucketName(cell.bucket) + (cell.long ? ' long' : '');
      rows.push(line(i === 0 ? source : '', bucket, [cell], bars(cell)));
    }
    rows.push(line('', 'all', mine), null);
  }
  if (cells.some(({ long }) => long)) {
    rows.push(
      line(
        'all',
        'short',
        cells.filter(({ long }) => !long),
      ),
    );
    rows.push(
      line(
        '',
        'long',
        cells.filter(({ long }) => long),
      ),
    );
  }
  rows.push(line(cells.some(({ long }) => long) ? '' : 'all', 'all', cells));
  return table(
    [
      { title: 'source', align: 'left', widest: 32 },
      { title: 'length, tokens', align: 'left' },
      { title: 'documents' },
      { title: 'tokens' },
      { title: 'share' },
      { title: 'requested' },
      ...(moved ? [{ title: 'moved' }] : []),
      { title: 'taken' },
      { title: 'achieved' },
      { title: 'share' },
      { title: 'epochs' },
      { title: '▀ before ▄ after', align: 'left' },
    ],
    rows,
  );
}

function signed(tokens: number): string {
  return `${tokens > 0 ? '+' : tokens < 0 ? '-' : ''}${compact(Math.abs(tokens))}`;
}

/** Rows and packing, a column a split. */
export function packingText(splits: readonly SplitFigures[]): string {
  const row = (title: string, show: (split: SplitFigures) => string) => [title, ...splits.map(show)];
  return table(
    [{ title: 'packing', align: 'left' }, ...splits.map(({ name }) => ({ title: name }))],
    [
      row('rows', ({ ledger }) => integer(ledger.rows)),
      row('tokens a row', ({ ledger }) => rowLength(ledger.width)),
      row('fill (document tokens / all)', ({ quality }) => percentFine(quality.fill)),
      row('rows over a perfect concatenation', ({ quality }) => percentFine(quality.rowsOverConcat)),
      row(
        'documents that fit, cut',
        ({ quality }) => `${integer(quality.fittingCut)} of ${integer(quality.fitting)}`,
      ),
      row('mean piece, tokens', ({ quality }) => integer(quality.meanPieceLength)),
      row('mean context, tokens', ({ quality }) => integer(quality.meanContextLength)),
      row('pieces a row', ({ quality, ledger }) => (quality.pieces / Math.max(1, ledger.rows)).toFixed(1)),
      row('disk', ({ bytes: size }) => bytes(size)),
    ],
  );
}

/** Both balances of the ledger, in tokens. */
export function ledgerText(splits: readonly SplitFigures[]): string {
  const row = (title: string, show: (ledger: Ledger) => number) => [
    title,
    ...splits.map(({ ledger }) => integer(show(ledger))),
  ];
  const used = dropReasons.filter((reason) => splits.some(({ ledger }) => dropped(ledger, reason) > 0));
  return table(
    [{ title: 'ledger, tokens', align: 'left' }, ...splits.map(({ name }) => ({ title: name }))],
    [
      row('read', ({ read }) => read),
      ...used.map((reason) => row(`- ${reasonNames[reason]}`, (ledger) => 0 - dropped(ledger, reason))),
      row('= packed, once', ({ packedOnce }) => packedOnce),
      row('+ repeats', ({ packedInstances, packedOnce }) => packedInstances - packedOnce),
      row('+ special tokens', ({ specialTokens }) => specialTokens),
      row('+ padding', ({ padding }) => padding),
      row('= rows x width', ({ rowTokens }) => rowTokens),
    ],
  );
}

function dropped(entry: LedgerEntry, reason: DropReason): number {
  return entry.dropped[reason];
}
