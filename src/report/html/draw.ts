/**
 * Draws Vega-Lite specs as SVG without a browser. vega and vega-lite are loaded when the first page is made, so that
 * other commands don't pay for them (0.2 s).
 *
 * Text is never measured, even if node-canvas is installed, so that a page has the same bytes on every machine. Hence
 * charts set the places of their axes themselves, and must leave enough room for every label. Colours are CSS
 * variables, which the page sets for light and dark. A chart is drawn in pixels; it shrinks with the page, but never
 * grows.
 */
import type { TopLevelSpec } from 'vega-lite';
import { html, type Markup, trusted } from './markup.ts';

export interface Chart {
  /** Size of the plot itself, and the room around it. */
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

/** The text that assistive technology reads instead of the chart. */
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

/** Returns a function that draws the charts of one page. It numbers them, because ids on a page must be unique. */
export async function drawer(): Promise<Draw> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  // vega's types lack this part of its documented interface.
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

/** Removes the outermost element and invisible parts from Vega's SVG, half of its bytes. Text stays as it is. */
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
