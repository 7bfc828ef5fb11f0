/** Compares classes and normalization of every code point with the native library's own tables (Oniguruma, Rust). */
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { expect, test } from 'vitest';
import { normalize } from '../../../src/tokenize/plain/normalize.ts';
import {
  type CodePointRange,
  categoryRanges,
  complement,
  whiteSpace,
} from '../../../src/tokenize/unicode/unicode.ts';
import { isNightly } from '../texts.ts';

const everything: string[] = [];
for (let point = 0; point < 0x110000; point += 1) {
  if (point < 0xd800 || point > 0xdfff) everything.push(String.fromCodePoint(point));
}

/** A native tokenizer that does nothing but what `change` says. */
function native(change: object): NativeTokenizer {
  const model = {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    vocab: { a: 0 },
    merges: [],
    fuse_unk: false,
    byte_fallback: false,
  };
  const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  const file = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    ...parts,
    model,
    ...change,
  };
  return NativeTokenizer.fromString(JSON.stringify(file));
}

const classes: [string, readonly CodePointRange[]][] = [
  ...(isNightly
    ? ['L', 'Lu', 'Ll', 'Lt', 'Lm', 'Lo', 'M', 'N', 'Nd', 'P', 'S', 'Z', 'C']
    : ['L', 'Ll', 'N']
  ).map((name): [string, readonly CodePointRange[]] => [`\\p{${name}}`, categoryRanges(name)!]),
  ['\\s', whiteSpace],
  ['\\S', complement(whiteSpace)],
];

test.each(classes)('%s', (pattern, ranges) => {
  // What the class matches is removed from the text of all code points; what stays is the rest.
  const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: false };
  const preTokenizer = native({ pre_tokenizer: split }).getPreTokenizer()!;
  const rest: string[] = [];
  for (let at = 0; at < everything.length; at += 65_536) {
    for (const [text] of preTokenizer.preTokenizeString(everything.slice(at, at + 65_536).join('')))
      rest.push(text);
  }
  const matched = new Uint8Array(0x110000);
  for (const [first, last] of ranges) matched.fill(1, first, last + 1);
  expect(rest.join('') === everything.filter((char) => matched[char.codePointAt(0)!] === 0).join('')).toBe(
    true,
  );
});

// NFC and NFKC show the decompositions and combining classes of the other two as well.
test.each(isNightly ? (['NFC', 'NFKC'] as const) : (['NFC'] as const))('%s', (form) => {
  const normalizer = native({ normalizer: { type: form } }).getNormalizer()!;
  // Marks on both sides show the combining class; a letter before and a mark after show compositions.
  const around = (char: string) =>
    `${char} a\u0323\u0301${char}\u0334\u0327${char}\u0338 e${char}\u0301${char}\u3099`;
  const differs = (text: string) => normalize(text, form) !== normalizer.normalizeString(text);
  const wrong: string[] = [];
  for (let at = 0; at < everything.length; at += 256) {
    const some = everything.slice(at, at + 256);
    if (differs(some.map(around).join(' '))) wrong.push(...some.filter((char) => differs(around(char))));
  }
  expect(wrong.map((char) => char.codePointAt(0)!.toString(16))).toEqual([]);
});
