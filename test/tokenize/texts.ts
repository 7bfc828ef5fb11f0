/** Texts that break tokenizers: real ones, every code point, and random strings from hostile alphabets. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { globSync } from 'tinyglobby';
import { assignedInUnicode9, generalCategories } from '../../src/tokenize/unicode/unicode-tables.ts';
import { fuzz } from '../support/fuzz.ts';

/** Random strings a test, and their seed; `make nightly` has more, and other ones each night. */
const runs = fuzz(2_000);
export const fuzzCount: number = runs.numRuns;
const fuzzSeed: number = runs.seed ?? Date.now() % 2 ** 31;

/** All of what is sampled otherwise. */
export const isNightly: boolean = fuzzCount > 2_000;

/** READMEs, changelogs and code of the packages that the tests need anyway, some 1.5 MB. */
export function sampleTexts(): string[] {
  const root = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), '..');
  const files = globSync(['*/{README,readme,CHANGELOG}.md', 'fast-check/lib/*.js', '@*/*/README.md'], {
    cwd: root,
  }).sort();
  return files.map((file) => readFileSync(join(root, file), 'utf8').slice(0, 60_000)).slice(0, 60);
}

/**
 * The sample corpus where it is installed (`make test` does it), and the documents of LONGMIX_CORPUS or ../shared/corpus,
 * *.jsonl.gz, where there are any: some 2 MB spread over all of it, nightly all.
 */
export function corpusTexts(): string[] {
  const root = join(import.meta.dirname, '../..');
  const sample = join(root, 'samples/corpus/node_modules');
  const files = globSync(['**/*.{md,js,txt}'], { cwd: sample }).sort();
  const texts = files.map((file) => readFileSync(join(sample, file), 'utf8'));
  const folder = process.env.LONGMIX_CORPUS ?? join(root, '../shared/corpus');
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (!name.endsWith('.jsonl.gz')) continue;
    const lines = gunzipSync(readFileSync(join(folder, name)))
      .toString()
      .split('\n');
    // Reading the JSON of what is not taken would cost more than the rest of the test.
    const step = isNightly ? 1 : 200;
    for (let i = 0; i < lines.length; i += step) if (lines[i] !== '') texts.push(JSON.parse(lines[i]!).text);
  }
  if (isNightly) return texts;
  const bytes = texts.reduce((sum, text) => sum + Math.min(text.length, 20_000), 0);
  const step = Math.max(1, Math.ceil(bytes / 1_500_000));
  return texts.filter((_, i) => i % step === 0).map((text) => text.slice(0, 20_000));
}

/**
 * Code points alone with spaces around them, between letters, and before a mark, 256 in a text: those at the edges of every
 * run of one general category, where a wrong table shows; nightly all 1,112,064 of them (a minute an encoding, most of it
 * the oracles').
 */
export function codePointTexts(): string[] {
  const chars: string[] = [];
  for (let point = 0; point < 0x110000; point += 1) {
    const isSurrogate = point >= 0xd800 && point <= 0xdfff;
    if (!isSurrogate && (isNightly || atEdge(point))) chars.push(String.fromCodePoint(point));
  }
  const texts: string[] = [];
  for (let at = 0; at < chars.length; at += 256) {
    const some = chars.slice(at, at + 256);
    texts.push(
      some.join(' '),
      some.map((char) => `a${char}b`).join(' '),
      some.map((char) => `${char}\u0301'S `).join(''),
    );
  }
  return texts;
}

const edges = new Set<number>();
for (const table of [generalCategories, assignedInUnicode9]) {
  let from = 0;
  for (const run of table.trim().split(/\s+/)) {
    edges.add(from - 1).add(from);
    from += Number.parseInt(run.slice(2), 36);
  }
}

function atEdge(point: number): boolean {
  return point < 0x250 || edges.has(point);
}

