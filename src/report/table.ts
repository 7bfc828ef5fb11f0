/**
 * Tables with aligned columns of text. Widths are terminal columns: a Chinese, Japanese or Korean character takes two.
 */

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Cells wider than this lose their middle. Default: no limit. */
  readonly widest?: number;
  /** If the table is wider than a terminal, cells are shortened further, down to this width. */
  readonly least?: number;
  /** If the table is still wider than a terminal, the columns with the highest `spare` are left out first. */
  readonly spare?: number;
}

type Rows = readonly (readonly string[] | null)[];

const gap = '  ';
/** The width that every terminal has. */
const terminalWidth = 80;

/** Returns titles, a rule, and rows; a row of `null` is another rule. Columns are right-aligned by default. */
export function table(columns: readonly Column[], rows: Rows): string {
  const natural = widthsOf(columns, rows);
  const excess = totalWidth(natural) - terminalWidth;
  const yielding = columns.reduce(
    (sum, { least }, c) => sum + Math.max(0, natural[c]! - (least ?? natural[c]!)),
    0,
  );
  const spare = Math.max(...columns.map((column) => column.spare ?? 0));
  if (excess > yielding && spare > 0) {
    const kept = columns.flatMap((column, c) => (column.spare === spare ? [] : [c]));
    return table(
      kept.map((c) => columns[c]!),
      rows.map((row) => row && kept.map((c) => row[c]!)),
    );
  }
  const fitting = columns.map((column, c): Column => {
    if (excess <= 0 || column.least === undefined) return column;
    const widest = Math.max(column.least, natural[c]! - excess);
    return { ...column, widest, title: shorten(column.title, widest) };
  });
  const shown = rows.map((row) => row?.map((cell, c) => shorten(cell, fitting[c]!.widest)) ?? null);
  const widths = widthsOf(fitting, shown);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => {
        const space = ' '.repeat(widths[c]! - displayWidth(cell));
        return columns[c]!.align === 'left' ? cell + space : space + cell;
      })
      .join(gap)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join(gap);
  const body = shown.map((row) => (row === null ? rule : line(row)));
  return [line(fitting.map(({ title }) => title)), rule, ...body].join('\n');
}

/** Splits a table with too many columns for a terminal into several tables, which all repeat the first column. */
export function tables(columns: readonly Column[], rows: Rows): string {
  const widths = widthsOf(columns, rows);
  const groups: number[][] = [];
  for (let c = 1; c < columns.length; c += 1) {
    const group = groups.at(-1) ?? [];
    const fits = totalWidth([0, ...group, c].map((i) => widths[i]!)) <= terminalWidth;
    if (group.length > 0 && fits) group.push(c);
    else groups.push([c]);
  }
  return groups
    .map((group) => [0, ...group])
    .map((group) =>
      table(
        group.map((c) => columns[c]!),
        rows.map((row) => row && group.map((c) => row[c]!)),
      ),
    )
    .join('\n\n');
}

function widthsOf(columns: readonly Column[], rows: Rows): number[] {
  return columns.map(({ title, widest = Number.POSITIVE_INFINITY }, c) =>
    rows.reduce(
      (most, row) => Math.max(most, row === null ? 0 : Math.min(widest, displayWidth(row[c]!))),
      displayWidth(title),
    ),
  );
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));
}

/** Returns a bar of at most `width` characters for a share from 0 to 1, drawn in eighths of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  const rest = eighths % 8;
  return '█'.repeat(Math.floor(eighths / 8)) + (rest === 0 ? '' : String.fromCodePoint(0x2590 - rest));
}

const segmenter = new Intl.Segmenter('en');
const wide =
  /^(\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;

/** Number of terminal columns that a text takes. */
function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return Array.from(segmenter.segment(text)).reduce(
    (sum, { segment }) => sum + (wide.test(segment) ? 2 : 1),
    0,
  );
}

/** Shortens a name in the middle and keeps both ends, because names of one corpus often begin alike. */
export function shorten(text: string, widest: number = Number.POSITIVE_INFINITY): string {
  if (displayWidth(text) <= widest) return text;
  const letters = Array.from(segmenter.segment(text), ({ segment }) => segment);
  const keep = (from: readonly string[], columns: number): string[] => {
    let left = columns;
    return from.slice(
      0,
      from.findIndex((letter) => {
        left -= displayWidth(letter);
        return left < 0;
      }),
    );
  };
  const tail = Math.floor((widest - 1) / 2);
  const end = keep(letters.toReversed(), tail).reverse();
  return `${keep(letters, widest - 1 - tail).join('')}…${end.join('')}`;
}
