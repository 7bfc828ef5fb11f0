/** Shows cells as tables: all their figures, the figures of sources, redistributed tokens, and epochs as a heat map. */

import { bucketName } from '../../base/bucket-name.ts';
import { integer, percent } from '../../base/words.ts';
import type { Cell, PlannedCell } from '../../nouns/mix.ts';
import { type HtmlCell, htmlTable, type TableGroup } from './html-table.ts';
import { html, type Markup } from './markup.ts';
import { epochsOf, share, sum } from './sums.ts';

export function cellsTable(cells: readonly Cell[]): Markup {
  const whole = sum(cells, ({ tokens }) => tokens);
  return htmlTable({
    caption: 'Documents and tokens of every cell',
    columns: ['source', 'length, tokens', 'documents', 'tokens', 'share'],
    groups: groups(cells, (mine) => [
      integer(sum(mine, ({ documents }) => documents)),
      integer(sum(mine, ({ tokens }) => tokens)),
      part(mine, ({ tokens }) => tokens, whole),
    ]),
  });
}

export function plannedTable(cells: readonly PlannedCell[]): Markup {
  const total = (mine: readonly PlannedCell[], pick: (cell: PlannedCell) => number) =>
    integer(sum(mine, pick));
  const before = sum(cells, ({ tokens }) => tokens);
  const after = sum(cells, ({ achieved }) => achieved);
  return htmlTable({
    caption:
      'Every cell: what there is, what was asked for, what the mix has (tokens unless it says otherwise)',
    columns: [
      'source',
      'length, tokens',
      'documents',
      'tokens',
      'share',
      'usable',
      'requested',
      'redistributed',
      'documents taken',
      'achieved',
      'share',
      'epochs asked',
      'epochs',
    ],
    groups: groups(cells, (mine) => {
      const usable = sum(mine, (cell) => cell.usable);
      const achieved = sum(mine, (cell) => cell.achieved);
      const asked = sum(mine, ({ requested, redistributed }) => requested + redistributed);
      return [
        total(mine, ({ documents }) => documents),
        total(mine, ({ tokens }) => tokens),
        part(mine, ({ tokens }) => tokens, before),
        integer(usable),
        total(mine, ({ requested }) => requested),
        signed(sum(mine, ({ redistributed }) => redistributed)),
        total(mine, ({ taken }) => taken),
        integer(achieved),
        part(mine, (cell) => cell.achieved, after),
        share(asked, usable).toFixed(2),
        epochsOf({ achieved, usable }).toFixed(2),
      ];
    }),
  });
}

/** Returns a group per source with its sum, then the sum of all. */
function groups<C extends Cell & { readonly long?: boolean }>(
  cells: readonly C[],
  figures: (mine: readonly C[]) => HtmlCell[],
): TableGroup[] {
  const sources = [...new Set(cells.map(({ source }) => source))];
  return [
    ...sources.map((source) => {
      const mine = cells.filter((cell) => cell.source === source);
      const lines = mine.map((cell) => [
        `${bucketName(cell.bucket)}${cell.long === true ? ' long' : ''}`,
        ...figures([cell]),
      ]);
      return { head: source, rows: mine.length === 1 ? lines : [...lines, ['all', ...figures(mine)]] };
    }),
    { rows: [['all sources', ...figures(cells)]], total: true },
  ];
}

/** Shares by source, then of long and short documents. */
export function sharesTable(cells: readonly PlannedCell[]): Markup {
  const [before, asked, after] = [
    sum(cells, ({ tokens }) => tokens),
    sum(cells, ({ requested }) => requested),
    sum(cells, ({ achieved }) => achieved),
  ];
  const line = (name: string, mine: readonly PlannedCell[]): string[] => {
    const achieved = sum(mine, (cell) => cell.achieved);
    return [
      name,
      part(mine, ({ tokens }) => tokens, before),
      part(mine, ({ requested }) => requested, asked),
      part(mine, (cell) => cell.achieved, after),
      integer(achieved),
      epochsOf({ achieved, usable: sum(mine, ({ usable }) => usable) }).toFixed(2),
    ];
  };
  return htmlTable({
    caption: 'Shares of tokens, in figures',
    columns: ['', 'corpus', 'requested', 'achieved', 'tokens achieved', 'epochs'],
    groups: shareGroups(cells).map((members) => ({
      rows: members.map(({ name, cells: mine }) => line(name, mine)),
    })),
  });
}

/** Groups cells by source, and by long and short if a length rule distinguishes them. */
export function shareGroups(
  cells: readonly PlannedCell[],
): { readonly name: string; readonly cells: readonly PlannedCell[] }[][] {
  const sources = [...new Set(cells.map(({ source }) => source))].map((name) => ({
    name,
    cells: cells.filter(({ source }) => source === name),
  }));
  if (!cells.some(({ long }) => long)) return [sources];
  return [
    sources,
    [
      { name: 'short documents', cells: cells.filter(({ long }) => !long) },
      { name: 'long documents', cells: cells.filter(({ long }) => long) },
    ],
  ];
}

/** Shows the cells whose request changed because cells had too few tokens. */
export function movedTable(cells: readonly PlannedCell[]): Markup {
  return htmlTable({
    caption: 'Cells whose request changed, tokens',
    columns: ['source', 'length, tokens', 'requested', 'redistributed', 'achieved'],
    groups: [...new Set(cells.map(({ source }) => source))].map((source) => ({
      head: source,
      rows: cells
        .filter((cell) => cell.source === source)
        .map(({ bucket, requested, redistributed, achieved }) => [
          bucketName(bucket),
          integer(requested),
          signed(redistributed),
          integer(achieved),
        ]),
    })),
  });
}

/**
 * Sources are rows, lengths are columns. The colour shows whether a cell is used less or more than once, and how far.
 */
export function epochsTable(cells: readonly PlannedCell[]): Markup {
  const names = new Map(
    [...cells]
      .sort((a, b) => a.bucket.from - b.bucket.from)
      .map(({ bucket }) => [bucketName(bucket), bucket]),
  );
  return htmlTable({
    caption: 'Epochs by source and length of document',
    columns: ['source', ...names.keys()],
    groups: [
      {
        rows: [...new Set(cells.map(({ source }) => source))].map((source) => [
          source,
          ...[...names.keys()].map((name) => {
            const cell = cells.find((one) => one.source === source && bucketName(one.bucket) === name);
            return cell === undefined ? '' : epochsCell(epochsOf(cell));
          }),
        ]),
      },
    ],
  });
}

function epochsCell(epochs: number): Markup {
  const once = Math.abs(epochs - 1) < 0.005;
  const step =
    epochs === 0 ? 0 : once ? 3 : epochs < 0.5 ? 1 : epochs < 1 ? 2 : epochs <= 2 ? 4 : epochs <= 4 ? 5 : 6;
  return html`<span class="epochs" style="--c:var(--epochs-${step})">${epochs.toFixed(2)}</span>`;
}

function part<C>(mine: readonly C[], tokens: (cell: C) => number, whole: number): string {
  return whole === 0 ? '-' : percent(sum(mine, tokens) / whole);
}

function signed(tokens: number): string {
  const rounded = Math.round(tokens);
  return rounded === 0 ? '0' : `${rounded < 0 ? '−' : '+'}${integer(Math.abs(rounded))}`;
}
