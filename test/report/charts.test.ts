import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dropReasons } from '../../src/nouns/ledger.ts';
import {
  doublings,
  lengthAxis,
  lengthDomain,
  lengthTicks,
  shareTicks,
  tickLabels,
} from '../../src/report/html/axes.ts';
import { drawer } from '../../src/report/html/draw.ts';
import { ledgerSteps } from '../../src/report/html/ledger-chart.ts';
import { lengthBars, lengthStack, mostOf } from '../../src/report/html/length-charts.ts';
import { phaseChart } from '../../src/report/html/row-charts.ts';
import { rowHistogram } from '../../src/report/row-histogram.ts';
import { ledgerOf } from '../support/report-data.ts';

const buckets = [
  { from: 0, to: 256 },
  { from: 256, to: 1024 },
  { from: 1024, to: null },
];

describe('the length axis', () => {
  const axis = lengthAxis(buckets);

  test('is in doublings, the first and the last bucket one each', () => {
    expect(buckets.map((bucket) => doublings(axis, bucket))).toEqual([1, 2, 1]);
    expect(lengthDomain(axis)).toEqual([7, 11]);
  });

  test('one bucket of everything', () => {
    const all = lengthAxis([{ from: 0, to: null }]);
    expect(lengthDomain(all)[1] - lengthDomain(all)[0]).toBeGreaterThan(0);
    expect(doublings(all, { from: 0, to: null })).toBeGreaterThan(0);
  });

  test('labels that have room, the threshold before all others', () => {
    const edges = [0, 256, 512, 1024, 2048, 4096, 5000, 8192];
    const many = lengthAxis(edges.map((from, i) => ({ from, to: edges[i + 1] ?? null })));
    expect(lengthTicks(many, 1000, null).values).toHaveLength(edges.length);
    const { values } = lengthTicks(many, 120, 5000);
    expect(values).toContain(Math.log2(5000));
    expect(values).not.toContain(Math.log2(4096));
  });
});

test('bars are as high as the share of their bucket, and as wide as it is', () => {
  const axis = lengthAxis(buckets);
  const shares = buckets.map((bucket) => ({ bucket, share: bucket.from === 256 ? 0.5 : 0.25 }));
  expect(mostOf(shares)).toBe(0.5);
  const layer = lengthBars([{ colour: 'after', shares }], { axis, most: 1, threshold: null }).layer[0]!;
  const { values } = (layer as unknown as { data: { values: { x: number; x2: number; y: number }[] } }).data;
  expect(values.map(({ y }) => y)).toEqual([0.25, 0.5, 0.25]);
  expect(values.map((bar) => Number((bar.x2 - bar.x).toFixed(6)))).toEqual([0.84, 1.68, 0.84]);
  const [first, second, third] = values;
  for (const { x, x2 } of values) expect(x2).toBeGreaterThan(x);
  expect(first!.x2).toBeLessThan(second!.x);
  expect(second!.x2).toBeLessThan(third!.x);
});

test('stacks end where the shares of all series do', () => {
  const axis = lengthAxis(buckets);
  const series = [0.1, 0.2, 0.3].map((share, i) => ({
    colour: `source-${i + 1}`,
    shares: [{ bucket: buckets[0]!, share }],
  }));
  const { layer } = lengthStack(series, { axis, most: 1, threshold: 256 });
  const ys = layer.slice(0, 3).map((one) => {
    const [bar] = (one as unknown as { data: { values: { y: number; y2: number }[] } }).data.values;
    return [bar!.y2, bar!.y].map((value) => Number(value.toFixed(6)));
  });
  expect(ys).toEqual([
    [0, 0.1],
    [0.1, 0.3],
    [0.3, 0.6],
  ]);
});

