/**
 * Compares normalizers of a tokenizer.json, on strings and bytes, with the native library: all code points, hostile
 * texts.
 */

import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { createByteNormalizer } from '../../src/tokenize/engine/normalize-bytes.ts';
import { readNormalizers } from '../../src/tokenize/files/hf-normalizers.ts';
import { createPlainNormalizer } from '../../src/tokenize/plain/normalize-plain.ts';
import { madeFile } from './made-file.ts';
import { fuzzCount, hostileTexts } from './texts.ts';

const points = Array.from({ length: 0x110000 }, (_, point) => point)
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point));
/** Every code point between letters, so that it is seen whether it goes or becomes a space. */
const all = points.map((char) => `a${char}B`).join('');
const texts = hostileTexts(fuzzCount, 11).map((text) => Buffer.from(text).toString());
const spaces = ['', ' ', ' \u0085\u3000', 'a ', ' a', '\ufeff a \u200b', '\t\na b\u2029', '\u1680\u00a0'];

const bert = (
  clean_text: boolean,
  handle_chinese_chars: boolean,
  strip_accents: boolean | null,
  lowercase: boolean,
) => ({
  type: 'BertNormalizer',
  clean_text,
  handle_chinese_chars,
  strip_accents,
  lowercase,
});
const strip = (strip_left: boolean, strip_right: boolean) => ({ type: 'Strip', strip_left, strip_right });
const replace = (pattern: object, content: string) => ({ type: 'Replace', pattern, content });

const cases: Readonly<Record<string, readonly ({ readonly type: string } & Record<string, unknown>)[]>> = {
  Lowercase: [{ type: 'Lowercase' }],
  StripAccents: [{ type: 'StripAccents' }],
  Nmt: [{ type: 'Nmt' }],
  'Bert, clean text': [bert(true, false, false, false)],
  'Bert, Chinese characters': [bert(false, true, false, false)],
  'Bert, accents': [bert(false, false, true, false)],
  'Bert, accents as the letters': [bert(true, true, null, true)],
  'Bert, all but accents': [bert(true, true, false, true)],
  'Strip on both sides': [strip(true, true)],
  'Strip on the left': [strip(true, false)],
  'Strip on the right': [strip(false, true)],
  Prepend: [{ type: 'Prepend', prepend: '\u2581x' }],
  'Replace a text': [replace({ String: 'a' }, '$&')],
  'Replace a longer text': [replace({ String: 'aa' }, '')],
  'Replace what a pattern finds': [replace({ Regex: '\\s+' }, ' ')],
  'Replace with what is in the text': [replace({ Regex: '[aB]+' }, '$1a')],
  'NFKC, Lowercase, accents, Strip': [
    { type: 'NFKC' },
    { type: 'Lowercase' },
    { type: 'NFD' },
    { type: 'StripAccents' },
    strip(true, true),
  ],
  'Llama 2': [{ type: 'Prepend', prepend: '\u2581' }, replace({ String: ' ' }, '\u2581')],
  NFC: [{ type: 'NFC' }],
  NFKD: [{ type: 'NFKD' }],
};

describe.each(Object.entries(cases))('%s', (_, normalizers) => {
  const native = NativeTokenizer.fromString(
    madeFile({ normalizer: { type: 'Sequence', normalizers } }).toString(),
  ).getNormalizer()!;
  const read = readNormalizers(normalizers).normalizers;
  const plain = createPlainNormalizer(read);
  const inBytes = createByteNormalizer(read);
  const fast = (text: string) => {
    const bytes = Buffer.from(`[${text}]`);
    const changed = inBytes(bytes, 1, bytes.length - 1, false) ?? bytes.subarray(1, -1);
    return Buffer.from(changed).toString();
  };

  test('every code point', () => {
    const wanted = native.normalizeString(all);
    // As one comparison: a difference would print megabytes.
    expect(plain(all, false) === wanted).toBe(true);
    expect(fast(all) === wanted).toBe(true);
  }, 60_000);

  test('hostile texts', () => {
    for (const text of [...texts, ...spaces]) {
      const wanted = native.normalizeString(text);
      expect([text, plain(text, false), fast(text)]).toEqual([text, wanted, wanted]);
    }
  });
});

test('text that stays is handed on as it is', () => {
  const some = Buffer.from('plain text, \u00e9t\u00e9 \u6211');
  for (const name of ['Lowercase', 'Nmt', 'NFC'])
    expect(
      createByteNormalizer(readNormalizers(cases[name]!).normalizers)(some, 0, some.length, false),
    ).toBeNull();
});

test('nothing is put before a text that goes on', () => {
  const { normalizers } = readNormalizers(cases.Prepend!);
  const some = Buffer.from('text');
  expect(createPlainNormalizer(normalizers)('text', true)).toBe('text');
  expect(createByteNormalizer(normalizers)(some, 0, some.length, true)).toBeNull();
});
