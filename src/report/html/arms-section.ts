/** Arms side by side: their figures, where their recipes differ, and their mixes on the same axes. */
import { armLines } from '../arm-figures.ts';
import { thresholdOf } from '../common-threshold.ts';
import type { ArmData } from './data.ts';
import type { Draw } from './draw.ts';
import { grid, heading, keys } from './figure.ts';
import { type HtmlCell, htmlTable } from './html-table.ts';
import { stackFigure, stackFrame } from './length-figures.ts';
import { html, type Markup } from './markup.ts';
import { corpusView, mixView, mostShare, shareKeys, sharesFigure } from './mix-section.ts';
import { recipeDifferences } from './recipe-differences.ts';
import { type Source, sourceGroups } from './sums.ts';

export async function armsSection(
  draw: Draw,
  arms: readonly ArmData[],
  sources: readonly Source[],
): Promise<Markup> {
  const mixes = arms.map(({ name, phases }) => ({ name, cells: phases.flatMap(({ cells }) => cells) }));
  const lengths: Markup[] = [];
  const shares: Markup[] = [];
  const allCells = mixes.map(({ cells }) => cells);
  const most = Math.max(...allCells.map(mostShare));
  // A rule is drawn where all arms have the same.
  const thresholds = [...new Set(allCells.map(thresholdOf))];
  const frame = stackFrame(allCells, [corpusView, mixView], thresholds.length === 1 ? thresholds[0]! : null);
  lengths.push(await stackFigure(draw, arms[0]!.phases[0]!.cells, sources, corpusView, frame));
  for (const { name, cells } of mixes) {
    lengths.push(await stackFigure(draw, cells, sources, mixView, frame, name));
    shares.push(await sharesFigure(draw, cells, name, most));
  }
  return html`${heading(3, 'What differs in the recipes')}${differencesTable(arms)}
${heading(3, 'Figures')}${figuresTable(arms)}
${heading(3, 'Lengths of documents')}${keys(sourceGroups(sources).map(({ name, colour }) => [colour, name]))}${grid(lengths)}
${heading(3, 'Shares')}${shareKeys}${grid(shares)}`;
}

function figuresTable(arms: readonly ArmData[]): Markup {
  return htmlTable({
    caption: 'The arms in figures: the mix, its lengths, its rows, what was left out (training rows only)',
    columns: ['', ...arms.map(({ name }) => name)],
    groups: armLines(arms).map((lines) => ({
      rows: lines.map(({ title, values }) => [title, ...values]),
    })),
  });
}

function differencesTable(arms: readonly ArmData[]): Markup {
  const differences = recipeDifferences(arms.map(({ recipe }) => recipe)).filter(
    ({ path }) => path !== 'name',
  );
  if (differences.length === 0) return html`<p>The recipes are the same.</p>`;
  const value = (text: string | null): HtmlCell =>
    text === null ? '' : html`<code>${text.replace(/^"(.*)"$/, '$1')}</code>`;
  return htmlTable({
    caption: 'Keys whose values are not the same in all arms',
    columns: ['key', ...arms.map(({ name }) => name)],
    groups: [
      { rows: differences.map(({ path, values }) => [html`<code>${path}</code>`, ...values.map(value)]) },
    ],
  });
}
