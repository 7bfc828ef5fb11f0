/** Charts of document lengths: the corpus beside the mix, and either of them by source. */
import type { Bucket } from '../../nouns/mix.ts';
import {
  bareAxis,
  doublings,
  type LengthAxis,
  lengthDomain,
  lengthTicks,
  linear,
  shareTicks,
} from './axes.ts';
import type { Chart } from './draw.ts';

/** A bucket's share of the tokens. */
export interface LengthShare {
  readonly bucket: Bucket;
  readonly share: number;
}

export interface LengthFrame {
  readonly axis: LengthAxis;
  /** The largest share in any of the charts to compare. */
  readonly most: number;
  /** Documents of at least this length are long. */
  readonly threshold: number | null;
}

export interface Series {
  readonly colour: string;
  readonly shares: readonly LengthShare[];
}

const width = 292;
const height = 120;

/** Draws bars side by side, one per series in each bucket. */
export function lengthBars(series: readonly Series[], frame: LengthFrame): Chart {
  const bars = series.map(({ colour, shares }, i) => {
    const values = shares.map(({ bucket, share }) => {
      const from = frame.axis.position(bucket.from);
      const wide = doublings(frame.axis, bucket);
      const at = (part: number) => from + wide * (0.08 + 0.84 * part);
      return { x: at(i / series.length), x2: at((i + 1) / series.length), y: share, y2: 0 };
    });
    return { colour, values };
  });
  return lengthChart(bars, frame);
}

/** Draws bars on top of each other, with the first series lowest. */
export function lengthStack(series: readonly Series[], frame: LengthFrame): Chart {
  const tops = new Map<number, number>();
  const bars = series.map(({ colour, shares }) => {
    const values = shares.map(({ bucket, share }) => {
      const from = frame.axis.position(bucket.from);
      const wide = doublings(frame.axis, bucket);
      const y2 = tops.get(from) ?? 0;
      const y = y2 + share;
      tops.set(from, y);
      return { x: from + wide * 0.08, x2: from + wide * 0.92, y, y2 };
    });
    return { colour, values };
  });
  return lengthChart(bars, frame);
}

/** Returns the height of the highest bar. */
export function mostOf(shares: readonly LengthShare[]): number {
  return Math.max(0, ...shares.map(({ share }) => share));
}

interface Bars {
  readonly colour: string;
  readonly values: readonly { x: number; x2: number; y: number; y2: number }[];
}

function lengthChart(series: readonly Bars[], { axis, most, threshold }: LengthFrame): Chart {
  const y = shareTicks(most);
  const domain = lengthDomain(axis);
  const rule =
    threshold === null ? [] : [axis.position(threshold)].filter((x) => x >= domain[0] && x <= domain[1]);
  return {
    width,
    height,
    padding: { left: 44, right: 12, top: 18, bottom: 36 },
    layer: [
      ...series.map(({ colour, values }): Chart['layer'][number] => ({
        data: { values: values.filter((bar) => bar.y > bar.y2) },
        mark: { type: 'rect', color: `var(--${colour})`, stroke: 'var(--page)', strokeWidth: 0.5 },
        encoding: {
          x: {
            ...linear('x', domain),
            axis: {
              title: 'length of a document, tokens',
              grid: false,
              ...lengthTicks(axis, width, threshold),
            },
          },
          x2: { field: 'x2' },
          y: { ...linear('y', [0, y.most]), axis: bareAxis(y.ticks) },
          y2: { field: 'y2' },
        },
      })),
      ...rule.flatMap((x): Chart['layer'] => [
        {
          data: { values: [{ x }] },
          mark: { type: 'rule', color: 'var(--ink)', strokeDash: [3, 3] },
          encoding: { x: linear('x', domain) },
        },
        {
          data: { values: [{ x }] },
          mark: { type: 'text', text: 'long →', align: 'left', dx: 3, y: -6, color: 'var(--muted)' },
          encoding: { x: linear('x', domain) },
        },
      ]),
    ],
  };
}
