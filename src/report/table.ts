/** Aligned columns of text. Widths are those of a terminal: Chinese, Japanese and Korean take two columns a character. */

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Longer cells lose their middle. Default: none do. */
  readonly widest?: number;
}

/** Titles, a rule, rows; a row of `null` is another rule. Columns are right-aligned unless they say otherwise. */
export function table(columns: readonly Column[], rows: readonly (readonly string[] | null)[]): string {
  const shown = rows.map((row) => row?.map((cell, c) => shorten(cell, columns[c]!.widest)) ?? null);
  const widths = columns.map(({ title }, c) =>
    shown.reduce(
      (most, row) => Math.max(most, row === null ? 0 : displayWidth(row[c]!)),
      displayWidth(title),
    ),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => {
        const space = ' '.repeat(widths[c]! - displayWidth(cell));
        return columns[c]!.align === 'left' ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const body = shown.map((row) => (row === null ? rule : line(row)));
  return [line(columns.map(({ title }) => title)), rule, ...body].join('\n');
}

/** A bar of at most `width` characters for a share of 0 to 1, in eighths. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  const rest = eighths % 8;
  return '█'.repeat(Math.floor(eighths / 8)) + (rest === 0 ? '' : String.fromCodePoint(0x2590 - rest));
}

/** Two bars in one line of text, of at most `width` characters: the upper half for one share, the lower for another. */
export function doubleBar(upper: number, lower: number, width: number): string {
  const characters = (share: number) => Math.round(Math.max(0, Math.min(1, share)) * width);
  const [above, below] = [characters(upper), characters(lower)];
  const both = Math.min(above, below);
  return '█'.repeat(both) + '▀'.repeat(above - both) + '▄'.repeat(below - both);
}

const segmenter = new Intl.Segmenter('en');
const wide =
  /^(\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;

/** Columns of a terminal. */
function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return Array.from(segmenter.segment(text)).reduce(
    (sum, { segment }) => sum + (wide.test(segment) ? 2 : 1),
    0,
  );
}

/** Both ends of a long name tell more than its beginning: names of one corpus often begin alike. */
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
