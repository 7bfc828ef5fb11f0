/** Charts of rows: their length over the training run, and how many documents share a row. */
import { compact, length } from '../../base/words.ts';
import { shorten } from '../table.ts';
import { bareAxis, linear, shareTicks, tickLabels } from './axes.ts';
import type { RowBin } from './data.ts';
import type { Chart } from './draw.ts';

/** Shows how many rows have how many pieces of documents. */
export function piecesChart(bins: readonly RowBin[]): Chart {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const values = bins.map((bin, i) => ({
    ...bin,
    x: i + 0.08,
    x2: i + 0.92,
    share: bin.rows / Math.max(1, rows),
  }));
  const y = shareTicks(Math.max(...values.map(({ share }) => share)));
  // Label bins with their ranges if there is room, else with their first number.
  const ranges = bins.length <= 6;
  const names = bins.flatMap(({ from, to }, i): [number, string][] => {
    if (bins.length > 10 && i % 2 === 1) return [];
    return [[i + 0.5, ranges && from < to ? `${from}–${to}` : String(from)]];
  });
  return {
    width: 292,
    height: 120,
    padding: { left: 44, right: 12, top: 10, bottom: 36 },
    layer: [
      {
        data: { values },
        mark: { type: 'rect', color: 'var(--after)' },
        encoding: {
          x: {
            ...linear('x', [0, bins.length]),
            axis: {
              title: ranges ? 'pieces of documents in a row' : 'pieces of documents in a row, from',
              grid: false,
              ticks: false,
              ...tickLabels(names),
            },
          },
          x2: { field: 'x2' },
          y: { ...linear('share', [0, y.most]), axis: bareAxis(y.ticks) },
          y2: { datum: 0 },
        },
      },
    ],
  };
}

/** A part of the training run, with the shard sets whose rows a trainer takes in it. */
export interface Stretch {
  readonly name: string;
  readonly sets: readonly { readonly width: number; readonly tokens: number }[];
}

/**
 * Shows the row length over training tokens. A stretch with rows of one length is a bar. A stretch with several lengths
 * has one bar per length, as thick as that length's share of the stretch.
 */
export function phaseChart(stretches: readonly Stretch[], width: number): Chart {
  const widths = [...new Set(stretches.flatMap(({ sets }) => sets.map((set) => set.width)))].sort(
    (a, b) => a - b,
  );
  const total = stretches.reduce((sum, { sets }) => sum + sumTokens(sets), 0);
  let start = 0;
  const bars: { x: number; x2: number; y: number; y2: number }[] = [];
  const names: { x: number; label: string }[] = [];
  const starts: [number, string][] = [];
  for (const { name, sets } of stretches) {
    const tokens = sumTokens(sets);
    const pixels = (tokens / Math.max(1, total)) * width;
    starts.push([start, compact(start)]);
    if (pixels >= 30) names.push({ x: start + tokens / 2, label: shorten(name, Math.floor(pixels / 7)) });
    for (const set of sets) {
      const half = (set.tokens / Math.max(1, tokens)) * 0.4;
      const lane = widths.indexOf(set.width) + 0.5;
      bars.push({
        x: start,
        x2: start + tokens,
        y: lane - half,
        y2: lane + half,
      });
    }
    start += tokens;
  }
  starts.push([total, compact(total)]);
  const ticks = starts.filter(([at], i) => {
    const before = starts.slice(0, i).every(([other]) => ((at - other) / Math.max(1, total)) * width > 44);
    const end = i === starts.length - 1 || ((total - at) / Math.max(1, total)) * width > 44;
    return end && (before || i === starts.length - 1);
  });
  const x = linear('x', [0, Math.max(1, total)]);
  return {
    width,
    height: Math.max(40, widths.length * 26),
    padding: { left: 60, right: 28, top: 20, bottom: 36 },
    layer: [
      {
        data: { values: bars },
        mark: { type: 'rect', color: 'var(--after)', stroke: 'var(--page)' },
        encoding: {
          x: { ...x, axis: { title: 'training tokens', grid: false, ...tickLabels(ticks) } },
          x2: { field: 'x2' },
          y: {
            ...linear('y', [0, widths.length]),
            axis: bareAxis(widths.map((w, i) => [i + 0.5, length(w)])),
          },
          y2: { field: 'y2' },
        },
      },
      {
        data: { values: names },
        mark: { type: 'text', y: -9, color: 'var(--ink)', fontSize: 12 },
        encoding: { x, text: { field: 'label' } },
      },
    ],
  };
}

function sumTokens(sets: Stretch['sets']): number {
  return sets.reduce((sum, { tokens }) => sum + tokens, 0);
}
