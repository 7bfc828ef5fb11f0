import { describe, expect, it } from 'vitest';
import { trainingText } from '../../src/train/arms-text.ts';
import type { ArmTraining } from '../../src/train/train-arms.ts';

const arm = (name: string, edges: readonly number[], bySource?: Record<string, number>): ArmTraining => {
  const byPosition = edges.map((from) => {
    return { from, to: from === 1 ? 15 : 2 * from - 1, tokens: 9, loss: 5 - from / 1000 };
  });
  const sources = Object.entries(bySource ?? {}).map(([source, loss]) => ({ source, tokens: 9, loss }));
  const validation = { loss: 4.5, byPosition, ...(bySource === undefined ? {} : { bySource: sources }) };
  const losses = [{ tokens: 640, loss: 5 }];
  return { arm: name, steps: 10, tokensPerStep: 64, losses, final: { validation } };
};

const titles = (arms: readonly ArmTraining[]) =>
  trainingText({ trainer: 'tfjs', settings: {}, tokens: 640, arms }).split('\n')[0]!.trim().split(/ {2,}/);

describe('the last column is the farthest look back that all arms have', () => {
  it.each([
    { what: 'a context below 256', edges: [[1, 16, 32, 64]], last: 'after 64-127' },
    { what: 'a long one', edges: [[1, 16, 256, 2048]], last: 'after 2,048-4,095' },
    {
      what: 'arms of two contexts',
      edges: [
        [1, 16, 32, 64, 512],
        [1, 16, 32],
      ],
      last: 'after 32-63',
    },
    {
      what: 'an arm that lacks one in between',
      edges: [
        [1, 64, 512],
        [1, 32, 512],
      ],
      last: 'after 512-1,023',
    },
    { what: 'one range only', edges: [[1], [1, 16]], last: 'after 1-15' },
  ])('$what', ({ edges, last }) => {
    const found = titles(edges.map((one, i) => arm(`arm-${i}`, one)));
    expect(found.slice(0, 4)).toEqual(['arm', 'steps', 'loss', 'validation']);
    expect(found.slice(4)).toEqual(last === 'after 1-15' ? [last] : ['after 1-15', last]);
  });

  it('beside an arm whose trainer says nothing', () => {
    const silent = { ...arm('silent', []), final: null };
    expect(titles([silent, arm('a', [1, 16, 32])]).at(-1)).toBe('after 32-63');
    expect(titles([silent])).toEqual(['arm', 'steps', 'loss', 'validation']);
  });
});

it('the loss by source has a line for each source and arm, in at most 80 columns', () => {
  const arms = [
    arm('natural', [1], { books: 3.25, web: 4.5 }),
    arm('a-name-of-some-length'.repeat(3), [1], { web: 4 }),
  ];
  const text = trainingText({ trainer: 'tfjs', settings: {}, tokens: 640, arms });
  const lines = text.slice(text.indexOf('validation by source')).split('\n').slice(2);
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['books', 'natural', '3.250'],
    [expect.stringContaining('…'), '-'],
    ['web', 'natural', '4.500'],
    [expect.stringContaining('…'), '4.000'],
  ]);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});
