import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LongmixError } from '../../src/errors.ts';
import { type PhaseFactors, phaseFactors } from '../../src/mix/factors.ts';
import { cellWeights, type Supply, tokenWeights } from '../../src/mix/weights.ts';
import type { CellSpec, MixSpec, PhaseSpec } from '../../src/nouns/recipe.ts';
import { errorOf } from '../support/error-of.ts';
import { fraction, fuzz, often } from '../support/fuzz.ts';
import { everySource, mixSpec, sequenceSpec } from '../support/recipes.ts';

const names = ['books', 'web'];

function supply(source: number, usable: number, more: Partial<Supply> = {}): Supply {
  return { source, long: false, spec: -1, documents: Math.max(1, Math.round(usable / 100)), usable, ...more };
}

function range(source: string, share: number, more: Partial<CellSpec> = {}): CellSpec {
  return { source, from: 0, to: null, share, method: null, maxEpochs: null, packLength: null, ...more };
}

/** Each phase's own share of the tokens, or an equal part. */
function factorsOf(
  supplies: readonly (readonly Supply[])[],
  mixes: readonly MixSpec[],
  phaseDocuments: 'disjoint' | 'shared' = 'disjoint',
  shares: readonly number[] = mixes.map(() => 1 / mixes.length),
): PhaseFactors[] {
  const phases = mixes.map(
    (mix, p): PhaseSpec => ({ name: `phase ${p}`, share: shares[p]!, mix, sequences: sequenceSpec() }),
  );
  return phaseFactors(supplies, names, { phases, phaseDocuments });
}

const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toPrecision(9)));
const total = (cells: readonly Supply[], factors: Float64Array) =>
  cells.reduce((sum, { usable }, c) => sum + usable * factors[c]!, 0);

describe('shares of documents', () => {
  it('give each source its share of the documents, whatever they weigh in tokens', () => {
    const cells = [
      supply(0, 900_000, { documents: 10, long: true }),
      supply(0, 1000, { documents: 10 }),
      supply(1, 50_000, { documents: 100 }),
    ];
    const mix = mixSpec({
      sharesOf: 'documents',
      shares: new Map([
        ['books', 0.25],
        ['web', 0.75],
      ]),
      length: { threshold: 5000, scope: 'per-source', rule: { kind: 'keep_short', rate: 1 } },
    });
    expect(rounded(cellWeights(cells, names, mix))).toEqual([0.125, 0.125, 0.75]);
    const [{ given }] = factorsOf([cells], [mix]) as [PhaseFactors];
    const taken = cells.map(({ documents }, c) => documents * given[c]!);
    expect(taken[2]! / (taken[0]! + taken[1]!)).toBeCloseTo(3, 9);
    // All that can be had: twenty documents of books are a quarter of eighty.
    expect(rounded(given)).toEqual([1, 1, 0.6]);
  });

  it('come to the tokens that are asked', () => {
    const cells = fc
      .array(fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 5000 })), {
        minLength: 1,
        maxLength: 8,
      })
      .map((drawn) =>
        drawn.map(([source, documents, mean]) => supply(source, documents * mean, { documents })),
      );
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 1_000_000 }), (drawn, tokens) => {
        const mix = mixSpec({ sharesOf: 'documents', tokens, method: 'repeat', maxEpochs: everySource(1e9) });
        const [{ given }] = factorsOf([drawn], [mix]) as [PhaseFactors];
        expect(total(drawn, given)).toBeCloseTo(tokens, 3);
        // Without a rule every document counts the same.
        for (const factor of given) expect(factor).toBeCloseTo(given[0]!, 9);
        expect(tokenWeights(drawn, names, mix).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      }),
      fuzz(200),
    );
  });
});

