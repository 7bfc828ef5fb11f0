/** Tables for screen readers, too: with a caption, and a scope on every head. Wide tables scroll without the page. */
import { html, type Markup } from './markup.ts';

export type HtmlCell = string | Markup;

export interface HtmlTable {
  readonly caption: string;
  /** The first column heads the rows; if groups have a head, the first two do. */
  readonly columns: readonly string[];
  readonly groups: readonly TableGroup[];
}

export interface TableGroup {
  /** Head of all rows of the group. */
  readonly head?: HtmlCell;
  /** Cells of each row, by column. The first is the head of its row. */
  readonly rows: readonly (readonly HtmlCell[])[];
  /** True if the rows are sums of the rows above. */
  readonly total?: boolean;
}

export function htmlTable({ caption, columns, groups }: HtmlTable): Markup {
  const heads = groups.some(({ head }) => head !== undefined) ? 2 : 1;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((title, c) => html`<th scope="col"${c < heads ? html` class="left"` : null}>${title}</th>`)}</tr></thead>
${groups.map((group) => tableGroup(group, heads))}</table></div>
`;
}

function tableGroup({ head, rows, total = false }: TableGroup, heads: number): Markup {
  const line = ([first, ...cells]: readonly HtmlCell[], i: number) => html`<tr>${
    i === 0 && head !== undefined ? html`<th scope="rowgroup" rowspan="${rows.length}">${head}</th>` : null
  }<th scope="row"${head === undefined && heads === 2 ? html` colspan="2"` : null}>${first ?? ''}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
  const kind = total ? 'total' : head === undefined ? null : 'grouped';
  return html`<tbody${kind === null ? null : html` class="${kind}"`}>
${rows.map(line)}</tbody>
`;
}
