/** The curves of arms in the report: lines lie where the losses are, and tables have every figure. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  lossTicks,
  type PositionCurve,
  positionChart,
  tokenChart,
} from '../../src/report/html/curve-charts.ts';
import type { TrainingData } from '../../src/report/html/data.ts';
import { drawer } from '../../src/report/html/draw.ts';
import { trainingSection } from '../../src/report/html/training-section.ts';
import { validationOf } from '../../src/train/validation.ts';
import { curvesOf } from '../support/report-data.ts';

const style = { colour: 'source-1', dash: [7, 3] } as const;

/** The page's markup, its charts by title, and what stands in its tables. */
async function shown(training: TrainingData) {
  const { markup } = await trainingSection(await drawer(), training);
  const charts = new Map(
    Array.from(markup.matchAll(/<svg[^>]*><title[^>]*>([^<]*)<\/title>([\s\S]*?)<\/svg>/g), (found) => [
      found[1]!,
      found[2]!,
    ]),
  );
  const cells = Array.from(markup.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/g), ([, text]) => text!);
  return { markup, charts, cells };
}

/** Lines that are drawn, by colour; axes and grids are not. */
function linesOf(chart: string): string[] {
  return Array.from(
    chart.matchAll(/<path d="M[^"]*L[^"]*"[^>]*stroke="var\(--(source-\d)\)"/g),
    ([, c]) => c!,
  );
}

const of = (arms: TrainingData['arms']): TrainingData => ({ trainer: 'tfjs', tokens: 3_276_800, arms });

describe('two arms', async () => {
  const arms = [curvesOf('short', 0), curvesOf('long', 1)];
  const { charts, cells, markup } = await shown(of(arms));

  test('have a line each by position and over tokens; the difference, one less', () => {
    expect([...charts.keys()]).toEqual([
      'Validation loss by position',
      'Validation loss by position, less that of short',
      'Training loss over tokens',
    ]);
    expect([...charts.values()].map(linesOf)).toEqual([
      ['source-1', 'source-2'],
      ['source-2'],
      ['source-1', 'source-2'],
    ]);
  });

  test('have their figures in the tables', () => {
    for (const { losses, validation } of arms) {
      for (const loss of [losses[0]!.loss, losses.at(-1)!.loss, validation!.loss])
        expect(cells).toContain(loss.toFixed(3));
      for (const { loss } of validation!.byPosition) expect(cells).toContain(loss.toFixed(3));
      for (const { loss } of validation!.bySource!) expect(cells).toContain(loss.toFixed(3));
    }
  });

  test('and in words, the difference signed', () => {
    expect(markup).toContain('long: -0.036 from 1, -0.024 from 16,');
  });
});

test('an arm without a validation loss has a line over tokens, and a dash in the tables', async () => {
  const silent = { ...curvesOf('silent', 1), validation: null };
  const { charts, cells } = await shown(of([curvesOf('a', 0), silent]));
  expect([...charts.values()].map(linesOf)).toEqual([['source-1'], ['source-1', 'source-2']]);
  expect(cells.filter((cell) => cell === '-')).toHaveLength(12);
});

test('no validation loss at all is said', async () => {
  const { charts, markup } = await shown(of([{ ...curvesOf('a', 0), validation: null }]));
  expect([...charts.keys()]).toEqual(['Training loss over tokens']);
  expect(markup).toContain('it needs a validation split');
});

test('long runs are drawn by means of steps', async () => {
  const { charts, markup } = await shown(of([curvesOf('a', 0, 10_000)]));
  expect(markup).toContain('Training loss, mean of 67 steps');
  const [line] = charts.get('Training loss over tokens')!.match(/d="M[^"]*"[^>]*stroke="var\(--source-1\)"/)!;
  expect(line.split('L')).toHaveLength(150);
});

interface Layer {
  readonly data: { readonly values: { x: number; y: number }[] };
  readonly encoding: { readonly y: { readonly scale: { readonly domain: [number, number] } } };
}
const layersOf = (chart: { layer: unknown }) => chart.layer as Layer[];

test('a loss stands in the middle of its bucket, on an axis of doublings', () => {
  const points: PositionCurve['points'] = [
    { from: 1, to: 15, loss: 5 },
    { from: 16, to: 31, loss: 4 },
    { from: 64, to: 127, loss: 3 },
  ];
  const [{ data }] = layersOf(positionChart([{ ...style, points }])) as [Layer];
  expect(data.values).toEqual([
    { x: 3.5, y: 5 },
    { x: 4.5, y: 4 },
    { x: 6.5, y: 3 },
  ]);
});

test('one step is a point', () => {
  const chart = tokenChart([{ ...style, points: [{ tokens: 4096, loss: 7 }] }]);
  expect(JSON.stringify(chart.layer)).toContain('"point":{');
});

test('ticks of losses: a few round ones, in order, told apart by their texts, with all losses between them', () => {
  const losses = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(losses, (ys) => {
      const { low, high, ticks } = lossTicks(ys);
      expect(low).toBeLessThanOrEqual(Math.min(...ys) + 1e-9);
      expect(high).toBeGreaterThanOrEqual(Math.max(...ys) - 1e-9);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(new Set(ticks.map(([, text]) => text)).size).toBe(ticks.length);
      for (const [value, text] of ticks) expect(Number(text)).toBe(value);
    }),
  );
});

test('what a trainer says of the validation set is taken only as far as it is in that form', () => {
  const bucket = { from: 1, to: 15, tokens: 3, loss: 5 };
  const good = { loss: 4, byPosition: [bucket] };
  expect(validationOf({ validation: good })).toBe(good);
  const bad = [
    ...[null, 3, {}, { loss: null, byPosition: [] }, { loss: 1 }, { loss: 1, byPosition: [null] }],
    ...[
      { loss: Number.NaN, byPosition: [] },
      { loss: 1, byPosition: [{ ...bucket, loss: null }] },
    ],
    { loss: 1, byPosition: [{ ...bucket, to: 0 }] },
  ];
  for (const validation of bad) expect(validationOf({ validation })).toBeNull();
  expect(validationOf(null)).toBeNull();
});
