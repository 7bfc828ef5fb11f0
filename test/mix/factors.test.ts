import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phaseFactors } from '../../src/mix/factors.ts';
import { cellWeights, type Supply } from '../../src/mix/weights.ts';
import type { LengthRule, MixSpec } from '../../src/nouns/recipe.ts';
import { errorOf } from '../support/error-of.ts';
import { fraction, fuzz } from '../support/fuzz.ts';
import { everySource, lengthRules, mixSpec, sequenceSpec } from '../support/recipes.ts';

const names = ['alpha', 'beta', 'gamma'];

/** Every source has a short and a long cell at least, both with tokens: any length rule can be met. */
const fullCells: fc.Arbitrary<Supply[]> = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.array(fc.tuple(fc.boolean(), fc.nat(10_000)), { maxLength: 3 }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((sources) =>
    sources.flatMap(([short, long, more], source) => [
      supply(source, false, short),
      supply(source, true, long),
      ...more.map(([isLong, usable]) => supply(source, isLong, usable)),
    ]),
  );

const cellsAndShares = fullCells.chain((cells) => {
  const sources = names.slice(0, 1 + Math.max(...cells.map(({ source }) => source)));
  const parts = fc.array(fc.nat(9), { minLength: sources.length, maxLength: sources.length });
  const shares = parts
    .filter((numbers) => numbers.some((n) => n > 0))
    .map((numbers) => {
      const sum = numbers.reduce((a, b) => a + b, 0);
      return new Map(sources.map((name, s) => [name, numbers[s]! / sum]));
    });
  return fc.record({
    cells: fc.constant(cells),
    sources: fc.constant(sources),
    shares: fc.option(shares, { freq: 2 }),
  });
});

function supply(source: number, long: boolean, usable: number): Supply {
  return { source, long, spec: -1, documents: Math.ceil(usable / 100), usable };
}

/** The factors of the only phase. */
function cellFactors(cells: readonly Supply[], sources: readonly string[], mix: MixSpec): Float64Array {
  const phases = [{ name: 'train', share: 1, mix, sequences: sequenceSpec() }];
  return phaseFactors([cells], sources, { phases, phaseDocuments: 'disjoint' })[0]!.given;
}

function lengthRule(rule: LengthRule['rule'], scope: LengthRule['scope'] = 'per-source'): LengthRule {
  return { threshold: 100, scope, rule };
}

const sumWhere = (values: ArrayLike<number>, which: (i: number) => boolean) =>
  Array.from(values).reduce((sum, value, i) => (which(i) ? sum + value : sum), 0);

/** The share of each source, and of its long cells inside it, by plain arithmetic. */
function natural(cells: readonly Supply[], sources: readonly string[], shares: MixSpec['shares']) {
  const usable = cells.map((cell) => cell.usable);
  const all = sumWhere(usable, () => true);
  return sources.map((name, s) => {
    const own = sumWhere(usable, (i) => cells[i]!.source === s);
    const long = sumWhere(usable, (i) => cells[i]!.source === s && cells[i]!.long);
    return { share: shares === null ? own / all : shares.get(name)!, long: long / own };
  });
}

const rate = fraction(0.001, 1);

describe('cellWeights', () => {
  it('sum to 1 under any rule', () => {
    fc.assert(
      fc.property(cellsAndShares, fc.option(lengthRules), ({ cells, sources, shares }, length) => {
        const weights = cellWeights(cells, sources, mixSpec({ shares, length }));
        expect(sumWhere(weights, () => true)).toBeCloseTo(1, 9);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
      }),
      fuzz(300),
    );
  });

  it('keep the length distribution inside each source where there is no length rule', () => {
    fc.assert(
      fc.property(cellsAndShares, ({ cells, sources, shares }) => {
        const weights = cellWeights(cells, sources, mixSpec({ shares }));
        const own = natural(cells, sources, shares);
        for (const [s, { share }] of own.entries()) {
          expect(sumWhere(weights, (i) => cells[i]!.source === s)).toBeCloseTo(share, 9);
          const usable = sumWhere(
            cells.map((cell) => cell.usable),
            (i) => cells[i]!.source === s,
          );
          for (const [i, cell] of cells.entries()) {
            if (cell.source === s) expect(weights[i]).toBeCloseTo((share * cell.usable) / usable, 9);
          }
        }
      }),
      fuzz(200),
    );
  });

  it('with keep_short per source give p / (p + r (1 - p)), and leave the share of the source', () => {
    fc.assert(
      fc.property(cellsAndShares, rate, ({ cells, sources, shares }, r) => {
        const length = lengthRule({ kind: 'keep_short', rate: r });
        const weights = cellWeights(cells, sources, mixSpec({ shares, length }));
        for (const [s, { share, long: p }] of natural(cells, sources, shares).entries()) {
          expect(sumWhere(weights, (i) => cells[i]!.source === s)).toBeCloseTo(share, 9);
          const long = sumWhere(weights, (i) => cells[i]!.source === s && cells[i]!.long);
          expect(long).toBeCloseTo((share * p) / (p + r * (1 - p)), 9);
        }
      }),
      fuzz(300),
    );
  });

  it('with keep_short over all sources give the same of the whole, and let sources drift', () => {
    fc.assert(
      fc.property(cellsAndShares, rate, ({ cells, sources, shares }, r) => {
        const length = lengthRule({ kind: 'keep_short', rate: r }, 'global');
        const weights = cellWeights(cells, sources, mixSpec({ shares, length }));
        const own = natural(cells, sources, shares);
        const p = own.reduce((sum, { share, long }) => sum + share * long, 0);
        const whole = p + r * (1 - p);
        expect(sumWhere(weights, (i) => cells[i]!.long)).toBeCloseTo(p / whole, 9);
        for (const [s, { share, long }] of own.entries()) {
          const expected = (share * (long + r * (1 - long))) / whole;
          expect(sumWhere(weights, (i) => cells[i]!.source === s)).toBeCloseTo(expected, 9);
        }
      }),
      fuzz(300),
    );
  });

  it('meet long_share in every source, or over all', () => {
    fc.assert(
      fc.property(cellsAndShares, fraction(0.01, 0.99), ({ cells, sources, shares }, share) => {
        const rule = { kind: 'long_share', share } as const;
        const own = natural(cells, sources, shares);
        const perSource = cellWeights(cells, sources, mixSpec({ shares, length: lengthRule(rule) }));
        for (const [s, source] of own.entries()) {
          const long = sumWhere(perSource, (i) => cells[i]!.source === s && cells[i]!.long);
          expect(long).toBeCloseTo(share * source.share, 9);
          expect(sumWhere(perSource, (i) => cells[i]!.source === s)).toBeCloseTo(source.share, 9);
        }
        const global = cellWeights(cells, sources, mixSpec({ shares, length: lengthRule(rule, 'global') }));
        expect(sumWhere(global, (i) => cells[i]!.long)).toBeCloseTo(share, 9);
        // Long text keeps its division among the sources.
        const allLong = own.reduce((sum, source) => sum + source.share * source.long, 0);
        for (const [s, source] of own.entries()) {
          const long = sumWhere(global, (i) => cells[i]!.source === s && cells[i]!.long);
          expect(long).toBeCloseTo((share * source.share * source.long) / allLong, 9);
        }
      }),
      fuzz(300),
    );
  });

  it('with remove: long give nothing to long cells; per source the shares stay', () => {
    fc.assert(
      fc.property(cellsAndShares, fc.constantFrom('per-source', 'global'), (corpus, scope) => {
        const { cells, sources, shares } = corpus;
        const length = lengthRule({ kind: 'remove_long' }, scope as 'global');
        const weights = cellWeights(cells, sources, mixSpec({ shares, length }));
        expect(sumWhere(weights, (i) => cells[i]!.long)).toBe(0);
        const own = natural(cells, sources, shares);
        const short = own.reduce((sum, source) => sum + source.share * (1 - source.long), 0);
        for (const [s, source] of own.entries()) {
          const expected = scope === 'global' ? (source.share * (1 - source.long)) / short : source.share;
          expect(sumWhere(weights, (i) => cells[i]!.source === s)).toBeCloseTo(expected, 9);
        }
      }),
      fuzz(200),
    );
  });
});

describe('cellFactors', () => {
  it('give each cell its weight of the total', () => {
    fc.assert(
      fc.property(
        cellsAndShares,
        fc.option(lengthRules),
        fc.integer({ min: 1, max: 10_000_000 }),
        ({ cells, sources, shares }, length, tokens) => {
          const mix = mixSpec({ shares, length, tokens, method: 'repeat', maxEpochs: everySource(1e9) });
          const weights = cellWeights(cells, sources, mix);
          const factors = cellFactors(cells, sources, mix);
          for (const [i, { usable }] of cells.entries()) {
            if (usable === 0) expect(factors[i]).toBe(0);
            else {
              const expected = (weights[i]! * tokens) / usable;
              expect(Math.abs(factors[i]! - expected)).toBeLessThanOrEqual(1.01e-9 * Math.max(1, expected));
            }
          }
        },
      ),
      fuzz(300),
    );
  });

  it('with tokens: all and drop take the scarcest cell once and nothing twice', () => {
    fc.assert(
      fc.property(cellsAndShares, fc.option(lengthRules), ({ cells, sources, shares }, length) => {
        const factors = cellFactors(cells, sources, mixSpec({ shares, length, maxEpochs: everySource(4) }));
        expect(Math.max(...factors)).toBe(1);
      }),
      fuzz(200),
    );
  });

  it('with tokens: all and repeat take every cell that has a weight at least once', () => {
    fc.assert(
      fc.property(cellsAndShares, fc.option(lengthRules), ({ cells, sources, shares }, length) => {
        const mix = mixSpec({ shares, length, method: 'repeat', maxEpochs: everySource(Number.MAX_VALUE) });
        const factors = cellFactors(cells, sources, mix);
        expect(Math.min(...factors.filter((factor) => factor > 0))).toBe(1);
      }),
      fuzz(200),
    );
  });

  it('with tokens: all and no rule take every document once, by either method', () => {
    fc.assert(
      fc.property(fullCells, fc.constantFrom('drop', 'repeat'), (cells, method) => {
        const factors = cellFactors(cells, names, mixSpec({ method: method as 'drop' }));
        // Exactly 1: at 0.9999999 a document would be lost to rounding.
        for (const [i, { usable }] of cells.entries()) expect(factors[i]).toBe(usable === 0 ? 0 : 1);
      }),
      fuzz(200),
    );
  });

  it('keep every factor within the cap, or fail', () => {
    fc.assert(
      fc.property(
        cellsAndShares,
        fc.option(lengthRules),
        fraction(0.1, 5),
        fc.constantFrom('drop', 'repeat'),
        fraction(0.01, 8),
        ({ cells, sources, shares }, length, maxEpochs, method, ofCorpus) => {
          const corpus = sumWhere(
            cells.map(({ usable }) => usable),
            () => true,
          );
          const tokens = Math.max(1, Math.round(ofCorpus * corpus));
          const mix = mixSpec({
            shares,
            length,
            tokens,
            method: method as 'drop',
            maxEpochs: everySource(maxEpochs),
          });
          const weights = cellWeights(cells, sources, mix);
          const cap = method === 'drop' ? 1 : maxEpochs;
          const needed = cells.map(({ usable }, i) => (usable === 0 ? 0 : (weights[i]! * tokens) / usable));
          const worst = Math.max(...needed);
          if (worst > cap * (1 + 1e-6)) {
            expect(errorOf(() => cellFactors(cells, sources, mix)).code).toBe('mix-infeasible');
          } else if (worst < cap * (1 - 1e-6)) {
            expect(Math.max(...cellFactors(cells, sources, mix))).toBeLessThanOrEqual(cap);
          }
        },
      ),
      fuzz(300),
    );
  });
});

describe('a mix that cannot be', () => {
  const cells: Supply[] = [supply(0, false, 40_000), supply(0, true, 10_000), supply(1, false, 50_000)];
  const sources = ['books', 'web'];
  const shares = new Map([
    ['books', 0.5],
    ['web', 0.5],
  ]);

  it.each([
    {
      what: 'more than there is, without repeats',
      mix: mixSpec({ tokens: 200_000, shares }),
      says: [
        'source "books": has 50,000 tokens, needs 100,000 (2.00 epochs)',
        'source "web": has 50,000',
        'drop',
      ],
      cures: ['at most 100,000', 'repeat', 'at least 2.00', 'redistribute'],
    },
    {
      what: 'more epochs than the cap',
      mix: mixSpec({ tokens: 200_000, shares, method: 'repeat', maxEpochs: everySource(1.5) }),
      says: ['source "books": has 50,000 tokens, needs 100,000 (2.00 epochs)', 'max_epochs is 1.5'],
      cures: ['at most 150,000', 'max_epochs of at least 2.00', 'redistribute'],
    },
    {
      what: 'more long text than there is',
      mix: mixSpec({ tokens: 50_000, length: lengthRule({ kind: 'long_share', share: 0.9 }, 'global') }),
      says: ['source "books", long documents: has 10,000 tokens, needs 45,000 (4.50 epochs)'],
      cures: ['at most 11,111', 'at least 4.50', 'the length rule'],
    },
    {
      what: 'a long share of a source without long documents',
      mix: mixSpec({ length: lengthRule({ kind: 'long_share', share: 0.7 }) }),
      says: ['source "web"', 'no document of 100 tokens or more', '70%'],
      cures: ['threshold', 'scope: global', 'keep_short'],
    },
    {
      what: 'a share of a source without text',
      mix: mixSpec({ shares: new Map([...shares, ['empty', 0.25]]) }),
      says: ['source "empty"', '25%', 'no usable tokens'],
      cures: ['mix.shares'],
    },
    {
      what: 'a share of a source that is not there',
      mix: mixSpec({ shares: new Map([['bokos', 1]]) }),
      says: ['"bokos"'],
      cures: ['books, web, empty'],
    },
    {
      what: 'no short documents of a source that has no long ones',
      mix: mixSpec({ length: lengthRule({ kind: 'keep_short', rate: 0 }) }),
      says: ['source "web"', 'no document of 100 tokens or more', 'keep_short is 0%'],
      cures: ['threshold'],
    },
  ])('names source, numbers and ways out: $what', ({ mix, says, cures }) => {
    // Without a length rule no cell is long.
    const supply = cells.map((cell) => ({ ...cell, long: cell.long && mix.length !== null }));
    const error = errorOf(() => cellFactors(supply, [...sources, 'empty'], mix));
    expect(error.code).toBe('mix-infeasible');
    expect(error.exitCode).toBe(2);
    for (const words of says) expect(error.message).toContain(words);
    for (const words of cures) expect(error.cure).toContain(words);
  });

  it('is no source of long documents only, the long ones removed', () => {
    const long: Supply[] = [supply(0, true, 10)];
    const mix = mixSpec({ length: lengthRule({ kind: 'remove_long' }) });
    const error = errorOf(() => cellFactors(long, sources, mix));
    expect(error.message).toContain('source "books"');
  });

  it('is possible with the numbers that the message gives', () => {
    fc.assert(
      fc.property(cellsAndShares, fc.integer({ min: 2, max: 50 }), (corpus, times) => {
        const usable = corpus.cells.map((cell) => cell.usable);
        const tokens = times * sumWhere(usable, () => true);
        const mix = mixSpec({ tokens, shares: corpus.shares });
        const { cure } = errorOf(() => cellFactors(corpus.cells, corpus.sources, mix));
        const fewer = Number(/at most ([\d,]+)/.exec(cure!)![1]!.replaceAll(',', ''));
        const epochs = Number(/at least ([\d.]+)/.exec(cure!)![1]);
        if (fewer > 0) cellFactors(corpus.cells, corpus.sources, { ...mix, tokens: fewer });
        cellFactors(corpus.cells, corpus.sources, {
          ...mix,
          method: 'repeat',
          maxEpochs: everySource(epochs),
        });
      }),
      fuzz(100),
    );
  });
});
