/** Several splits fused in one table cut like the plain matcher, which applies one split inside the other. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSteps } from '../../../src/tokenize/engine/kernel-steps.ts';
import type { SplitStep } from '../../../src/tokenize/model.ts';
import { fuseFirst } from '../../../src/tokenize/pattern/fuse.ts';
import { fuzz } from '../../support/fuzz.ts';
import { isolated, kernelCutter, plainCutter } from './cutters.ts';

/** U+1680 and U+3000 are white space, and lie in the ranges of CJK characters that files write. */
const sets = [
  '\\s',
  '\\p{L}',
  '\\p{N}',
  '\\p{P}',
  '[ab]',
  '[^\\s\\p{L}]',
  '[\u0800-\u4e00\u4e00-\u9fa5]',
  '[.\u3000]',
];
const shapes = [
  'SET',
  'SET+',
  '\\s?SET+',
  ' ?SET+',
  'SET{1,3}',
  'SET+|\\s+',
  ' ?SET+|\\s+(?!\\S)|\\s+',
  '[^\\r\\nSET]?SET+|\\s*[\\r\\n]+',
  '\\s+$',
  '[\\r\\n]',
  '<b+>',
  'SETSET',
];
const pattern = fc
  .tuple(fc.constantFrom(...shapes), fc.constantFrom(...sets))
  .map(([shape, set]) => shape.replaceAll('SET', set));
const split: fc.Arbitrary<SplitStep> = fc.record({
  pattern,
  syntax: fc.constant('oniguruma' as const),
  behavior: fc.constantFrom('isolated' as const, 'isolated' as const, 'contiguous' as const),
  invert: fc.boolean(),
  over: fc.constant('characters' as const),
});
const text = fc
  .array(
    fc.constantFrom(
      ...['a', 'b', 'c', ' ', ' ', '\t', '\n', '\r\n', '1', '12', '.', ',', '<b', '>', 'aab', "'"],
      ...['é', '漢', '字', '²', '\u1680', '\u3000', '、', '𝒳'],
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''));

test('random splits that fuse', async () => {
  const property = fc.asyncProperty(
    fc.array(split, { minLength: 2, maxLength: 4 }),
    fc.array(text, { minLength: 10, maxLength: 20 }),
    fc.integer({ min: 4, max: 40 }),
    async (splits, texts, windowBytes) => {
      const fused = fuseFirst(splits, true);
      fc.pre(fused !== null && fused.count > 1);
      const steps = planSteps(splits);
      if ('unsupported' in steps) throw new Error(steps.unsupported);
      const plain = plainCutter(splits);
      const cutters = [await kernelCutter(steps), await kernelCutter(steps, windowBytes)];
      for (const some of texts)
        for (const cut of cutters) expect(cut(some), JSON.stringify(some)).toEqual(plain(some));
    },
  );
  await fc.assert(property, fuzz(4));
});

const deepSeek = [
  '[\r\n]',
  '\\s?[A-Za-z]+',
  '\\s?[!-/\u3000-\u3002]+',
  '\\s+$',
  '[\u4e00-\u9fa5\u0800-\u4e00]+',
  '\\p{N}+',
];

test('text that one table cannot cut goes through the splits, one inside the other', async () => {
  const splits = deepSeek.map((cut) => isolated(cut));
  const steps = planSteps(splits);
  if ('unsupported' in steps) throw new Error(steps.unsupported);
  expect(steps[0]).toMatchObject({ splits: 6, mayGiveUp: true });
  const plain = plainCutter(splits);
  for (const windowBytes of [undefined, 16]) {
    const cut = await kernelCutter(steps, windowBytes);
    for (const some of [
      'a \u3000, b',
      '1 \u3000x',
      '漢\u1680\t1',
      `${'word '.repeat(40)}1 \u3000x ${'漢字 12 '.repeat(40)}`,
    ])
      expect(cut(some), some).toEqual(plain(some));
  }
});

test('a part that another split cuts goes on in its state, over the end of a window', async () => {
  // Letters of the second class cut the words of the first one.
  const splits = [isolated('\\s?\\p{L}+'), isolated('[\u0800-\u9fff]+')];
  const steps = planSteps(splits);
  if ('unsupported' in steps) throw new Error(steps.unsupported);
  expect(steps).toHaveLength(1);
  const plain = plainCutter(splits);
  const some = 'word漢 字word \u1e00a漢\u1680a '.repeat(10);
  for (const windowBytes of [undefined, 4, 5, 7, 16, 33])
    expect((await kernelCutter(steps, windowBytes))(some)).toEqual(plain(some));
});

test('steps that leave most parts alone are passed over', async () => {
  // A split that drops text does not fuse.
  const dropped: SplitStep = { ...isolated('[.,]'), behavior: 'removed' };
  const splits = [isolated('\\s?\\p{L}+'), dropped, isolated('\\s?[0-9]{3}')];
  const steps = planSteps(splits);
  if ('unsupported' in steps) throw new Error(steps.unsupported);
  const plain = plainCutter(splits);
  const cut = await kernelCutter(steps);
  for (const some of [
    'a word .b, 123 4567 .',
    'abcdefghijklmnopqrstuvwxyz 1',
    ' ',
    ' 123',
    '.',
    'é. 漢 1234',
  ])
    expect(cut(some), some).toEqual(plain(some));
});