test.each([
  [1, ['0%', '25%', '50%', '75%', '100%']],
  [0.31, ['0%', '10%', '20%', '30%', '40%']],
  [0.004, ['0%', '0.1%', '0.2%', '0.3%', '0.4%']],
  [0, ['0%', '0.01%']],
])('ticks up to %f', (most, texts) => {
  const ticks = shareTicks(most);
  expect(ticks.ticks.map(([, text]) => text)).toEqual(texts);
  expect(ticks.most).toBeGreaterThanOrEqual(most);
});

test('every tick that is asked for is drawn, with its text', async () => {
  const draw = await drawer();
  const ticks = Array.from({ length: 40 }, (_, i): [number, string] => [i / 39, `tick ${i} <&>`]);
  const svg = await draw(
    {
      width: 50,
      height: 50,
      padding: { left: 0, right: 0, top: 0, bottom: 0 },
      layer: [
        {
          data: { values: [{ x: 1 }] },
          mark: 'point',
          encoding: {
            x: { field: 'x', type: 'quantitative', scale: { domain: [0, 1] }, axis: tickLabels(ticks) },
          },
        },
      ],
    },
    { title: 'a', description: 'b' },
  );
  for (const [, text] of ticks)
    expect(svg.markup).toContain(`>${text.replace('<&>', '&lt;&amp;&gt;')}</text>`);
});

describe('the ledger as steps', () => {
  test.each([
    ['all reasons', dropReasons],
    ['none', []],
    ['one', ['not_sampled']],
  ] as const)('%s: from read to rows × width without a gap', (_, lost) => {
    const ledger = ledgerOf(4096, lost);
    const steps = ledgerSteps(ledger);
    expect(steps[0]).toMatchObject({ from: 0, to: ledger.read });
    expect(steps.at(-1)).toMatchObject({ from: 0, to: ledger.rowTokens });
    for (const [i, { from, to, sign }] of steps.entries()) {
      if (sign !== '') expect(from).toBe(steps[i - 1]!.to);
      else if (i > 0) expect(to).toBe(steps[i - 1]!.to);
    }
    expect(steps.filter(({ sign }) => sign === '−')).toHaveLength(lost.length);
  });
});

test('the strip of phases has room for all of the run, and a bar a row length', () => {
  const { layer } = phaseChart(
    [
      { name: 'a', sets: [{ width: 4096, tokens: 100 }] },
      {
        name: 'b',
        sets: [
          { width: 1024, tokens: 100 },
          { width: 4096, tokens: 300 },
        ],
      },
    ],
    500,
  );
  const { values } = (layer[0] as unknown as { data: { values: Record<string, number>[] } }).data;
  expect(values.map(({ x, x2 }) => [x, x2])).toEqual([
    [0, 100],
    [100, 500],
    [100, 500],
  ]);
  // Lanes from the bottom: 1024, 4096. As thick as the share of the stretch.
  expect(values.map(({ y, y2 }) => [(y! + y2!) / 2, Number((y2! - y!).toFixed(6))])).toEqual([
    [1.5, 0.8],
    [0.5, 0.2],
    [1.5, 0.6],
  ]);
});

test('the histogram of rows counts each row once, in the range that its pieces fall in', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(9), fc.nat(3000)), { maxLength: 50 }), (pieces) => {
      let end = 0;
      const rowEnds = Uint32Array.from(pieces, (count) => {
        end += count;
        return end;
      });
      const bins = rowHistogram({ rows: pieces.length, rowEnds });
      for (const { from, to, rows } of bins)
        expect(rows).toBe(pieces.filter((count) => count >= from && count <= to).length);
      expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(pieces.length);
      for (const [i, { from }] of bins.entries()) if (i > 0) expect(from).toBe(bins[i - 1]!.to + 1);
    }),
  );
  expect(rowHistogram({ rows: 4, rowEnds: Uint32Array.of(1, 3, 6, 14) })).toEqual([
    { from: 1, to: 1, rows: 1 },
    { from: 2, to: 2, rows: 1 },
    { from: 3, to: 4, rows: 1 },
    { from: 5, to: 8, rows: 1 },
  ]);
});
