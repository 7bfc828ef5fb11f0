/** Figures of document lengths: all sources on top of each other, and one panel per source. */

import { bucketName } from '../../base/bucket-name.ts';
import { percent } from '../../base/words.ts';
import type { Cell } from '../../nouns/mix.ts';
import { lengthAxis } from './axes.ts';
import type { Draw } from './draw.ts';
import { figure, grid, keys, swatch } from './figure.ts';
import { htmlTable } from './html-table.ts';
import {
  type LengthFrame,
  type LengthShare,
  lengthBars,
  lengthStack,
  mostOf,
  type Series,
} from './length-charts.ts';
import { html, type Markup } from './markup.ts';
import { type Source, share, sourceGroups, sum } from './sums.ts';

/** A view of the cells: the tokens that the corpus has, or those that the mix takes. */
export interface View<C extends Cell> {
  readonly name: string;
  readonly title: string;
  readonly colour: string;
  readonly tokens: (cell: C) => number;
}

/** The most sources with a panel. The tables have all sources. */
const mostPanels = 24;

/** Draws a stack per view, the colour key, and a panel per source that compares the views. */
export async function lengthFigures<C extends Cell>(
  draw: Draw,
  cells: readonly C[],
  sources: readonly Source[],
  views: readonly View<C>[],
  threshold: number | null,
): Promise<Markup> {
  const present = sources.filter(({ name }) => cells.some(({ source }) => source === name));
  const frame = stackFrame([cells], views, threshold);
  const stacks: Markup[] = [];
  for (const view of views) stacks.push(await stackFigure(draw, cells, present, view, frame));
  const panels = await sourcePanels(draw, cells, present.slice(0, mostPanels), views, frame);
  return html`${grid([...stacks, sourceKeys(cells, present, views)])}
${panels.length > 1 ? html`<p class="lead">Source by source, % of a source’s own tokens</p>${views.length < 2 ? null : keys(views.map(({ colour, name }) => [colour, name]))}${grid(panels)}` : null}${
  present.length > mostPanels
    ? html`<p class="note">The ${mostPanels} largest of ${present.length} sources; the tables have all.</p>`
    : null
}`;
}

/** Makes common axes for the stacks of several mixes. */
export function stackFrame<C extends Cell>(
  mixes: readonly (readonly C[])[],
  views: readonly View<C>[],
  threshold: number | null,
): LengthFrame {
  const axis = lengthAxis(mixes.flat().map(({ bucket }) => bucket));
  const heights = mixes.flatMap((cells) => views.map((view) => mostOf(byBucket(cells, view.tokens))));
  return { axis, most: Math.max(0, ...heights), threshold };
}

export async function stackFigure<C extends Cell>(
  draw: Draw,
  cells: readonly C[],
  sources: readonly Source[],
  { title, tokens }: View<C>,
  frame: LengthFrame,
): Promise<Markup> {
  const whole = sum(cells, tokens);
  const series = sources.map(({ name: source, colour }): Series => {
    const mine = cells.filter((cell) => cell.source === source);
    return {
      colour,
      shares: mine.map((cell) => ({ bucket: cell.bucket, share: share(tokens(cell), whole) })),
    };
  });
  const chart = await draw(lengthStack(series, frame), {
    title: `${title}: tokens by length of document and source`,
    description: inWords(byBucket(cells, tokens)),
  });
  return figure(`${title}, % of all tokens`, chart);
}

/** Each panel has its own scale, because it compares the views of one source; the stacks compare sources. */
async function sourcePanels<C extends Cell>(
  draw: Draw,
  cells: readonly C[],
  sources: readonly Source[],
  views: readonly View<C>[],
  { axis, threshold }: LengthFrame,
): Promise<Markup[]> {
  const figures: Markup[] = [];
  for (const { name } of sources) {
    const mine = cells.filter(({ source }) => source === name);
    const series = views.map(({ colour, tokens }) => ({ colour, shares: byBucket(mine, tokens) }));
    const most = Math.max(...series.map(({ shares }) => mostOf(shares)));
    const chart = await draw(lengthBars(series, { axis, most, threshold }), {
      title: `${name}: tokens by length of document`,
      description: series.map(({ shares }, i) => `${views[i]!.name}: ${inWords(shares)}`).join(' '),
    });
    figures.push(figure(name, chart));
  }
  return figures;
}

/** Explains which colour is which source, with the source's share in each view. */
function sourceKeys<C extends Cell>(
  cells: readonly C[],
  sources: readonly Source[],
  views: readonly View<C>[],
): Markup {
  return htmlTable({
    caption: 'Sources, % of all tokens',
    columns: ['source', ...views.map(({ name }) => name)],
    groups: [
      {
        rows: sourceGroups(sources).map(({ name, colour, members }) => [
          html`${swatch(colour)}${name}`,
          ...views.map(({ tokens }) => {
            const mine = cells.filter(({ source }) => members.includes(source));
            return percent(share(sum(mine, tokens), sum(cells, tokens)));
          }),
        ]),
      },
    ],
  });
}

/** Returns each bucket's share of the tokens of all these cells, by length. */
function byBucket<C extends Cell>(cells: readonly C[], tokens: (cell: C) => number): LengthShare[] {
  const whole = sum(cells, tokens);
  const sums = new Map<string, LengthShare>();
  for (const cell of cells) {
    const key = `${cell.bucket.from} ${cell.bucket.to}`;
    const before = sums.get(key)?.share ?? 0;
    sums.set(key, { bucket: cell.bucket, share: before + share(tokens(cell), whole) });
  }
  return [...sums.values()].sort((a, b) => a.bucket.from - b.bucket.from);
}

function inWords(shares: readonly LengthShare[]): string {
  const parts = shares.filter((one) => one.share > 0);
  return `${parts.map(({ bucket, share: part }) => `${bucketName(bucket)} tokens: ${percent(part)}`).join(', ')}.`;
}
