/** How the keys of cells, document rules, phases and rows are parsed, with defaults that depend on other keys. */

import { describe, expect, it, test } from 'vitest';
import type { CellSpec, Recipe } from '../../src/nouns/recipe.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { everySource, mixSpec, sequenceSpec } from '../support/recipes.ts';

const parse = (text: string): Recipe =>
  parseRecipe(`sources: { web: ./web, books: ./books }\n${text}`, '/r/mix.yaml');

const cell = (more: Partial<CellSpec>): CellSpec => ({
  source: 'web',
  from: 0,
  to: null,
  share: 1,
  method: null,
  maxEpochs: null,
  packLength: null,
  ...more,
});

describe('mix', () => {
  it('reads cells, whose shares are divided by their sum', () => {
    const { mix } = parse(`mix:
  tokens: 1B
  shares_of: documents
  redistribute: within-source
  method: mixed
  max_epochs: { web: 1.5, books: 8 }
  cells:
    - { source: web, to: 8Ki, share: 0.3333333 }
    - { source: web, from: 8Ki, to: 64Ki, share: 0.3333333, method: drop, max_epochs: 1 }
    - { source: books, from: 64Ki, share: 0.3333333, pack_length: 4Ki }`).phases[0]!;
    expect(mix).toEqual(
      mixSpec({
        tokens: 1e9,
        sharesOf: 'documents',
        redistribute: 'within-source',
        method: 'mixed',
        maxEpochs: {
          otherwise: 4,
          of: new Map([
            ['web', 1.5],
            ['books', 8],
          ]),
        },
        cells: [
          cell({ to: 8192, share: expect.closeTo(1 / 3, 15) }),
          cell({ from: 8192, to: 65_536, share: expect.closeTo(1 / 3, 15), method: 'drop', maxEpochs: 1 }),
          cell({ source: 'books', from: 65_536, share: expect.closeTo(1 / 3, 15), packLength: 4096 }),
        ],
      }),
    );
  });

  it('lets cells of a source touch, and cells of two sources lie over each other', () => {
    const { mix } = parse(
      'mix: { cells: [{ source: web, to: 1Ki, share: 20% }, { source: web, from: 1Ki, share: 30% }, { source: books, share: 50% }] }',
    ).phases[0]!;
    expect(mix.cells).toEqual([
      cell({ to: 1024, share: 0.2 }),
      cell({ from: 1024, share: 0.3 }),
      cell({ source: 'books', share: 0.5 }),
    ]);
  });
});

describe('documents', () => {
  it('reads bounds for all and by source, the estimator and the edges of buckets', () => {
    expect(
      parse(
        'documents: { min_tokens: { books: 64Ki }, max_tokens: 1Mi, duplicates: keep, length: chars/3.68, buckets: [32Ki, 4Ki, 4096] }',
      ).documents,
    ).toEqual({
      minTokens: { otherwise: 0, of: new Map([['books', 65_536]]) },
      maxTokens: everySource(2 ** 20),
      duplicates: 'keep',
      charactersPerToken: 3.68,
      buckets: [4096, 32_768],
    });
  });

  test.each([
    ['exact', null],
    ['chars/4', 4],
    ['chars/0.5', 0.5],
  ])('length: %s', (text, charactersPerToken) => {
    expect(parse(`documents: { length: ${text} }`).documents.charactersPerToken).toBe(charactersPerToken);
  });
});

describe('sequences', () => {
  test.each([
    ['uniform', [1, 1, 1, 1, 1, 1]],
    ['grow-linear', [6, 5, 4, 3, 2, 1]],
    ['grow-p2', [32, 16, 8, 4, 2, 1]],
    ['[1, 2, 3, 4, 5, 6.5]', [1, 2, 3, 4, 5, 6.5]],
  ])('the odds %s of rows of 256 to 8192 tokens, shortest first (2405.13226, table 3)', (odds, expected) => {
    const { decompose } = parse(
      `sequences: { packing: decompose, decompose: { odds: ${odds}, cycles: 8 } }`,
    ).sequences;
    expect(decompose).toEqual({ smallest: 256, odds: expected, cycles: 8 });
  });

  it('decomposes to 256 tokens, or to the length of a row if that is less', () => {
    expect(parse('sequences: { packing: decompose, length: 512 }').sequences.decompose).toEqual({
      smallest: 256,
      odds: [1, 1],
      cycles: 1,
    });
    const short = { smallest: 64, odds: [1], cycles: 1 };
    expect(parse('sequences: { packing: decompose, length: 64 }').sequences.decompose).toEqual(short);
    expect(
      parse('sequences: { packing: decompose, length: 64, decompose: { odds: [3] } }').sequences.decompose,
    ).toEqual({ ...short, odds: [3] });
  });

  it('reads inner rows', () => {
    expect(parse('sequences: { length: 512Ki, pack_length: 64Ki }').sequences).toEqual(
      sequenceSpec({ length: 2 ** 19, packLength: 2 ** 16 }),
    );
  });
});

