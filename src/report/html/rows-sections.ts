/** The rows of the mix: how well they are packed, the accounts of every shard set, and the row lengths of the run. */

import { bytes, compact, counted, integer, length, percent, percentFine } from '../../base/words.ts';
import { dropReasons, type Ledger } from '../../nouns/ledger.ts';
import { reasonNames } from '../reasons.ts';
import type { ArmData, SetData } from './data.ts';
import type { Draw } from './draw.ts';
import { figure, flow, grid, keys } from './figure.ts';
import { htmlTable } from './html-table.ts';
import { ledgerChart, ledgerSteps } from './ledger-chart.ts';
import { html, type Markup } from './markup.ts';
import { phaseChart, piecesChart, type Stretch } from './row-charts.ts';

export async function packingSection(draw: Draw, sets: readonly SetData[]): Promise<Markup> {
  const panels: Markup[] = [];
  for (const { name, piecesPerRow } of sets) {
    // If all rows are alike, the table is enough.
    if (piecesPerRow === null || piecesPerRow.length < 2) continue;
    const chart = await draw(piecesChart(piecesPerRow), {
      title: `${name}: documents a row`,
      description: piecesPerRow
        .filter(({ rows }) => rows > 0)
        .map(({ from, to, rows }) => `${from === to ? from : `${from} to ${to}`}: ${counted(rows, 'row')}.`)
        .join(' '),
    });
    panels.push(figure(`${name}: documents in a row, % of rows`, chart));
  }
  return html`${flow([packingTable(sets), ...(panels.length > 0 ? [grid(panels)] : [])])}<p class="note">Rows over a perfect concatenation: as in Ding et al. 2024, table 1. Mean piece Σl / n and mean context Σl² / 2Σl over the pieces’ lengths l: as in Pouransari et al. 2024, section 3.</p>
`;
}

function packingTable(sets: readonly SetData[]): Markup {
  const row = (title: string, show: (set: SetData) => string) => [title, ...sets.map(show)];
  return htmlTable({
    caption: 'Packing of every shard set',
    columns: ['', ...sets.map(({ name }) => name)],
    groups: [
      {
        rows: [
          row('rows', ({ ledger }) => integer(ledger.rows)),
          row('tokens per row', ({ width }) => length(width)),
          row('fill: document tokens of all', ({ quality }) => percentFine(quality.fill)),
          row('rows over a perfect concatenation', ({ quality }) => percentFine(quality.rowsOverConcat)),
          row(
            'documents that fit in a row, cut',
            ({ quality }) => `${integer(quality.fittingCut)} of ${integer(quality.fitting)}`,
          ),
          row('mean piece, tokens', ({ quality }) => integer(quality.meanPieceLength)),
          row('mean context, tokens', ({ quality }) => integer(quality.meanContextLength)),
          row('pieces', ({ quality }) => integer(quality.pieces)),
          row('pieces per row', ({ quality, ledger }) =>
            (quality.pieces / Math.max(1, ledger.rows)).toFixed(1),
          ),
          row(
            'padding, tokens',
            ({ ledger }) =>
              `${integer(ledger.padding)} (${percent(ledger.padding / Math.max(1, ledger.rowTokens))})`,
          ),
          row('disk', ({ bytes: size }) => bytes(size)),
        ],
      },
    ],
  });
}

/** If the training rows have several sets, the table shows each set; the chart shows all sets together. */
export async function ledgerSection(draw: Draw, { sets, ledger: whole }: ArmData): Promise<Markup> {
  const several = sets.filter(({ split }) => split === 'train').length > 1;
  const together = several ? [{ name: 'train', ledger: whole }] : [];
  const drawn = several ? [...together, ...sets.filter(({ split }) => split !== 'train')] : sets;
  const panels: Markup[] = [];
  for (const { name, ledger } of drawn) {
    const chart = await draw(ledgerChart(ledger), {
      title: `${name}: from the tokens read to the tokens in rows`,
      description: `${ledgerSteps(ledger)
        .map(({ name: step, from, to }) => `${step}: ${integer(to - from)}`)
        .join(', ')}.`,
    });
    panels.push(figure(`${name}: from read to packed`, chart));
  }
  return html`${keys([
    ['before', 'read'],
    ['lost', 'left out'],
    ['after', 'in the rows'],
    ['more', 'repeated'],
    ['idle', 'special tokens, padding'],
  ])}${flow([grid(panels), ledgerTable([...together, ...sets])])}`;
}

