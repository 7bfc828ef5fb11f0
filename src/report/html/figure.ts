/** The surroundings of charts: captions, colour keys, grids of panels. */
import type { LineStyle } from './curve-charts.ts';
import { html, type Markup, trusted } from './markup.ts';

export function figure(caption: string, chart: Markup): Markup {
  return html`<figure><figcaption>${caption}</figcaption>${chart}</figure>
`;
}

export function grid(panels: readonly Markup[]): Markup {
  return html`<div class="grid">
${panels}</div>
`;
}

/** Puts figures and tables side by side, as many as fit. */
export function flow(parts: readonly Markup[]): Markup {
  return html`<div class="flow">
${parts}</div>
`;
}

/** Explains the colours. `tick`: the mark of the request. */
export function keys(entries: readonly (readonly [colour: string, meaning: string])[]): Markup {
  return html`<p class="keys">${entries.map(([colour, meaning]) => html`<span>${swatch(colour)}${meaning}</span> `)}</p>
`;
}

export function swatch(colour: string): Markup {
  return html`<i class="swatch ${colour === 'tick' ? 'tick' : null}" style="--c:var(--${colour === 'tick' ? 'ink' : colour})"></i>`;
}

/** Explains the lines by their colours and dashes. */
export function lineKeys(lines: readonly (LineStyle & { readonly name: string })[]): Markup {
  const line = ({ colour, dash: [on, off] }: LineStyle) =>
    html`<i class="swatch line" style="--c:var(--${colour});--on:${on}px;--all:${on + off}px"></i>`;
  return html`<p class="keys">${lines.map((one) => html`<span>${line(one)}${one.name}</span> `)}</p>
`;
}

export function heading(level: number, text: string): Markup {
  const name = trusted(`h${level}`);
  return html`<${name}>${text}</${name}>
`;
}

export function folded(summary: string, body: Markup): Markup {
  return html`<details><summary>${summary}</summary>
${body}</details>
`;
}
