/**
 * The colours of the page, light and dark. The contrast to the background is at least 4.5 : 1 for text and 3 : 1 for
 * marks (WCAG 2.2, 1.4.3 and 1.4.11). The colours of sources started as those of Okabe and Ito (2008); a search moved
 * them apart, by how they look with each kind of colour blindness. test/report/palette.test.ts measures both.
 */

/** CSS variables, by name. */
export type Palette = Readonly<Record<(typeof colourNames)[number], string>>;

export const colourNames = [
  'page',
  'panel',
  'rule',
  'ink',
  'muted',
  'link',
  // Marks: the corpus and the mix; lost tokens, added tokens, neither.
  'before',
  'after',
  'lost',
  'more',
  'idle',
  // Sources, the largest first, and all the others.
  'source-1',
  'source-2',
  'source-3',
  'source-4',
  'source-5',
  'source-6',
  'source-other',
  // How often a cell is used: not at all, then about once, up to more than four times.
  'epochs-0',
  'epochs-1',
  'epochs-2',
  'epochs-3',
  'epochs-4',
  'epochs-5',
  'epochs-6',
] as const;

/** Number of sources that have their own colour. */
export const sourceColours = 6;

export const light: Palette = {
  page: '#ffffff',
  panel: '#f5f6f8',
  rule: '#d5d9df',
  ink: '#1b1f24',
  muted: '#575e68',
  link: '#005a9c',
  before: '#8a919c',
  after: '#0072b2',
  lost: '#d55e00',
  more: '#0f8a5f',
  idle: '#8a919c',
  'source-1': '#0072b2',
  'source-2': '#f2560d',
  'source-3': '#0f9d46',
  'source-4': '#b03a84',
  'source-5': '#6b2a10',
  'source-6': '#1a97ee',
  'source-other': '#8a919c',
  'epochs-0': '#e4e7eb',
  'epochs-1': '#b9d9f2',
  'epochs-2': '#dcebf8',
  'epochs-3': '#ffffff',
  'epochs-4': '#fdebd6',
  'epochs-5': '#f9cf9f',
  'epochs-6': '#f3a765',
};

export const dark: Palette = {
  page: '#14171b',
  panel: '#1d2126',
  rule: '#3a414a',
  ink: '#e9ebee',
  muted: '#aab1bb',
  link: '#7cc0f2',
  before: '#8a919c',
  after: '#4a9fe0',
  lost: '#ee7f33',
  more: '#2fb98a',
  idle: '#8a919c',
  'source-1': '#4a9fe0',
  'source-2': '#e69f00',
  'source-3': '#379d5d',
  'source-4': '#fe5570',
  'source-5': '#b8e0ff',
  'source-6': '#b25612',
  'source-other': '#8a919c',
  'epochs-0': '#2a2f36',
  'epochs-1': '#1c4a70',
  'epochs-2': '#1b3449',
  'epochs-3': '#14171b',
  'epochs-4': '#40301c',
  'epochs-5': '#65431a',
  'epochs-6': '#8f4e10',
};

export function variables(palette: Palette): string {
  return colourNames.map((name) => `--${name}:${palette[name]};`).join('');
}
