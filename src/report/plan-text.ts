/** Shows a plan as tables: for each cell its tokens, the request and the result; then rows, packing and the ledger. */

import { bytes, compact, counted, integer, percent, percentFine, rowLength } from '../base/words.ts';
import type { PlannedWithout } from '../build/nouns.ts';
import type { NearFigures } from '../near/figures.ts';
import { type DropReason, dropReasons, type Ledger, type LedgerEntry } from '../nouns/ledger.ts';
import type { PlannedCell, PlannedScore } from '../nouns/mix.ts';
import type { FimCounts } from '../nouns/rows.ts';
import type { GroupFigures } from '../pack/accounts/group-figures.ts';
import type { PackingQuality } from '../pack/accounts/quality.ts';
import { linesBySource } from './by-source.ts';
import { reasonNames } from './reasons.ts';
import { table, tables } from './table.ts';

/** The figures of a planned split to show. */
export interface SplitFigures {
  readonly name: string;
  readonly ledger: Ledger;
  readonly quality: PackingQuality;
  readonly bytes: number;
  readonly groups?: GroupFigures;
}

/**
 * Shows the mix of the training split, before and after. `docs` are the documents of the cell, `taken` those of the
 * mix.
 * @param all show every cell, however many there are
 */
export function mixText(cells: readonly PlannedCell[], all = false): string {
  const before = cells.reduce((sum, cell) => sum + cell.tokens, 0);
  const after = cells.reduce((sum, cell) => sum + cell.achieved, 0);
  const share = (part: number, whole: number) => (whole === 0 ? '-' : percent(part / whole));
  const moved = cells.some(({ redistributed }) => redistributed !== 0);
  const row = (title: string, mine: readonly PlannedCell[]): string[] => {
    const sum = (pick: (cell: PlannedCell) => number) => mine.reduce((total, cell) => total + pick(cell), 0);
    const [tokens, usable, achieved] = [
      sum((cell) => cell.tokens),
      sum((cell) => cell.usable),
      sum((cell) => cell.achieved),
    ];
    return [
      title,
      compact(sum((cell) => cell.documents)),
      compact(tokens),
      share(tokens, before),
      compact(sum((cell) => cell.requested)),
      ...(moved ? [signed(sum((cell) => cell.redistributed))] : []),
      compact(sum((cell) => cell.taken)),
      compact(achieved),
      share(achieved, after),
      usable === 0 ? '-' : (achieved / usable).toFixed(2),
    ];
  };
  const { lines, shortened } = linesBySource(cells, all);
  const isLong = (mine: readonly PlannedCell[]) => mine.some(({ long }) => long);
  const [long, short] = [cells.filter((cell) => cell.long), cells.filter((cell) => !cell.long)];
  const text = table(
    [
      { title: 'source, length', align: 'left', widest: 24, least: 20 },
      { title: 'docs', spare: 1 },
      { title: 'tokens' },
      { title: 'share' },
      { title: 'asked' },
      ...(moved ? [{ title: 'moved' }] : []),
      { title: 'taken', spare: 2 },
      { title: 'gets' },
      { title: 'share' },
      { title: 'epochs' },
    ],
    [
      ...lines.map(({ title, cells: mine, inner }) =>
        row(inner ? `  ${title}${isLong(mine) ? ' long' : ''}` : title, mine),
      ),
      null,
      ...(long.length > 0 ? [row('short', short), row('long', long)] : []),
      row('all', cells),
    ],
  );
  return shortened === null ? text : `${text}\n(${shortened})`;
}

function signed(tokens: number): string {
  return `${tokens > 0 ? '+' : tokens < 0 ? '-' : ''}${compact(Math.abs(tokens))}`;
}

/** Shows rows and packing, with one column per split. */
export function packingText(splits: readonly SplitFigures[]): string {
  const row = (title: string, show: (split: SplitFigures) => string) => [title, ...splits.map(show)];
  return tables(
    [{ title: 'packing', align: 'left' }, ...splits.map(({ name }) => ({ title: name }))],
    [
      row('rows', ({ ledger }) => integer(ledger.rows)),
      row('tokens per row', ({ ledger }) => rowLength(ledger.width)),
      row('fill (document tokens / all)', ({ quality }) => percentFine(quality.fill)),
      row('rows over a perfect concatenation', ({ quality }) => percentFine(quality.rowsOverConcat)),
      row(
        'documents that fit, cut',
        ({ quality }) => `${integer(quality.fittingCut)} of ${integer(quality.fitting)}`,
      ),
      ...(splits.some(({ groups }) => groups !== undefined)
        ? [
            row('groups of several documents', ({ groups }) => integer(groups?.groups ?? 0)),
            row('of them whole in a row', ({ groups }) => integer(groups?.whole ?? 0)),
            row('of them taken in part', ({ groups }) => integer(groups?.partial ?? 0)),
          ]
        : []),
      row('mean piece, tokens', ({ quality }) => integer(quality.meanPieceLength)),
      row('mean context, tokens', ({ quality }) => integer(quality.meanContextLength)),
      row('pieces per row', ({ quality, ledger }) => (quality.pieces / Math.max(1, ledger.rows)).toFixed(1)),
      row('disk', ({ bytes: size }) => bytes(size)),
    ],
  );
}

