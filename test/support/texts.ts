/** Random texts that are difficult for a tokenizer that gets them in parts. */
import fc from 'fast-check';

const pieces = [
  ...[
    'the',
    'Of',
    'WORLD',
    'a',
    'I',
    "don't",
    "we'LL",
    "'s",
    "x's",
    'naïve',
    'e\u0301',
    'ß',
    'İ',
    '日本語',
    'حرف',
  ],
  ...[
    '1',
    '12345',
    '3.14',
    '½',
    '²',
    '-',
    '--',
    '(',
    ')',
    '.',
    '…',
    '"',
    '$x_y',
    '/*',
    '#include',
    '<|endoftext|>',
  ],
  ...[
    '😀',
    '👩‍👩‍👧',
    '\u{1F1E9}\u{1F1EA}',
    '\u{10FFFF}',
    '\ufeff',
    '\u200b',
    '\u00a0',
    '\u3000',
    '\u0000',
    '\ufffd',
  ],
];
const gaps = ['', '', ' ', ' ', ' ', '  ', '   ', '\n', '\r\n', '\n\n', ' \n', '\t', '\n \n', '\u2028'];

/** Words, numbers, signs and gaps of all kinds; sometimes none of them a space. */
export const hardTexts: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom(...gaps), fc.constantFrom(...pieces)), { maxLength: 60, size: 'max' })
      .map((parts) => parts.flat().join('')),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('ab', 'Cd', 'the ', ' of', ' a ', 'x'), { maxLength: 80, size: 'max' })
      .map((parts) => parts.join('')),
  },
  // Without a space: nothing can be cut.
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom('ab', '日', '9', '_'), { maxLength: 60 }).map((p) => p.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text).toString()),
  },
);
