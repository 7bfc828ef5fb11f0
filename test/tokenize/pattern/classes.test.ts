/**
 * Pattern parts that match one character, over all code points, agree with Oniguruma in Hugging Face's native library.
 */
import { expect, test } from 'vitest';
import { parsePattern } from '../../../src/tokenize/pattern/parse.ts';
import { classMembers } from '../../../src/tokenize/unicode/hf-classes.ts';
import { isNightly } from '../texts.ts';
import { hfPreTokenizer, hfSplitter } from './native.ts';

const blocks: string[] = [];
for (let from = 0; from < 0x110000; from += 0x1000) {
  let text = '';
  for (let point = from; point < from + 0x1000; point += 1) {
    if (point < 0xd800 || point > 0xdfff) text += String.fromCodePoint(point);
  }
  if (text !== '') blocks.push(text);
}

/**
 * Code points, in hexadecimal, of which one of the two says that they are in the class, and the other that they are
 * not.
 */
function differences(pattern: string, removeMatches: (text: string) => string[]): string[] {
  const node = parsePattern(pattern, 'oniguruma');
  if (node.type !== 'set') throw new Error('not a class');
  const isOurs = new Uint8Array(0x110000);
  for (const [first, last] of node.set) isOurs.fill(1, first, last + 1);
  const wrong: string[] = [];
  for (const block of blocks) {
    const rest = new Set(Array.from(removeMatches(block).join('')));
    for (const char of block) {
      const point = char.codePointAt(0)!;
      if ((isOurs[point] === 1) === rest.has(char)) wrong.push(point.toString(16));
    }
  }
  return wrong;
}

const always = ['\\w', '[\\w]', '\\h', '.', '[[:alpha:]]', '[[:punct:]]', '[[:graph:]]', '[[:^print:]]'];
const properties = [
  'Han',
  'Alphabetic',
  'Uppercase',
  'Emoji',
  'Word',
  'Punct',
  'LC',
  'Common',
  'Latn',
  '^Greek',
];
const sets = ['[\\p{L}&&[^\\p{Latin}]]', '(?i:[k-t])', '(?i:[а-я])', '(?i:[^a-z])', '(?i:é)', '[^\\W\\d_]'];
const nightly = [
  ...['\\W', '\\d', '\\s', '[^\\w]', '\\H'],
  ...'alnum upper lower space blank cntrl print xdigit word ascii digit'
    .split(' ')
    .map((name) => `[[:${name}:]]`),
  ...[
    'Lowercase Emoji_Presentation Emoji_Modifier Emoji_Modifier_Base Emoji_Component Extended_Pictographic Ideographic',
    'Unified_Ideograph Join_Control Variation_Selector Regional_Indicator Dash Diacritic Extender Quotation_Mark',
    'Terminal_Punctuation Any Assigned Hiragana Katakana Hangul Arab Thai Zyyy Inherited Qaai Unknown Cn Co Cf Hex_Digit',
    'ASCII_Hex_Digit Alnum PosixPunct Graph White_Space Space XDigit L Mn Nd Sm Zs Cased_Letter',
  ].flatMap((line) => line.split(' ').map((name) => `\\p{${name}}`)),
];

test.each([...always, ...properties.map((name) => `\\p{${name}}`), ...sets, ...(isNightly ? nightly : [])])(
  '%s',
  (pattern) => {
    expect(differences(pattern, hfSplitter(pattern, 'removed')!)).toEqual([]);
  },
);

test('the punctuation of Punctuation, and the digits of Digits', () => {
  const punctuation = hfPreTokenizer({ type: 'Punctuation', behavior: 'Removed' })!;
  expect(differences(`[${classMembers('punctuation')}]`, punctuation)).toEqual([]);
  const digits = hfPreTokenizer({ type: 'Digits', individual_digits: true })!;
  // Digits keeps what it finds: a letter after each character shows what is cut.
  const isDigit = (char: string) => digits(`a${char}a`).length === 3;
  expect(
    differences(`[${classMembers('numbers')}]`, (text) => Array.from(text).filter((char) => !isDigit(char))),
  ).toEqual([]);
});
