/** The report's colours meet the standards that they claim: contrast, and how they look with each colour blindness. */
import { describe, expect, test } from 'vitest';
import { dark, light, type Palette, sourceColours } from '../../src/report/html/palette.ts';

type Rgb = readonly [number, number, number];

/** Linear, 0 to 1. */
function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** WCAG 2.2. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [r, g, blue] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const sights: Readonly<Record<string, readonly [Rgb, Rgb, Rgb]>> = {
  trichromat: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function times(matrix: readonly [Rgb, Rgb, Rgb], [a, b, c]: Rgb): Rgb {
  const row = ([x, y, z]: Rgb) => x * a + y * b + z * c;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** Distance in Oklab (Ottosson 2020), where about 0.02 is just seen. */
function distance(a: string, b: string, sight: readonly [Rgb, Rgb, Rgb]): number {
  const oklab = (hex: string) => {
    const seen = times(sight, linear(hex)).map((value) => Math.min(1, Math.max(0, value))) as unknown as Rgb;
    const cones = times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      seen,
    ).map(Math.cbrt) as unknown as Rgb;
    return times(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      cones,
    );
  };
  const [p, q] = [oklab(a), oklab(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

const sources = [...Array.from({ length: sourceColours }, (_, i) => `source-${i + 1}`), 'source-other'];

describe.each([
  ['light', light],
  ['dark', dark],
])('%s', (_, palette: Palette) => {
  const colour = (name: string) => palette[name as keyof Palette];

  test.each(['ink', 'muted', 'link'])('%s is readable as text', (name) => {
    expect(contrast(colour(name), palette.page)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour(name), palette.panel)).toBeGreaterThanOrEqual(4.5);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])('epochs are readable on step %d', (step) => {
    expect(contrast(palette.ink, colour(`epochs-${step}`))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['before', 'after', 'lost', 'more', 'idle', ...sources])('%s stands out as a mark', (name) => {
    expect(contrast(colour(name), palette.page)).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.entries(sights))(
    'a %s tells sources apart, and the corpus from the mix',
    (_name, sight) => {
      const pairs = sources.flatMap((a, i) => sources.slice(0, i).map((b) => [a, b] as const));
      for (const [a, b] of [...pairs, ['before', 'after'], ['lost', 'after']] as const)
        expect(distance(colour(a), colour(b), sight), `${a} and ${b}`).toBeGreaterThan(0.07);
    },
  );
});
