/** The axes that charts share. */

import { length, percent } from '../../base/words.ts';
import type { Bucket } from '../../nouns/mix.ts';

/**
 * Lengths on a logarithmic axis, in doublings. The first bucket (from 0) and the last (without an upper bound) get the
 * room of one doubling.
 */
export interface LengthAxis {
  /** Edges of buckets, in tokens, ascending; null: the last bucket's open end. */
  readonly edges: readonly (number | null)[];
  readonly position: (edge: number | null) => number;
}

/** Makes an axis from the first to the last of the given buckets. */
export function lengthAxis(buckets: readonly Bucket[]): LengthAxis {
  const numbers = new Set(buckets.flatMap(({ from, to }) => (to === null ? [from] : [from, to])));
  const edges: (number | null)[] = [...numbers].sort((a, b) => a - b);
  const last = Math.log2(Math.max(1, ...numbers));
  const first = Math.log2(Math.min(...[...numbers].filter((edge) => edge > 0), 2 ** last));
  if (buckets.some(({ to }) => to === null)) edges.push(null);
  return {
    edges,
    position: (edge) => (edge === null ? last + 1 : edge === 0 ? first - 1 : Math.log2(edge)),
  };
}

/** Number of doublings that a bucket spans. */
export function doublings(axis: LengthAxis, { from, to }: Bucket): number {
  return axis.position(to) - axis.position(from);
}

/** Chooses the labels of a length axis of `pixels` width: as many edges as fit, with preference for `wanted`. */
export function lengthTicks(axis: LengthAxis, pixels: number, wanted: number | null): TickLabels {
  const [low, high] = lengthDomain(axis);
  const rank = (edge: number) => {
    const power = Math.log2(edge);
    if (edge === wanted) return 0;
    return Number.isInteger(power / 2) ? 1 : Number.isInteger(power) ? 2 : 3;
  };
  const chosen: { at: number; text: string }[] = [];
  const edges = axis.edges.filter((edge) => edge !== null).sort((a, b) => rank(a) - rank(b));
  for (const edge of edges) {
    const tick = { at: axis.position(edge), text: length(edge) };
    const free = chosen.every(({ at, text }) => {
      const pixelsApart = (Math.abs(at - tick.at) * pixels) / (high - low);
      return pixelsApart >= ((text.length + tick.text.length) / 2) * 6.5 + 8;
    });
    if (free) chosen.push(tick);
  }
  return tickLabels(chosen.map(({ at, text }) => [at, text]));
}

export function lengthDomain({ edges, position }: LengthAxis): [number, number] {
  return [position(edges[0] ?? 0), position(edges.at(-1) ?? null)];
}

interface TickLabels {
  readonly values: number[];
  /** A Vega expression. */
  readonly labelExpr: string;
  /** Set because Vega would otherwise omit ticks if they seem too many, or their labels too long. */
  readonly tickCount: number;
  readonly labelOverlap: false;
}

/** Makes ticks with custom texts. */
export function tickLabels(ticks: readonly (readonly [number, string])[]): TickLabels {
  const values = ticks.map(([at]) => at);
  const texts = ticks.map(([, text]) => text);
  const labelExpr = `${JSON.stringify(texts)}[indexof(${JSON.stringify(values)},datum.value)]`;
  return { values, labelExpr, tickCount: values.length, labelOverlap: false };
}

/** Makes an axis that shows only its labels. */
export function bareAxis(ticks: readonly (readonly [number, string])[]): BareAxis {
  return { title: null, ticks: false, domain: false, ...tickLabels(ticks) };
}

interface BareAxis extends TickLabels {
  readonly title: null;
  readonly ticks: false;
  readonly domain: false;
}

/** Makes the y axis of a chart with a line of height 1 per name, the first at the top. */
export function lineNames(names: readonly string[]): BareAxis & { grid: false; labelColor: string } {
  const ticks = names.map((name, i) => [i + 0.5, name] as const);
  return { ...bareAxis(ticks), grid: false, labelColor: 'var(--ink)' };
}

/** Returns 0 and up to four more round shares, the last at or above `most`. */
export function shareTicks(most: number): { most: number; ticks: [number, string][] } {
  const steps = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5];
  const step = steps.find((one) => most / one <= 4) ?? 0.5;
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, i): [number, string] => {
    const text = percent(i * step).replace('.0%', '%');
    return [i * step, text];
  });
  return { most: count * step, ticks };
}

/** Encodes a field on a linear scale; a `downward` scale has 0 at the top. */
export function linear<F extends string>(
  field: F,
  domain: readonly [number, number],
  downward = false,
): {
  field: F;
  type: 'quantitative';
  scale: { domain: number[]; nice: false; zero: false; reverse: boolean };
} {
  return {
    field,
    type: 'quantitative',
    scale: { domain: [...domain], nice: false, zero: false, reverse: downward },
  };
}