function ledgerTable(sets: readonly Pick<SetData, 'name' | 'ledger'>[]): Markup {
  const row = (title: string, show: (ledger: Ledger) => number) => [
    title,
    ...sets.map(({ ledger }) => integer(show(ledger))),
  ];
  const used = dropReasons.filter((reason) => sets.some(({ ledger }) => (ledger.dropped[reason] ?? 0) > 0));
  return htmlTable({
    caption: 'The ledger, tokens: read = packed once + all that was left out; rows × width = the rest',
    columns: ['', ...sets.map(({ name }) => name)],
    groups: [
      {
        rows: [
          row('read', ({ read }) => read),
          ...used.map((reason) => row(`− ${reasonNames[reason]}`, ({ dropped }) => dropped[reason] ?? 0)),
        ],
      },
      {
        rows: [
          row('= packed, once', ({ packedOnce }) => packedOnce),
          row('+ repeats', ({ packedInstances, packedOnce }) => packedInstances - packedOnce),
          row('+ special tokens', ({ specialTokens }) => specialTokens),
          row('+ padding', ({ padding }) => padding),
        ],
      },
      {
        rows: [row('= rows × width', ({ rowTokens }) => rowTokens)],
        total: true,
      },
      ...(sets.some(({ ledger }) => ledger.learned !== undefined)
        ? [{ rows: [row('learned', ({ learned, rowTokens, padding }) => learned ?? rowTokens - padding)] }]
        : []),
      {
        rows: [
          row('documents read', ({ documents }) => documents),
          row('documents in the rows', ({ packedDocuments }) => packedDocuments),
        ],
      },
    ],
  });
}

/** Draws the chart for a wide and for a narrow page, because one isn't readable on both; the style sheet shows one. */
export async function phasesSection(draw: Draw, { phases, sets }: ArmData): Promise<Markup> {
  const stretches = phases.map(
    ({ name }): Stretch => ({
      name,
      sets: sets
        .filter(({ phase }) => phase === name)
        .map(({ width, ledger }) => ({ width, tokens: ledger.rowTokens })),
    }),
  );
  const words = {
    title: 'Row length over the training run',
    description: stretches
      .map(
        ({ name, sets: mine }) =>
          `${name}: ${mine.map(({ width, tokens }) => `${compact(tokens)} tokens in rows of ${length(width)}`).join(', ')}.`,
      )
      .join(' '),
  };
  const [wide, narrow] = [
    await draw(phaseChart(stretches, 960), words),
    await draw(phaseChart(stretches, 260), words),
  ];
  return html`<div class="wide">${figure('Length of rows over the training run', wide)}</div>
<div class="narrow">${figure('Length of rows over the training run', narrow)}</div>
${phasesTable(stretches)}`;
}

function phasesTable(stretches: readonly Stretch[]): Markup {
  const total = stretches.flatMap(({ sets }) => sets).reduce((sum, { tokens }) => sum + tokens, 0);
  return htmlTable({
    caption: 'Phases of the training run',
    columns: ['phase', 'tokens per row', 'rows', 'tokens', 'share of the run'],
    groups: stretches.map(({ name, sets }) => ({
      head: name,
      rows: sets.map(({ width, tokens }) => [
        length(width),
        integer(tokens / width),
        integer(tokens),
        percent(tokens / Math.max(1, total)),
      ]),
    })),
  });
}
