import { describe, expect, it, test } from 'vitest';
import {
  bytes,
  compact,
  counted,
  duration,
  integer,
  length,
  percent,
  percentAsTyped,
  percentFine,
} from '../../src/base/words.ts';

it.each([
  [0, '0'],
  [999.6, '1,000'],
  [1_234_567_890_123, '1,234,567,890,123'],
])('integer %d', (value, text) => expect(integer(value)).toBe(text));

it.each([
  [0, '0 rows'],
  [1, '1 row'],
  [1200, '1,200 rows'],
])('counted %d', (value, text) => expect(counted(value, 'row')).toBe(text));

describe('compact: three digits, also where they round to the next power', () => {
  test.each([
    [0, '0'],
    [9_999, '9,999'],
    [9_999.4, '9,999'],
    [9_999.6, '10.0K'],
    [10_000, '10.0K'],
    [99_940, '99.9K'],
    [99_960, '100K'],
    [999_499, '999K'],
    [999_500, '1.00M'],
    [1_000_000, '1.00M'],
    [9_994_999, '9.99M'],
    [9_995_001, '10.0M'],
    [13_521_241, '13.5M'],
    [999_999_999, '1.00B'],
    [5e12, '5.00T'],
    [1e15, '1000T'],
  ])('%d', (value, text) => expect(compact(value)).toBe(text));
});

it.each([
  [0, '0 B'],
  [268_435_456, '268 MB'],
  [9_090_080, '9.09 MB'],
])('bytes %d', (value, text) => expect(bytes(value)).toBe(text));

it.each([
  [0, '0'],
  [256, '256'],
  [8192, '8K'],
  [8193, '8193'],
  [5000, '5000'],
  [1_048_576, '1M'],
])('length %d', (value, text) => expect(length(value)).toBe(text));

it.each([
  [0, '0.0%'],
  [0.7, '70.0%'],
  [1, '100.0%'],
  [0.0005, '0.1%'],
  [0.0004, '0.04%'],
  [0.00001, '0.001%'],
  [1e-9, '< 0.001%'],
])('percent %d', (value, text) => expect(percent(value)).toBe(text));

it.each([
  [0.7, '70%'],
  [0.125, '12.5%'],
  [0.1234567, '12.35%'],
  [0, '0%'],
])('percentAsTyped %d', (value, text) => expect(percentAsTyped(value)).toBe(text));

it.each([
  [0.4, '0:00'],
  [59.6, '1:00'],
  [75.3, '1:15'],
  [3_599, '59:59'],
  [3_600, '1:00:00'],
  [90_061, '25:01:01'],
  [Number.POSITIVE_INFINITY, '?'],
  [Number.NaN, '?'],
])('duration %d', (value, text) => expect(duration(value)).toBe(text));

it.each([
  [0.99944, '99.944%'],
  [0.9999949, '99.999%'],
  [0.9999999, '99.99999%'],
  [1, '100.000%'],
  [0.5, '50.000%'],
])('percentFine %d: what is not all does not read as all', (value, text) =>
  expect(percentFine(value)).toBe(text),
);