describe('explicit cells', () => {
  const cells = [
    supply(0, 1000),
    supply(0, 3000, { spec: 0 }),
    supply(0, 1000, { spec: 0 }),
    supply(1, 500, { spec: 1 }),
  ];
  const asked = [range('books', 0.8, { from: 64 }), range('web', 0.2, { to: 4096 })];

  it('share their part out by what the corpus has in the range, and leave the rest', () => {
    const mix = mixSpec({ cells: asked });
    expect(rounded(cellWeights(cells, names, mix))).toEqual([0, 0.6, 0.2, 0.2]);
    const [{ given }] = factorsOf([cells], [mix]) as [PhaseFactors];
    // web gives all of its 500, which is a fifth.
    expect(rounded(given)).toEqual([0, 0.5, 0.5, 1]);
  });

  it('have caps of their own, before those of their source, before that of all', () => {
    const maxEpochs = { otherwise: 4, of: new Map([['web', 3]]) };
    const tokens = 2500;
    const mixed = (cellsAsked: readonly CellSpec[]) =>
      mixSpec({ cells: cellsAsked, tokens, method: 'repeat', maxEpochs });
    const five = [range('books', 0.1, { from: 64 }), range('web', 0.9, { to: 4096, maxEpochs: 5 })];
    expect(rounded(factorsOf([cells], [mixed(five)])[0]!.given)).toEqual([0, 0.0625, 0.0625, 4.5]);
    const three = five.map((cell) => ({ ...cell, maxEpochs: null }));
    expect(errorOf(() => factorsOf([cells], [mixed(three)])).message).toContain('max_epochs is 3');
    const once = five.map((cell) => ({ ...cell, method: 'drop' as const }));
    const error = errorOf(() => factorsOf([cells], [mixed(once)]));
    expect(error.message).toContain('method drop takes no document twice');
    expect(error.message).toContain(
      'source "web", from 0 to 4096 tokens: has 500 tokens, needs 2,250 (4.50 epochs)',
    );
  });

  it('may repeat where the mix drops', () => {
    const own = [range('books', 0.5, { from: 64 }), range('web', 0.5, { method: 'repeat', maxEpochs: 2 })];
    // All: as much as the caps allow, and web's is 2.
    const [{ given }] = factorsOf([cells], [mixSpec({ cells: own })]) as [PhaseFactors];
    expect(rounded(given)).toEqual([0, 0.25, 0.25, 2]);
  });

  it.each([
    {
      what: 'a range without documents',
      source: 'web',
      says: 'source "web", from 9 to 10 tokens: should be 50%',
    },
    {
      what: 'an unknown source',
      source: 'wbe',
      says: 'mix.cells names source "wbe", which is not in the corpus',
    },
  ])('say so where they are $what', ({ source, says }) => {
    const own = [range('books', 0.5, { from: 64 }), range(source, 0.5, { from: 9, to: 10 })];
    const none = cells.map((cell) => (cell.spec === 1 ? { ...cell, spec: -1 } : cell));
    const error = errorOf(() => factorsOf([none], [mixSpec({ cells: own })]));
    expect(error.code).toBe('mix-infeasible');
    expect(error.message).toContain(says);
    expect(error.cure).toContain('ways out: ');
  });
});

describe('tokens: all', () => {
  const cells = [supply(0, 1000, { long: true }), supply(0, 4000), supply(1, 5000)];
  const length = { threshold: 100, scope: 'global', rule: { kind: 'long_share', share: 0.2 } } as const;

  it.each([
    { method: 'drop', expected: 5000 },
    { method: 'mixed', expected: 10_000 },
    { method: 'repeat', expected: 11_250 },
  ] as const)('with $method comes to $expected', ({ method, expected }) => {
    const mix = mixSpec({ length, method, maxEpochs: everySource(4) });
    const [{ given }] = factorsOf([cells], [mix]) as [PhaseFactors];
    expect(total(cells, given)).toBeCloseTo(expected, 6);
    expect(given[0]! * 1000).toBeCloseTo(0.2 * expected, 6);
  });

  it('with mixed counts the cells that the mix takes of', () => {
    const mix = mixSpec({ method: 'mixed', length: { ...length, rule: { kind: 'remove_long' } } });
    const [{ given }] = factorsOf([cells], [{ ...mix, maxEpochs: everySource(4) }]) as [PhaseFactors];
    expect(total(cells, given)).toBeCloseTo(9000, 6);
  });

  it('is solved over disjoint phases together: the scarcest cell is empty at the end, and the phases keep their shares', () => {
    const longer = { ...length, rule: { kind: 'long_share', share: 0.4 } } as const;
    const mixes = [mixSpec({ length }), mixSpec({ length: longer })];
    const [first, second] = factorsOf([cells, cells], mixes, 'disjoint', [0.75, 0.25]) as [
      PhaseFactors,
      PhaseFactors,
    ];
    // Long text: 0.75 T of it at 20 %, 0.25 T at 40 %; 1000 = 0.25 T.
    expect(total(cells, first.given)).toBeCloseTo(3000, 6);
    expect(total(cells, second.given)).toBeCloseTo(1000, 6);
    expect(first.given[0]! + second.given[0]!).toBeCloseTo(1, 9);
  });

  it('with shared documents is bound by the hungriest phase alone', () => {
    const phases = factorsOf([cells, cells], [mixSpec(), mixSpec()], 'shared', [0.8, 0.2]);
    expect(rounded(phases[0]!.given)).toEqual([1, 1, 1]);
    expect(rounded(phases[1]!.given)).toEqual([0.25, 0.25, 0.25]);
  });
});

