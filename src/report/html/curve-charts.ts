/** Line charts with one line per arm: the loss over training tokens, and the loss by the context of a prediction. */
import { compact } from '../../base/words.ts';
import type { PositionLoss } from '../../nouns/training.ts';
import { lengthAxis, lengthDomain, lengthTicks, linear, tickLabels } from './axes.ts';
import type { Chart } from './draw.ts';

/** Lines differ by dashes as well as by colour. */
export interface LineStyle {
  readonly colour: string;
  /** Pixels on and off; [1, 0]: a line without gaps. */
  readonly dash: readonly [on: number, off: number];
}

export interface TokenCurve extends LineStyle {
  readonly points: readonly { readonly tokens: number; readonly loss: number }[];
}

export interface PositionCurve extends LineStyle {
  readonly points: readonly Pick<PositionLoss, 'from' | 'to' | 'loss'>[];
}

const width = 284;
const height = 190;

export function tokenChart(curves: readonly TokenCurve[]): Chart {
  const most = Math.max(1, ...curves.flatMap(({ points }) => points.map(({ tokens }) => tokens)));
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part): [number, string] => [most * part, compact(most * part)]);
  // A line through one point is invisible, so short curves get points.
  const few = curves.every(({ points }) => points.length < 20);
  const lines = curves.map(({ points, ...style }) => ({
    ...style,
    values: points.map(({ tokens, loss }) => ({ x: tokens, y: loss })),
  }));
  return lineChart(lines, [0, most], { title: 'tokens trained on', ...tickLabels(ticks) }, few);
}

/** Draws losses on an axis of doublings, each in the middle of its bucket. `around`: a value to show as a rule. */
export function positionChart(curves: readonly PositionCurve[], around: number | null = null): Chart {
  const buckets = curves.flatMap(({ points }) => points.map(bucketOf));
  const axis = lengthAxis(buckets);
  const lines = curves.map(({ points, ...style }) => ({
    ...style,
    values: points.map((point) => {
      const { from, to } = bucketOf(point);
      return { x: (axis.position(from) + axis.position(to)) / 2, y: point.loss };
    }),
  }));
  const title = 'tokens of the document that were seen before';
  return lineChart(lines, lengthDomain(axis), { title, ...lengthTicks(axis, width, null) }, true, around);
}

/** The first token is never predicted, so a bucket from 1 counts as one from 0, and the axis gives it one doubling. */
function bucketOf({ from, to }: Pick<PositionLoss, 'from' | 'to'>): { from: number; to: number } {
  return { from: from === 1 ? 0 : from, to: to + 1 };
}

interface Line extends LineStyle {
  readonly values: readonly { readonly x: number; readonly y: number }[];
}

function lineChart(
  lines: readonly Line[],
  domain: readonly [number, number],
  axis: { readonly title: string } & ReturnType<typeof tickLabels>,
  points: boolean,
  around: number | null = null,
): Chart {
  const ys = lines.flatMap(({ values }) => values.map((value) => value.y));
  const { low, high, ticks } = lossTicks(around === null ? ys : [...ys, around]);
  const x = linear('x', domain);
  const y = linear('y', [low, high]);
  return {
    width,
    height,
    padding: { left: 46, right: 18, top: 10, bottom: 36 },
    layer: [
      ...(around === null ? [] : [rule(around, y)]),
      ...lines.map(({ colour, dash: [on, off], values }): Chart['layer'][number] => ({
        data: { values: [...values] },
        mark: {
          type: 'line',
          color: `var(--${colour})`,
          strokeWidth: 2,
          ...(off === 0 ? {} : { strokeDash: [on, off] }),
          ...(points ? { point: { color: `var(--${colour})`, size: 28, filled: true } } : {}),
        },
        encoding: {
          x: { ...x, axis: { grid: false, labelFlush: false, ...axis } },
          y: { ...y, axis: { title: null, domain: false, ticks: false, ...tickLabels(ticks) } },
        },
      })),
    ],
  };
}

function rule(at: number, y: ReturnType<typeof linear<'y'>>): Chart['layer'][number] {
  return {
    data: { values: [{ y: at }] },
    mark: { type: 'rule', color: 'var(--muted)' },
    encoding: { y },
  };
}

/** Returns three to seven round values, the first at or below all losses and the last at or above. */
export function lossTicks(losses: readonly number[]): {
  low: number;
  high: number;
  ticks: [number, string][];
} {
  const least = losses.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = losses.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!(most >= least))
    return {
      low: 0,
      high: 1,
      ticks: [
        [0, '0'],
        [1, '1'],
      ],
    };
  // If all losses are nearly equal, don't enlarge them to more digits than anyone compares.
  const span = Math.max(most - least, 0.002);
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => span / one <= 5)!;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const tick = (i: number) => Number((i * step).toFixed(digits));
  // Rounding may move a quotient off a whole number, so allow for it; but every loss must lie between the ticks.
  const nearFirst = Math.floor(least / step + 1e-9);
  const first = tick(nearFirst) > least ? nearFirst - 1 : nearFirst;
  const nearLast = Math.ceil(most / step - 1e-9);
  const last = Math.max(first + 1, tick(nearLast) < most ? nearLast + 1 : nearLast);
  const ticks = Array.from({ length: last - first + 1 }, (_, i): [number, string] => {
    const value = tick(first + i);
    return [value, value.toFixed(digits)];
  });
  return { low: ticks[0]![0], high: ticks.at(-1)![0], ticks };
}
