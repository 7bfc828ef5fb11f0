/**
 * Time is linear in the text, for every text and pattern, even for megabytes on which searches go far without a match.
 */
import { expect, test } from 'vitest';
import { planSteps } from '../../../src/tokenize/engine/kernel-steps.ts';
import { createMatcher } from '../../../src/tokenize/pattern/match.ts';
import { isolated, kernelCutter, plainCutter } from './cutters.ts';
import { kimiPattern } from './known-patterns.ts';

const size = 400_000;
const cases: readonly (readonly [pattern: string, text: string])[] = [
  // Each search looks through all of the rest and then takes one letter.
  ['a*b|a', 'a'.repeat(size)],
  ['(?:ab)*c|a|b', 'ab'.repeat(size / 2)],
  ['a*b|[^b]', `${'a'.repeat(size / 4)}漢`.repeat(4)],
  ['[^\\p{L}]+x|\\p{N}', `${'1'.repeat(size / 8)}y`.repeat(8)],
  ['\\s*[\\r\\n]+|\\s+(?!\\S)|\\s', ' '.repeat(size)],
  ['[ab]*?c|a+b', 'aab'.repeat(size / 3)],
  // Here a backtracking engine takes exponential time.
  ['(?:a+)+b|a', 'a'.repeat(size)],
  ['(?:a|a)*b|a', 'a'.repeat(size)],
  [kimiPattern, "x'".repeat(size / 2)],
  [kimiPattern, '漢字'.repeat(size / 6)],
];

test.each(cases)('%s', async (pattern, text) => {
  const splits = [isolated(pattern)];
  const steps = planSteps(splits);
  if ('unsupported' in steps) throw new Error(steps.unsupported);
  const kernel = await kernelCutter(steps);
  const before = process.cpuUsage().user;
  const lengths = kernel(text);
  const milliseconds = (process.cpuUsage().user - before) / 1000;
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(Buffer.byteLength(text));
  expect(milliseconds).toBeLessThan(1_000);
  const part = text.slice(0, size / 8);
  expect(kernel(part)).toEqual(plainCutter(splits)(part));
});

test('a gap of a whole document is cut by the next step in windows, without room for all of it', async () => {
  const splits = [isolated('\\p{N}{1,3}'), isolated('[a-z]+| ')];
  const steps = planSteps(splits);
  if ('unsupported' in steps) throw new Error(steps.unsupported);
  const text = 'some words '.repeat(20_000);
  const small = await kernelCutter(steps, 64);
  expect(small(text)).toEqual((await kernelCutter(steps))(text));
});

// Patterns that no table has: each search looks at all of the rest, in vain or not.
test.each<[string, number]>([
  ['\\d{1,3}(?=(?:\\d{3})*\\b)', 66_667],
  ['(?=(\\d{3})+(?!\\d))', 66_666],
  ['(?<=^(?:\\d\\d)*)\\d(?=(?:\\d\\d)*x|\\d*$)', 100_000],
])('%s, on the plain engine', (pattern, matches) => {
  const find = createMatcher(pattern, 'oniguruma');
  const before = process.cpuUsage().user;
  expect(find('1'.repeat(200_000)).length / 2).toBe(matches);
  expect((process.cpuUsage().user - before) / 1000).toBeLessThan(2_000);
});