describe('redistribute', () => {
  const cells = [supply(0, 1000, { long: true }), supply(0, 3000), supply(1, 6000)];
  const length = { threshold: 100, scope: 'global', rule: { kind: 'long_share', share: 0.5 } } as const;
  const mix = mixSpec({ length, tokens: 3000 });

  it('takes what a cell has not from the same source, or from all', () => {
    // 1500 long are asked of books, which has 1000; 500 and 1000 short of books and web.
    const { message, cure } = errorOf(() => factorsOf([cells], [mix]));
    expect(message).toContain('source "books", long documents: has 1,000 tokens, needs 1,500 (1.50 epochs)');
    expect(cure).toContain('mix.redistribute: within-source');
    const tokens = (redistribute: MixSpec['redistribute']) => {
      const [{ requested, given }] = factorsOf([cells], [{ ...mix, redistribute }]) as [PhaseFactors];
      expect(rounded(requested.map((factor, c) => factor * cells[c]!.usable))).toEqual([1500, 500, 1000]);
      return rounded(given.map((factor, c) => factor * cells[c]!.usable));
    };
    expect(tokens('within-source')).toEqual([1000, 1000, 1000]);
    expect(tokens('over-all')).toEqual([1000, rounded([500 + 500 / 3])[0], rounded([1000 + 1000 / 3])[0]]);
  });

  it('says that all documents are longer than a row, if they are', () => {
    const tooLong = [supply(0, 0, { spec: 0, tooLong: 6, longest: 16383 }), supply(1, 900, { spec: 1 })];
    const asked = mixSpec({ cells: [range('books', 0.5), range('web', 0.5)] });
    const { message, cure } = errorOf(() => cellWeights(tooLong, names, asked)) as LongmixError;
    expect(message).toMatch(
      /no usable tokens: its 6 documents are longer than a row has room for \(16,383 tokens\), and `overlong: exclude`/,
    );
    expect(cure).toContain('sequences.length');
    const { message: ofShares } = errorOf(() =>
      cellWeights(tooLong, names, mixSpec({ shares: new Map([['books', 1]]) })),
    ) as LongmixError;
    expect(ofShares).toContain('its 6 documents are longer');
  });

  it('goes on where it fills other cells', () => {
    const three = [1000, 1000, 5000].map((usable, spec) => supply(0, usable, { spec }));
    const asked = [0.5, 0.3, 0.2].map((share) => range('books', share));
    const own = mixSpec({ cells: asked, tokens: 3000, redistribute: 'within-source' });
    // 1500, 900, 600: the 500 that the first has not make 1200 of the second, which has 1000.
    expect(rounded(factorsOf([three], [own])[0]!.given)).toEqual([1, 1, 0.2]);
  });

  it('says so where no cell is left', () => {
    const within = { ...mix, tokens: 7500, redistribute: 'within-source' } as const;
    // Books: 5000 of 4000.
    const { message, cure } = errorOf(() => factorsOf([cells], [within]));
    expect(message).toContain('redistribute: within-source finds no other cells');
    expect(cure).toContain('mix.tokens of at most 6,000');
    expect(cure).toContain('max_epochs of at least 1.25');
    expect(cure).toContain('mix.redistribute: over-all');
    const [{ given }] = factorsOf([cells], [{ ...within, redistribute: 'over-all' }]) as [PhaseFactors];
    // 1000 long of 3750, and 6500 of the 9000 others.
    expect(rounded(given)).toEqual(rounded([1, 6500 / 9000, 6500 / 9000]));
    expect(total(cells, given)).toBeCloseTo(7500, 6);
    const none = errorOf(() => factorsOf([cells], [{ ...within, tokens: 20_000, redistribute: 'over-all' }]));
    expect(none.cure).toContain("mix.redistribute can't help");
  });

  it('keeps every cap and every budget in all phases together, in proportion to the weights of the cells left', () => {
    const corpus = fc.array(fc.tuple(fc.nat(1), fc.boolean(), fc.integer({ min: 1, max: 10_000 })), {
      minLength: 1,
      maxLength: 6,
    });
    const phase = fc.record({
      tokens: fraction(0.01, 1),
      maxEpochs: fc.constantFrom(1, 1.5, 4).map(everySource),
      redistribute: fc.constantFrom('within-source' as const, 'over-all' as const),
      long: fraction(0.05, 0.95),
    });
    let moved = 0;
    fc.assert(
      fc.property(corpus, fc.array(phase, { minLength: 1, maxLength: 3 }), (drawn, asked) => {
        const own = drawn.map(([source, long, usable]) => supply(source, usable, { long }));
        const all = own.reduce((sum, { usable }) => sum + usable, 0);
        const mixes = asked.map(({ tokens, long, ...more }) =>
          mixSpec({
            ...more,
            tokens: Math.max(1, Math.round(tokens * all)),
            method: 'repeat',
            length: { threshold: 100, scope: 'global', rule: { kind: 'long_share', share: long } },
          }),
        );
        let phases: PhaseFactors[];
        try {
          phases = factorsOf(
            mixes.map(() => own),
            mixes,
          );
        } catch (error) {
          if (error instanceof LongmixError) return;
          throw error;
        }
        const cap = Math.min(...mixes.map(({ maxEpochs }) => maxEpochs.otherwise));
        const factor = (c: number) => phases.reduce((sum, { given }) => sum + given[c]!, 0);
        for (const c of own.keys()) expect(factor(c)).toBeLessThanOrEqual(cap * (1 + 1e-8));
        for (const [p, { requested, given }] of phases.entries()) {
          const budget = mixes[p]!.tokens as number;
          expect(total(own, requested)).toBeCloseTo(budget, 3);
          expect(total(own, given)).toBeCloseTo(budget, 3);
          // Cells below the cap, of a group, were all scaled alike, and up only.
          for (const source of mixes[p]!.redistribute === 'over-all' ? [null] : [0, 1]) {
            const open = [...own.keys()].filter(
              (c) =>
                (source === null || own[c]!.source === source) &&
                requested[c]! > 0 &&
                factor(c) < cap * (1 - 1e-6),
            );
            const scales = open.map((c) => given[c]! / requested[c]!);
            for (const scale of scales) {
              expect(scale).toBeCloseTo(scales[0]!, 6);
              expect(scale).toBeGreaterThan(1 - 1e-6);
              if (scale > 1.001) moved += 1;
            }
          }
        }
      }),
      fuzz(400),
    );
    expect(moved).toBeGreaterThan(often(20));
  });
});

