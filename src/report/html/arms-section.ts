/** Arms side by side: their figures, where their recipes differ, and their mixes on the same axes. */
import { armLines } from '../arm-figures.ts';
import { thresholdOf } from '../common-threshold.ts';
import type { ArmChanges, ArmData } from './data.ts';
import type { Draw } from './draw.ts';
import { grid, heading, keys } from './figure.ts';
import { type HtmlCell, htmlTable } from './html-table.ts';
import { stackFigure, stackFrame } from './length-figures.ts';
import { html, type Markup } from './markup.ts';
import { corpusView, mixView, mostShare, shareKeys, sharesFigure } from './mix-section.ts';
import { type Source, sourceGroups } from './sums.ts';

export async function armsSection(
  draw: Draw,
  arms: readonly ArmData[],
  ablation: ArmChanges | null,
  sources: readonly Source[],
): Promise<Markup> {
  const mixes = arms.map(({ name, phases }) => ({ name, cells: phases.flatMap(({ cells }) => cells) }));
  const lengths: Markup[] = [];
  const shares: Markup[] = [];
  const allCells = mixes.map(({ cells }) => cells);
  const most = Math.max(...allCells.map(mostShare));
  // Draw the threshold as a rule only if all arms have the same.
  const thresholds = [...new Set(allCells.map(thresholdOf))];
  const frame = stackFrame(allCells, [corpusView, mixView], thresholds.length === 1 ? thresholds[0]! : null);
  lengths.push(await stackFigure(draw, arms[0]!.phases[0]!.cells, sources, corpusView, frame));
  for (const { name, cells } of mixes) {
    lengths.push(await stackFigure(draw, cells, sources, { ...mixView, title: name }, frame));
    shares.push(await sharesFigure(draw, cells, name, most));
  }
  return html`${ablation === null ? null : html`${heading(3, 'What differs in the recipes')}${changesTable(ablation)}`}
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

function changesTable({ base, arms }: ArmChanges): Markup {
  const changed = Object.keys(base);
  if (changed.length === 0) return html`<p>The recipes are the same.</p>`;
  const code = (text: string): Markup => html`<code>${text}</code>`;
  const cell = (value: unknown): HtmlCell => (value === null ? 'not set' : code(asYaml(value)));
  const rows = changed.map((key) => [
    code(key),
    cell(base[key]),
    ...arms.map(({ changes }) => (Object.hasOwn(changes, key) ? cell(changes[key]) : '')),
  ]);
  return htmlTable({
    caption: 'Keys that the arms change, as written; empty: as in the base',
    columns: ['key', 'base', ...arms.map(({ name }) => name)],
    groups: [{ rows }],
  });
}

/** Writes a value as YAML on one line. */
function asYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${asYaml(inner)}`);
  return `{ ${entries.join(', ')} }`;
}
