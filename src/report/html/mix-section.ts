/**
 * The mix of a phase: lengths before and after, requested and achieved shares, epochs per cell, redistributed tokens.
 */

import { compact, counted, integer, length, percent } from '../../base/words.ts';
import type { PlannedCell } from '../../nouns/mix.ts';
import { thresholdOf } from '../common-threshold.ts';
import { epochsTable, movedTable, plannedTable, shareGroups, sharesTable } from './cell-tables.ts';
import type { Draw } from './draw.ts';
import { figure, folded, heading, keys } from './figure.ts';
import { lengthFigures, type View } from './length-figures.ts';
import { html, type Markup } from './markup.ts';
import { type ShareLine, shareChart } from './share-chart.ts';
import { type Source, share, sum } from './sums.ts';

export const corpusView: View<PlannedCell> = {
  name: 'corpus',
  title: 'The corpus',
  colour: 'before',
  tokens: ({ tokens }) => tokens,
};
export const mixView: View<PlannedCell> = {
  name: 'mix',
  title: 'The mix',
  colour: 'after',
  tokens: ({ achieved }) => achieved,
};

export async function mixSection(
  draw: Draw,
  cells: readonly PlannedCell[],
  sources: readonly Source[],
  level: number,
): Promise<Markup> {
  const moved = cells.filter(({ redistributed }) => redistributed !== 0);
  const threshold = thresholdOf(cells);
  return html`${summary(cells, threshold)}${heading(level, 'Lengths of documents, before and after')}
${await lengthFigures(draw, cells, sources, [corpusView, mixView], threshold)}
${heading(level, 'Shares, asked for and achieved')}
${shareKeys}<div class="beside">${await sharesFigure(draw, cells)}${sharesTable(cells)}</div>
${heading(level, 'Epochs of each cell')}
<p>How often the tokens of a cell are in the mix: 1.00 is each once; below, documents are left out; above, they are repeated.</p>
${epochsTable(cells)}
${moved.length === 0 ? html`<p>Nothing had to be redistributed: no cell ran out.</p>` : html`<p>Cells that ran out, and the cells that made up for them:</p>${movedTable(moved)}`}
${folded(`All figures of ${counted(cells.length, 'cell')}`, plannedTable(cells))}`;
}

function summary(cells: readonly PlannedCell[], threshold: number | null): Markup {
  const [before, after] = [sum(cells, corpusView.tokens), sum(cells, mixView.tokens)];
  const long = cells.filter((cell) => cell.long);
  const longShare = ({ tokens }: View<PlannedCell>) => percent(share(sum(long, tokens), sum(cells, tokens)));
  const documents = sum(cells, (cell) => cell.documents);
  const taken = sum(cells, (cell) => cell.taken);
  const asked = sum(cells, ({ requested }) => requested);
  return html`<p>The mix takes ${compact(after)} tokens from ${integer(taken)} of ${counted(documents, 'training document')} (${compact(before)} tokens); the recipe asked for ${compact(asked)}.${
    threshold === null
      ? null
      : html` Documents of at least ${length(threshold)} tokens have <b>${longShare(corpusView)}</b> of the corpus and <b>${longShare(mixView)}</b> of the mix.`
  }</p>
`;
}

export const shareKeys: Markup = keys([
  ['before', 'corpus'],
  ['tick', 'requested'],
  ['after', 'achieved'],
]);

/** `most`: the largest share in any of the charts to compare; by default in this one. */
export async function sharesFigure(
  draw: Draw,
  cells: readonly PlannedCell[],
  caption = 'Shares of tokens',
  most: number = mostShare(cells),
): Promise<Markup> {
  const lines = shareLines(cells);
  const chart = await draw(shareChart(lines, most), {
    title: caption,
    description: lines
      .map(
        ({ name, before, requested, achieved }) =>
          `${name}: ${percent(before)} of the corpus, ${percent(requested)} requested, ${percent(achieved)} achieved.`,
      )
      .join(' '),
  });
  return figure(caption, chart);
}

export function mostShare(cells: readonly PlannedCell[]): number {
  return Math.max(...shareLines(cells).flatMap((line) => [line.before, line.requested, line.achieved]));
}

function shareLines(cells: readonly PlannedCell[]): ShareLine[] {
  const of = (mine: readonly PlannedCell[], pick: (cell: PlannedCell) => number) =>
    share(sum(mine, pick), sum(cells, pick));
  return shareGroups(cells)
    .flat()
    .map(({ name, cells: mine }) => ({
      name,
      before: of(mine, ({ tokens }) => tokens),
      requested: of(mine, ({ requested }) => requested),
      achieved: of(mine, ({ achieved }) => achieved),
    }));
}