const words = ['the', 'Hello', 'WORLD', 'naïve', 'don', 'été', 'ﬁ', 'x', 'ABCdef', 'Straße', 'İ', 'ſ', 'K'];
const blanks = [
  ' ',
  '  ',
  '         ',
  '\t\t',
  ' \n \n',
  '\r\n\r\n',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\n\n\n',
  '\u00a0',
  '\u0085',
  '\ufeff',
  '\u3000',
  '\u2028',
  '\v',
  '\u200b',
  '\u180e',
];
const contractions = [
  ...['s', 't', 'm', 'd'].flatMap((end) => [`'${end}`, `'${end.toUpperCase()}`]),
  ...["'re", "'rE", "'Re", "'RE", "'ve", "'vE", "'Ve", "'VE", "'ll", "'lL", "'Ll", "'LL"],
  ...["'ſ", '’s', "'", "''", "'l", "'r"],
];
const marks = [
  '\u0301',
  '\u0327',
  '\u0323',
  '\u0345',
  '\u3099',
  '\u0338',
  '\u0653',
  '\u1dfa',
  '\u{1e08f}',
  '\u0898',
  '\u{10efd}',
  '\u0334',
];
const digits = ['1', '12', '123', '1234', '٣', '५', '²', '½', 'Ⅷ', '𝟘', '〇', '㊿', '\u{1d7ce}'];
const symbols = [
  '👨‍👩‍👧',
  '🏳️‍🌈',
  '👍🏽',
  '🇩🇪',
  '1\ufe0f\u20e3',
  '🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}',
  '!',
  '//',
  '...',
  '$',
  '_',
  '-',
  '<',
  '>',
  '</',
  '▁',
  '▁▁',
  'Ġ',
  '«',
  '\u0000',
  '\u007f',
];
const letters = [
  '我',
  '们',
  'ก',
  'ำ',
  '각',
  '\u1100\u1161\u11a8',
  'か\u3099',
  'Å',
  'Ω',
  'ǅ',
  'ʰ',
  'ª',
  'ё',
  'א',
  '\u0295',
  '\ua7ce',
  '\u1c89',
  '\u{2ebf0}',
];
const odd = [
  '\ud800',
  '\udc00',
  '\udbff\ud800',
  '\u0378',
  '\u{10ffff}',
  '\ue000',
  '\ufffe',
  '\ufffd',
  '\u{e01ef}',
  '\u{1fae9}',
];
const specials = [
  '<|endoftext|>',
  '<|im_start|>',
  '<s>',
  '</s>',
  '<0x0A>',
  '<|begin_of_text|>',
  '<think>',
  '<table>',
  '<bos>',
  '<unused1>',
];

/** Strings of a few fragments, mostly of one or two alphabets, which is where the alternatives of a pattern meet. */
export const hostileText: fc.Arbitrary<string> = fc
  .uniqueArray(fc.constantFrom(words, blanks, contractions, marks, digits, symbols, letters, odd, specials), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((alphabets) => fc.array(fc.constantFrom(...alphabets.flat()), { maxLength: 24 }))
  .map((parts) => parts.join(''));

const syllables = [...'abcdefghijklmnopqrstuvwxyz', 'th', 'ing', 'E', 'ß', 'я', '我', '的', '각', 'ก'];

/**
 * One pretoken, of all lengths at which the kernel goes another way. (Without its size, fast-check makes no array of more
 * than some ten parts.)
 */
export const longWord: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...syllables), { minLength: 1, maxLength: 400, size: 'max' })
  .map((parts) => parts.join(''));

/** `count` strings, the same in every run but nightly (support/fuzz.ts). */
export function hostileTexts(count: number, seed: number = fuzzSeed): string[] {
  const anyText = fc.string({ unit: 'binary', maxLength: 30 });
  return fc.sample(fc.oneof({ weight: 9, arbitrary: hostileText }, { weight: 1, arbitrary: anyText }), {
    numRuns: count,
    seed,
  });
}
