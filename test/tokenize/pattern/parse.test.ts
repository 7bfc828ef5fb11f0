/** Errors in a pattern and their places; and patterns with different meanings in the two dialects. */
import { expect, test } from 'vitest';
import { createMatcher } from '../../../src/tokenize/pattern/match.ts';
import { splitText } from '../../../src/tokenize/pattern/split.ts';
import {
  OversizedPattern,
  PatternError,
  type PatternSyntax,
  UnsupportedPattern,
} from '../../../src/tokenize/pattern/syntax.ts';
import { hfSplitter, tiktokenSplit } from './native.ts';

function failure(pattern: string, syntax: PatternSyntax): unknown {
  try {
    createMatcher(pattern, syntax);
  } catch (error) {
    return error;
  }
  return null;
}

test.each([
  ['ab(c', 2, 'a ( has no ), at character 2 of the pattern: "(c"'],
  ['ab)c', 2, 'a ) has no ( before it, at character 2 of the pattern: ")c"'],
  ['a|*b', 2, '"*" has nothing before it that it could repeat, at character 2 of the pattern: "*b"'],
  ['a[b-', 1, 'a class [ has no ], at character 1 of the pattern: "[b-"'],
  ['[z-a]', 1, 'a range is empty: its ends are in the wrong order, at character 1 of the pattern: "z-a]"'],
  [
    '\\p{Foo}+',
    0,
    '"Foo" is not a Unicode property that longmix knows, at character 0 of the pattern: "\\p{Foo}+"',
  ],
  ['é漢\\', 2, 'a backslash escapes nothing, at character 2 of the pattern: "\\"'],
  ['(?z)a', 0, '"z" is not a flag, at character 0 of the pattern: "(?z)a"'],
  ['(?=a)*b', 5, undefined],
  ['x(?<n', 4, undefined],
])('%s is wrong in both dialects, and the error says where', (pattern, offset, message) => {
  expect(hfSplitter(pattern)).toBeNull();
  for (const syntax of ['oniguruma', 'rust'] as const) {
    const error = failure(pattern, syntax);
    expect(error).toBeInstanceOf(PatternError);
    if (message !== undefined) expect((error as PatternError).message).toBe(message);
    if (message !== undefined) expect((error as PatternError).offset).toBe(offset);
  }
});

test.each([
  ['(?s).', 'oniguruma'],
  ['(?P<n>a)', 'oniguruma'],
  ['\\p{sc=Han}', 'oniguruma'],
  ['\\u{41}', 'oniguruma'],
  ['a{100001}', 'oniguruma'],
  ['[[:foo:]]', 'oniguruma'],
  ['(?<=(?=a))a', 'oniguruma'],
  ['\\q', 'rust'],
  ['\\é', 'rust'],
  ['a{2,1}', 'rust'],
  ["(?'n'a)", 'rust'],
] as const)('%s is wrong for %s', (pattern, syntax) => {
  expect(failure(pattern, syntax)).toBeInstanceOf(PatternError);
});

test.each([
  ['(a)\\1', 'oniguruma'],
  ['\\K', 'oniguruma'],
  ['\\X', 'oniguruma'],
  ['\\Ga', 'oniguruma'],
  ['(?~ab)', 'oniguruma'],
  ['(?i:st)', 'oniguruma'],
  ['(?i:[ß])', 'oniguruma'],
  ['\\p{In_Arabic}', 'oniguruma'],
  ['(?:a?){2,}', 'oniguruma'],
  ['(a)\\1', 'rust'],
  ['a*', 'rust'],
  ['(?u)a', 'rust'],
  ['\\p{scx=Greek}', 'rust'],
] as const)('%s is legal for %s, and said not to be supported', (pattern, syntax) => {
  expect(failure(pattern, syntax)).toBeInstanceOf(UnsupportedPattern);
});