describe('phases that ask for too much', () => {
  it('are told of together, with a total that fits', () => {
    const cells = [supply(0, 1000), supply(1, 3000)];
    const mixes = [mixSpec({ tokens: 3000 }), mixSpec({ tokens: 2000 })];
    const { message, cure } = errorOf(() => factorsOf([cells, cells], mixes));
    expect(message).toContain('source "books": has 1,000 tokens, needs 1,250 (1.25 epochs)');
    expect(cure).toContain('fewer tokens: at most 4,000 in all phases together');
    // Each by itself is no more than there is.
    expect(factorsOf([cells, cells], mixes, 'shared').map(({ given }) => rounded(given))).toEqual([
      [0.75, 0.75],
      [0.5, 0.5],
    ]);
  });

  it('are told by name where only one does', () => {
    const cells = [supply(0, 1000), supply(1, 3000)];
    const mixes = [mixSpec({ tokens: 3000 }), mixSpec({ tokens: 5000 })];
    const { message, cure } = errorOf(() => factorsOf([cells, cells], mixes, 'shared'));
    expect(message).toContain('phase "phase 1": the mix asks for more than the corpus has');
    expect(message).toContain('source "web": has 3,000 tokens, needs 3,750 (1.25 epochs)');
    expect(cure).toContain('fewer tokens: at most 6,400 in all phases together');
    const length = { threshold: 9, scope: 'global', rule: { kind: 'long_share', share: 0.5 } } as const;
    const noLong = errorOf(() => factorsOf([cells, cells], [mixSpec(), mixSpec({ length })]));
    expect(noLong.message).toContain('phase "phase 1": the corpus has no document of 9 tokens or more');
  });
});
