import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { length } from '../../src/base/words.ts';
import { parseLength, parseShare, parseSize, parseTokens } from '../../src/recipe/units.ts';

describe('parseTokens', () => {
  test.each([
    ['8192', 8192],
    [8192, 8192],
    ['5B', 5e9],
    ['1.5M', 1_500_000],
    ['1.1M', 1_100_000],
    ['20Ki', 20_480],
    ['1.5Ki', 1536],
    ['2 Gi', 2 ** 31],
    ['3T', 3e12],
    ['0', 0],
    ['0.000', 0],
    [9007199254740991, 9007199254740991],
  ])('%s is %d', (text, value) => {
    expect(parseTokens(text)).toEqual({ value });
  });

  test.each([
    ['5X', /^expected an amount of tokens such as .*two\)$/],
    ['5b', /did you mean `5B`\?$/],
    ['5ki', /did you mean `5Ki`\?$/],
    ['1.5', /^that is 1.5 tokens; expected a whole number of tokens$/],
    [2.5, /^that is 2.5 tokens/],
    ['0.3Ki', /^that is 307.2 tokens/],
    ['9007199254740992', /fewer than 2\^53 tokens/],
    ['10000T', /fewer than 2\^53 tokens/],
    ['-5B', /^expected an amount/],
    [-5, /^expected an amount/],
    [Number.NaN, /^expected an amount/],
    [Number.POSITIVE_INFINITY, /^expected an amount/],
    ['', /^expected an amount/],
    ['1e3', /^expected an amount/],
    ['.5B', /^expected an amount/],
    ['5 constructor', /^expected an amount/],
  ])('%s is refused', (text, problem) => {
    expect(parseTokens(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('reads every whole number with every unit exactly', () => {
    const units = {
      '': 1n,
      K: 10n ** 3n,
      M: 10n ** 6n,
      B: 10n ** 9n,
      Ki: 2n ** 10n,
      Mi: 2n ** 20n,
      Gi: 2n ** 30n,
    };
    fc.assert(
      fc.property(fc.nat(4_000_000), fc.constantFrom(...Object.entries(units)), (n, [unit, factor]) => {
        expect(parseTokens(`${n}${unit}`)).toEqual({ value: Number(BigInt(n) * factor) });
      }),
    );
  });

  it('reads decimals as decimal text: the fraction of an M is that many tokens', () => {
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(999_999), (whole, tokens) => {
        const text = `${whole}.${String(tokens).padStart(6, '0')}M`;
        expect(parseTokens(text)).toEqual({ value: whole * 1_000_000 + tokens });
      }),
    );
  });
});

describe('parseLength', () => {
  test.each([
    ['8192', 8192],
    [32000, 32_000],
    ['32000', 32_000],
    ['32K', 32_768],
    ['32Ki', 32_768],
    ['1.5K', 1536],
    ['1M', 1_048_576],
    ['4 Mi', 4 * 2 ** 20],
    ['1Gi', 2 ** 30],
    ['0', 0],
  ])('%s is %d tokens', (text, value) => {
    expect(parseLength(text)).toEqual({ value });
  });

  test.each([
    ['32k', /^expected a length in tokens such as 8192, 32K or 1M .*; did you mean `32K`\?$/],
    ['4m', /did you mean `4M`\?$/],
    ['5B', /^expected a length/],
    ['0.3K', /^that is 307.2 tokens; expected a whole number of tokens$/],
  ])('%s is refused', (text, problem) => {
    expect(parseLength(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('reads what tables print as the length that it was printed for', () => {
    const lengths = fc.oneof(
      fc.nat(2 ** 31),
      fc.nat(4096).map((k) => k * 1024),
      fc.nat(4096).map((m) => m * 2 ** 20),
    );
    fc.assert(
      fc.property(lengths, (tokens) => {
        expect(parseLength(length(tokens))).toEqual({ value: tokens });
      }),
    );
  });
});

describe('parseSize', () => {
  test.each([
    ['256MB', 256e6],
    ['64MiB', 64 * 2 ** 20],
    ['4GB', 4e9],
    ['0.5KiB', 512],
    ['512B', 512],
    [1000, 1000],
  ])('%s is %d bytes', (text, value) => {
    expect(parseSize(text)).toEqual({ value });
  });

  test.each([
    ['4G', /did you mean `4GB`\?$/],
    ['64mib', /did you mean `64MiB`\?$/],
    ['5 apples', /^expected a size such as .*two\)$/],
    ['0.5B', /^that is 0.5 bytes/],
  ])('%s is refused', (text, problem) => {
    expect(parseSize(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe('parseShare', () => {
  test.each([
    ['70%', 0.7],
    ['0.5%', 0.005],
    ['0.07%', 0.0007],
    ['0.7', 0.7],
    [0.7, 0.7],
    [1e-7, 1e-7],
    ['0%', 0],
    ['100 %', 1],
    [1, 1],
  ])('%s is %d', (text, value) => {
    expect(parseShare(text)).toEqual({ value });
  });

  test.each([
    [70, /did you mean `70%`\?$/],
    ['70', /did you mean `70%`\?$/],
    ['101%', /^expected a share .*from 0% to 100%$/],
    [-0.1, /^expected a share/],
    [Number.NaN, /^expected a share/],
    ['%', /^expected a share/],
  ])('%s is refused', (text, problem) => {
    expect(parseShare(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('gives the double nearest to the decimal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (n) => {
        const text = `${Math.floor(n / 1000)}.${String(n % 1000).padStart(3, '0')}%`;
        expect(parseShare(text)).toEqual({ value: n / 100_000 });
      }),
    );
  });
});