test.each([
  ['ten thousand groups', '('.repeat(10_000)],
  ['ten thousand lookaheads', `${'(?='.repeat(10_000)}a`],
  ['ten thousand classes', `${'['.repeat(10_000)}a`],
  ['repeats of repeats', `${'('.repeat(150)}a{99}${'){99}'.repeat(150)}`],
  ['a long repeat', 'a{1,100000}'],
])('too much: %s', (_, pattern) => {
  for (const syntax of ['oniguruma', 'rust'] as const)
    expect(failure(pattern, syntax)).toBeInstanceOf(OversizedPattern);
});

test('alternatives that begin alike are one, and their order stays', () => {
  const words = Array.from({ length: 5_000 }, (_, i) => `word${i}`);
  const find = createMatcher(words.join('|'), 'oniguruma');
  const text = 'word17 ward word4999x '.repeat(5_000);
  const start = performance.now();
  // `word1` comes before `word17`.
  expect(find(text).slice(0, 6)).toEqual([0, 5, 12, 17, 22, 27]);
  expect(performance.now() - start).toBeLessThan(5_000);
});

const text = 'aab12 a{b aaaa\nXx’ ſS\r\n]-c漢²';

/** Each of them was chosen because a dialect, or a version of one, has its own idea of it. */
const both = [
  ...[
    'a{1,3}+',
    'a{1,3}?',
    'a{2}+',
    'a{2,}',
    'a{b',
    'a{',
    'a{}',
    'a{2,3',
    '(?m).+',
    '(?x) a b',
    '(?i)X',
    '(?i:s)',
  ],
  ...[
    'a++',
    '[[:alpha:]]+',
    '[\\w&&[^a]]+',
    '[a-z~~b-f]+',
    '\\h+',
    '^.',
    '(?<=a)b',
    '(?<!a|bb)b',
    '(?<n>a)b',
  ],
  ...[
    '\\pL',
    '\\p{letter}',
    '\\p{LC}',
    '\\p{Hani}',
    '[]a]',
    '[^]a]+',
    '[a-]+',
    '[a-c-e]+',
    '[^[^a]b]+',
    '[^a&&[ab]]',
  ],
  ...[
    '(?>a+)b',
    'a(?i)x|x',
    '(?i:\\p{Lu})',
    '(?i:[\\p{Lu}])',
    '[[:alpha]]',
    '\\w+',
    '[$^|()]+',
    '(?#c)a',
    'a$',
    '\\H+',
  ],
  ...[
    '(?:a|aa)(?!a)',
    '(?i-m:a.)',
    '\\x41',
    '\\x{41}',
    '\\u0041',
    '\\_',
    '\\-',
    '(?=(?!a)b)b',
    '[\\s\\S]{3}',
  ],
];
const oniguruma = [
  ...[
    'a{2}?',
    'a{,2}',
    'a{3,1}',
    'a**',
    'a+++',
    'a?+',
    '\\R',
    '\\N',
    '\\Z',
    '\\z',
    '$',
    '^',
    '\\b',
    '\\B',
    '\\p{^L}+',
  ],
  ...[
    'a|',
    '',
    '()',
    '(?i:k)',
    '(?:a|)+',
    '(?:|a)+',
    '(?:a*?)+',
    '(?:a*)+?b',
    '(?:a?b??)*',
    '\\P{^L}',
    '\\x',
    '\\PL',
  ],
];
const rust = [
  '(?s).',
  '\\p{sc=Han}',
  '\\p{Script=Greek}|a',
  '\\p{gc=Lu}',
  '\\p{Is_L}',
  '(?P<n>a)',
  '[a-z--b]+',
  '[a--b]',
];

test.each([...both, ...oniguruma])('Oniguruma: %s', (pattern) => {
  const rule = { behavior: 'isolated', invert: false } as const;
  expect(splitText(text, createMatcher(pattern, 'oniguruma')(text), rule)).toEqual(
    hfSplitter(pattern)!(text),
  );
});

test.each([...both, ...rust])('Rust: %s', (pattern) => {
  const rule = { behavior: 'removed', invert: true } as const;
  const native = tiktokenSplit(pattern, text);
  expect(native).not.toBeNull();
  expect(splitText(text, createMatcher(pattern, 'rust')(text), rule)).toEqual(native);
});