/** What earlier runs have read. `unread` are tokens that go with the rest of their document. */
export function withoutText(without: readonly PlannedWithout[]): string {
  return table(
    [
      { title: 'left out: already read by', align: 'left' },
      { title: 'steps' },
      { title: 'rows' },
      { title: 'docs' },
      { title: 'tokens' },
      { title: 'of them unread' },
    ],
    without.map(({ name, steps, sets, documents, tokens, unread }) => [
      name,
      steps === null ? 'all' : integer(steps),
      integer(sets.reduce((sum, { read }) => sum + read, 0)),
      integer(documents),
      integer(tokens),
      integer(unread),
    ]),
  );
}

/** What was found of near copies. Exact copies count as near. */
export function nearText({ clusters, documents, largest }: NearFigures): string {
  return clusters === 0
    ? 'near copies: none'
    : `near copies: ${counted(documents, 'document')} in ${counted(clusters, 'cluster')}, of up to ${integer(largest)} documents`;
}

/** What the rules of `documents.keep` come to. plan.json has the bounds in full. */
export function scoresText(scores: readonly PlannedScore[]): string {
  const bound = (score: number | null) => (score === null ? '' : String(Number(score.toPrecision(6))));
  return table(
    [
      { title: 'kept by score', align: 'left' },
      { title: 'of', align: 'left' },
      { title: 'from' },
      { title: 'to' },
      { title: 'docs' },
      { title: 'kept' },
      { title: 'without score' },
    ],
    scores.map(({ score, sources, minTokens, from, to, documents, missing, kept }) => [
      score,
      [sources?.join(', ') ?? 'all', ...(minTokens > 0 ? [`from ${integer(minTokens)} tokens`] : [])].join(
        ', ',
      ),
      bound(from),
      bound(to),
      integer(documents),
      integer(kept),
      integer(missing),
    ]),
  );
}

/** What fill in the middle comes to; its sentinels are among the special tokens of the ledger. */
export function fimText(sets: readonly { readonly name: string; readonly fim?: FimCounts }[]): string {
  return table(
    [
      { title: 'fill in the middle', align: 'left' },
      { title: 'docs with copies' },
      { title: 'sentinel tokens' },
      { title: 'left as they are, too long' },
    ],
    sets.flatMap(({ name, fim }) =>
      fim === undefined ? [] : [[name, integer(fim.pieces), integer(fim.sentinels), integer(fim.left)]],
    ),
  );
}

/** Shows both balances of the ledger, in tokens. */
export function ledgerText(splits: readonly SplitFigures[]): string {
  const row = (title: string, show: (ledger: Ledger) => number) => [
    title,
    ...splits.map(({ ledger }) => integer(show(ledger))),
  ];
  const used = dropReasons.filter((reason) => splits.some(({ ledger }) => dropped(ledger, reason) > 0));
  return tables(
    [{ title: 'ledger, tokens', align: 'left' }, ...splits.map(({ name }) => ({ title: name }))],
    [
      row('read', ({ read }) => read),
      ...used.map((reason) => row(`- ${reasonNames[reason]}`, (ledger) => 0 - dropped(ledger, reason))),
      row('= packed, once', ({ packedOnce }) => packedOnce),
      row('+ repeats', ({ packedInstances, packedOnce }) => packedInstances - packedOnce),
      row('+ special tokens', ({ specialTokens }) => specialTokens),
      row('+ padding', ({ padding }) => padding),
      row('= rows x width', ({ rowTokens }) => rowTokens),
      ...(splits.some(({ ledger }) => ledger.learned !== undefined)
        ? [row('of these learned', ({ learned, rowTokens, padding }) => learned ?? rowTokens - padding)]
        : []),
    ],
  );
}

function dropped(entry: LedgerEntry, reason: DropReason): number {
  return entry.dropped[reason] ?? 0;
}
