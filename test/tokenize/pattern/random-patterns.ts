/** Random patterns and texts over a few characters, small enough that patterns match often. */
import fc from 'fast-check';

const atoms = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    ' ',
    'é',
    '漢',
    '1',
    '.',
    '\\s',
    '\\S',
    '\\w',
    '\\d',
    '\\p{L}',
    '\\p{Lu}',
    '[^a]',
    '[ab]',
  ],
  ...['[^\\s\\p{L}]', '[a-c&&[^b]]', '[\\p{L}\\d]', '[^ab\\s]', '(?i:b)', '\\n', '[\\r\\n]', '\\p{Han}', "'"],
);
const looks = ['(?!a)', '(?=b)', '(?!\\S)', '(?=\\s)', '$', '(?![a1])', '\\z', '(?!\\p{L})'];
const farLooks = ['(?=ab)', '(?!a+b)', '(?<=a)', '(?<!b)', '^', '\\b', '(?<=[ab]|c )', '(?=.*b)'];
const quantifiers = [
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '{1,2}',
  '{2}',
  '{2,}',
  '*?',
  '+?',
  '??',
  '{1,3}?',
  '*+',
  '++',
  '?+',
];

/** @param simple only what a table can say, mostly */
export function patternText(simple: boolean): fc.Arbitrary<string> {
  const { pattern } = fc.letrec<Record<'atom' | 'piece' | 'branch' | 'pattern', string>>((tie) => ({
    atom: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, maxDepth: 3 },
      { weight: 8, arbitrary: atoms },
      { weight: 2, arbitrary: tie('pattern').map((inner) => `(?:${inner})`) },
      ...(simple ? [] : [{ weight: 1, arbitrary: tie('pattern').map((inner) => `(?>${inner})`) }]),
    ),
    piece: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.tuple(tie('atom'), fc.constantFrom(...quantifiers)).map((parts) => parts.join('')),
      },
      { weight: 1, arbitrary: fc.constantFrom(...looks) },
      ...(simple ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...farLooks) }]),
    ),
    branch: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    pattern: fc.array(tie('branch'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  }));
  return pattern;
}

/** For Rust's dialect, which has flags at the start. */
export const rustPatternText: fc.Arbitrary<string> = fc
  .tuple(patternText(false), fc.boolean())
  .map(([pattern, isInsensitive]) => (isInsensitive ? `(?i)${pattern}` : pattern));

export const smallText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom('a', 'b', 'c', 'B', ' ', ' ', 'é', '漢', '1', '\n', '\r\n', '.', "'", '  ', 'aaa', '𝒳'),
    {
      // Longer texts run into Oniguruma's limit of retries, which ends the process.
      maxLength: 14,
    },
  )
  .map((parts) => parts.join(''));
