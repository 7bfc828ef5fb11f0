/** Aligned columns of text. */

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Titles, a rule, rows; a row of `null` is another rule. Columns are right-aligned unless they say otherwise. */
export function table(columns: readonly Column[], rows: readonly (readonly string[] | null)[]): string {
  const widths = columns.map(({ title }, c) =>
    Math.max(title.length, ...rows.map((row) => (row === null ? 0 : row[c]!.length))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (columns[c]!.align === 'left' ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const body = rows.map((row) => (row === null ? rule : line(row)));
  return [line(columns.map(({ title }) => title)), rule, ...body].join('\n');
}

/** A bar of at most `width` characters for a share of 0 to 1, in eighths. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  const rest = eighths % 8;
  return '█'.repeat(Math.floor(eighths / 8)) + (rest === 0 ? '' : String.fromCodePoint(0x2590 - rest));
}