describe('phases', () => {
  it('are the recipe, but for what each says', () => {
    const recipe = parse(`
mix: { tokens: 1B, length: { threshold: 4Ki, long_share: 60% }, max_epochs: 2 }
sequences: { length: 32Ki, bos: true }
tokens_per_step: 4Mi
phase_documents: shared
phases:
  long: { tokens: 60% }
  1: { tokens: 40%, mix: { length: none, method: repeat }, sequences: { length: 4Ki, packing: concat } }`);
    const mix = mixSpec({
      tokens: 600_000_000,
      length: { threshold: 4096, scope: 'per-source', rule: { kind: 'long_share', share: 0.6 } },
      maxEpochs: everySource(2),
    });
    const sequences = sequenceSpec({ length: 32_768, bos: true });
    expect(recipe).toMatchObject({ sequences, tokensPerStep: 2 ** 22, phaseDocuments: 'shared' });
    // In the order of the file, a name that looks like a number too.
    expect(recipe.phases).toEqual([
      { name: 'long', share: 0.6, mix, sequences },
      {
        name: '1',
        share: 0.4,
        mix: { ...mix, tokens: 400_000_000, length: null, method: 'repeat' },
        sequences: { ...sequences, length: 4096, packing: 'concat' },
      },
    ]);
  });

  it('may be in tokens, whose shares follow; without a number of tokens a phase takes its share of all', () => {
    const sized = (phases: string): unknown[] =>
      parse(`phases: ${phases}`).phases.map(({ share, mix }) => [share, mix.tokens]);
    expect(sized('{ a: { tokens: 1B }, b: { tokens: 3B } }')).toEqual([
      [0.25, 1e9],
      [0.75, 3e9],
    ]);
    expect(sized('{ a: { tokens: 25% }, b: { tokens: 75% } }')).toEqual([
      [0.25, 'all'],
      [0.75, 'all'],
    ]);
  });

  it('put cells in place of shares and length, and the other way round', () => {
    const cells = 'cells: [{ source: books, share: 100% }]';
    const shares = 'shares: { web: 50%, books: 50% }, length: { threshold: 1Ki, remove: long }';
    const phase = (base: string, over: string) =>
      parse(`mix: { ${base} }\nphases: { a: { tokens: 100%, mix: { ${over} } } }`).phases[0]!.mix;
    expect(phase(shares, cells)).toMatchObject({ shares: null, length: null, cells: [{ source: 'books' }] });
    expect(phase(cells, shares)).toMatchObject({ cells: null, shares: expect.any(Map), length: {} });
    expect(phase(cells, 'max_epochs: 2')).toMatchObject({ cells: [{ source: 'books' }] });
  });

  it('pass over what the recipe says of another packing', () => {
    const recipe = parse(`
sequences: { packing: concat, tails: discard }
phases:
  a: { tokens: 50%, sequences: { packing: decompose, decompose: { odds: grow-p2 } } }
  b: { tokens: 50%, sequences: { packing: best-fit } }`);
    expect(recipe.phases.map(({ sequences }) => [sequences.packing, sequences.decompose?.odds[0]])).toEqual([
      ['decompose', 32],
      ['best-fit', undefined],
    ]);
  });

  it('give validation the rows of the longest, unless the recipe says its own', () => {
    const phases =
      'phases: { a: { tokens: 30%, sequences: { length: 256 } }, b: { tokens: 70%, sequences: { length: 1K } } }';
    expect(parse(phases).sequences.length).toBe(1024);
    expect(parse(`sequences: { length: 512 }\n${phases}`).sequences.length).toBe(512);
    // A phase that says none has the default.
    const one = 'phases: { a: { tokens: 30%, sequences: { length: 256 } }, b: { tokens: 70% } }';
    expect(parse(one).sequences.length).toBe(8192);
    expect(parse('seed: 1').sequences.length).toBe(8192);
  });

  it('may say a method twice, as long as it is the same', () => {
    const rule = (method: string) =>
      `mix: { method: drop, length: { threshold: 4K, remove: long, method: ${method} } }`;
    expect(parse(rule('drop')).phases[0]!.mix.method).toBe('drop');
    expect(() => parse(rule('repeat'))).toThrow(/mix\.method is also given, with another value/);
  });

  it('hold the step, not the recipe whose rows only validation has', () => {
    const text = 'tokens_per_step: 3M\nphases: { a: { tokens: 100%, sequences: { length: 3K } } }';
    expect(parse(text).tokensPerStep).toBe(3 * 2 ** 20);
  });
});
