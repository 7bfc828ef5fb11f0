/**
 * Vega-Lite specs to SVG without a browser. vega and vega-lite are loaded when the first page is made, because every
 * other command would pay for them (0.2 s).
 *
 * Text is never measured, not even where node-canvas is installed, so that a page is the same bytes on every machine;
 * hence charts say where their axes go, and no label may need more room than they left for it. Colours are CSS
 * variables, which the page sets for light and for dark. A chart is drawn in pixels and shrinks with the page, never grows.
 */
import type { TopLevelSpec } from 'vega-lite';
import { html, type Markup, trusted } from './markup.ts';

export interface Chart {
  /** The plot itself, and the room around it. */
  readonly width: number;
  readonly height: number;
  readonly padding: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly layer: Extract<TopLevelSpec, { layer: unknown }>['layer'];
}

/** What assistive technology reads in place of the chart. */
export interface Words {
  readonly title: string;
  readonly description: string;
}

export type Draw = (chart: Chart, words: Words) => Promise<Markup>;

const fontSize = 11;

const config: NonNullable<TopLevelSpec['config']> = {
  aria: false,
  background: 'transparent',
  view: { stroke: 'transparent' },
  text: { fontSize, color: 'var(--ink)' },
  axis: {
    labelFontSize: fontSize,
    titleFontSize: fontSize,
    titleFontWeight: 'normal',
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    domainColor: 'var(--rule)',
    gridColor: 'var(--rule)',
    tickColor: 'var(--rule)',
    labelBound: false,
    labelLimit: 0,
    titleLimit: 0,
  },
};

/** A drawer for one page: it numbers what it draws, because ids on a page are unique. */
export async function drawer(): Promise<Draw> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  // Not in vega's types, but in its documented interface.
  const { textMetrics } = vega as unknown as { textMetrics: { canvas(use: boolean): void } };
  textMetrics.canvas(false);
  let drawn = 0;
  return async (chart, { title, description }) => {
    const { width, height, padding } = chart;
    const { spec } = compile({ ...chart, config, autosize: { type: 'none' } });
    const svg = await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
    const [w, h] = [width + padding.left + padding.right, height + padding.top + padding.bottom];
    drawn += 1;
    const id = `chart-${drawn}`;
    return html`<svg role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${trusted(slim(svg))}</svg>`;
  };
}

/** Vega's SVG without its outermost element and without what makes no mark: half of the bytes. Text is left as it is. */
function slim(svg: string): string {
  return svg
    .replace(/^<svg[^>]*>|<\/svg>$/g, '')
    .replace(/<path class="(background|foreground)"[^>]*\/>/g, '')
    .replace(/<[^>]+>/g, (tag) =>
      tag.replace(
        / ((class|font-family|pointer-events|aria-[a-z]+|role|stroke-miterlimit)="[^"]*"|opacity="1")/g,
        '',
      ),
    )
    .replace(/<g( transform="translate\(0,0\)")?><\/g>/g, '');
}
