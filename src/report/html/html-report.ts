/**
 * The report as one self-contained page: no script, no network, and the same bytes for the same data. Charts are SVG,
 * and tables beside them have their figures. Cost: 0.2 s to load vega, and some 10 ms per chart.
 */
import { withCommonThreshold } from '../common-threshold.ts';
import { armsSection } from './arms-section.ts';
import { cellsTable } from './cell-tables.ts';
import type { ArmData, CorpusData, ReportData, TrainingData } from './data.ts';
import { type Draw, drawer } from './draw.ts';
import { folded, heading } from './figure.ts';
import { header } from './header.ts';
import { lengthFigures } from './length-figures.ts';
import { html, type Markup, trusted } from './markup.ts';
import { mixSection } from './mix-section.ts';
import { ledgerSection, packingSection, phasesSection } from './rows-sections.ts';
import { styleSheet } from './style.ts';
import { type Source, sourcesBySize } from './sums.ts';
import { trainingSection } from './training-section.ts';

export async function htmlReport(given: ReportData): Promise<string> {
  const data = { ...given, arms: withCommonThreshold(given.arms) };
  const { arms, corpora } = data;
  const draw = await drawer();
  const sources = sourcesBySize(
    [...corpora, ...arms.flatMap(({ phases }) => phases)].map(({ cells }) => cells),
  );
  const sections: Section[] = [];
  for (const [i, corpus] of corpora.entries())
    sections.push({
      id: `corpus-${i + 1}`,
      title: corpora.length === 1 ? 'Lengths of documents' : corpus.name,
      body: await corpusBody(draw, corpus, sources),
    });
  const learned = await trainingSections(draw, data.training);
  if (arms.length === 1) sections.push(...(await armSections(draw, arms[0]!, sources, 2)), ...learned);
  else if (arms.length > 1) sections.push(...(await ablationSections(draw, data, sources, learned)));
  return page(data, sections).markup;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Markup;
}

async function ablationSections(
  draw: Draw,
  { arms, ablation }: ReportData,
  sources: readonly Source[],
  learned: readonly Section[],
): Promise<Section[]> {
  const warnings = arms.flatMap((arm) => arm.warnings.map((warning) => html`<b>${arm.name}:</b> ${warning}`));
  const each: Markup[] = [];
  for (const [i, arm] of arms.entries()) {
    const sections = await armSections(draw, { ...arm, warnings: [] }, sources, 3);
    each.push(folded(arm.name, html`${sections.map((section) => shown(section, 3, `arm-${i + 1}-`))}`));
  }
  return [
    ...warningSections(warnings),
    { id: 'arms', title: 'Arms side by side', body: await armsSection(draw, arms, ablation, sources) },
    ...learned,
    { id: 'each', title: 'Arm by arm', body: html`${each}` },
  ];
}

async function trainingSections(draw: Draw, training: TrainingData | null): Promise<Section[]> {
  if (training === null) return [];
  return [{ id: 'training', title: 'What the arms learned', body: await trainingSection(draw, training) }];
}

function warningSections(warnings: readonly (string | Markup)[]): Section[] {
  if (warnings.length === 0) return [];
  const body = html`<ul class="warnings">${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>
`;
  return [{ id: 'warnings', title: 'Warnings', body }];
}

/** @param level heading level of the sections */
async function armSections(
  draw: Draw,
  arm: ArmData,
  sources: readonly Source[],
  level: number,
): Promise<Section[]> {
  const { phases, sets, warnings, recipe } = arm;
  const sections: Section[] = warningSections(warnings);
  const several = phases.length > 1 || sets.filter(({ split }) => split === 'train').length > 1;
  if (several) sections.push({ id: 'phases', title: 'Phases', body: await phasesSection(draw, arm) });
  for (const [i, { name, cells }] of phases.entries()) {
    const title = phases.length === 1 ? 'The mix' : `The mix of ${name}`;
    sections.push({ id: `mix-${i + 1}`, title, body: await mixSection(draw, cells, sources, level + 1) });
  }
  sections.push(
    { id: 'packing', title: 'Packing', body: await packingSection(draw, sets) },
    { id: 'ledger', title: 'Where the tokens went', body: await ledgerSection(draw, arm) },
    { id: 'recipe', title: 'Recipe', body: recipeBody(recipe) },
  );
  return sections;
}

async function corpusBody(draw: Draw, { cells }: CorpusData, sources: readonly Source[]): Promise<Markup> {
  if (cells.length === 0) return html`<p>There are no documents here.</p>`;
  const view = {
    name: 'tokens',
    title: 'All sources',
    colour: 'after',
    tokens: ({ tokens }: { tokens: number }) => tokens,
  };
  return html`${await lengthFigures(draw, cells, sources, [view], null)}${cellsTable(cells)}`;
}

function recipeBody(recipe: unknown): Markup {
  return folded(
    'As it was understood, defaults filled in',
    html`<pre tabindex="0">${JSON.stringify(recipe, null, 2)}</pre>`,
  );
}

function shown({ id, title, body }: Section, level: number, prefix = ''): Markup {
  return html`<section id="${prefix}${id}">
${heading(level, title)}${body}</section>
`;
}

/**
 * The policy forbids everything that the page doesn't need, so that even an escaping bug can't load or run anything.
 */
function page(data: ReportData, sections: readonly Section[]): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${data.title} - longmix</title>
<style>${trusted(styleSheet())}</style>
</head>
<body>
${header(data)}
${sections.length < 2 ? null : html`<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`}
<main>
${sections.map((section) => shown(section, 2))}</main>
<footer>Made by longmix. K, M and B of tokens are powers of ten; lengths such as 8K are powers of two.</footer>
</body>
</html>
`;
}
