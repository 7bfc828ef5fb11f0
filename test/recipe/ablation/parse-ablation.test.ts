import { describe, expect, it } from 'vitest';
import type { Ablation, Recipe } from '../../../src/nouns/recipe.ts';
import { parseAblation } from '../../../src/recipe/ablation/parse-ablation.ts';
import { parseRecipe } from '../../../src/recipe/parse-recipe.ts';

const base = `
name: mine
tokenizer: gpt2
store: ../store
sources: { web: ./web, books: ./books }
split: { validation: 1% }
mix:
  tokens: 1B
  shares: { web: 60%, books: 40% }
  length: { threshold: 4Ki, keep_short: 20%, scope: global }
sequences: { length: 32Ki, packing: concat, tails: discard }
phases: { b: { tokens: 60% }, 1: { tokens: 40%, sequences: { length: 4Ki } } }
seed: 17
`;

/** The base as a recipe of another text, under the name that an arm gives it. */
function changed(name: string, ...edits: readonly [string, string][]): Recipe {
  const text = edits.reduce((whole, [from, to]) => {
    expect(whole).toContain(from);
    return whole.replace(from, to);
  }, base);
  return { ...parseRecipe(text, '/data/base/mix.yaml'), name };
}

const reads: string[] = [];
function parse(text: string): Ablation {
  return parseAblation(`base: base/mix.yaml\n${text}`, '/data/four.yaml', (path) => {
    reads.push(path);
    return base;
  });
}

describe('parseAblation', () => {
  it('lays an arm over the base: sections key by key, everything else whole', () => {
    const { name, base, arms } = parse(`
arms:
  original: {}
  same:
  best-fit: { sequences: { packing: best-fit, tails: } }
  rule: { mix: { length: { threshold: 8Ki, remove: long } }, seed: 3 }
  cells: { mix: { cells: [{ source: web, share: 100% }] } }
  no-phases: { phases: , split: { validation: 0 } }
  phases: { phases: { only: { tokens: 100% } } }`);
    expect(name).toBe('four');
    const rule = 'length: { threshold: 4Ki, keep_short: 20%, scope: global }';
    const phases = 'phases: { b: { tokens: 60% }, 1: { tokens: 40%, sequences: { length: 4Ki } } }';
    const shares = 'shares: { web: 60%, books: 40% }';
    expect(arms.map(({ recipe }) => recipe)).toEqual([
      changed('four/original'),
      changed('four/same'),
      changed('four/best-fit', ['packing: concat, tails: discard', 'packing: best-fit']),
      changed('four/rule', [rule, 'length: { threshold: 8Ki, remove: long }'], ['17', '3']),
      changed('four/cells', [rule, ''], [shares, 'cells: [{ source: web, share: 100% }]']),
      changed('four/no-phases', [phases, ''], ['1%', '0']),
      changed('four/phases', [phases, 'phases: { only: { tokens: 100% } }']),
    ]);
    expect(arms.map((arm) => [arm.name, arm.changes])).toEqual([
      ['original', {}],
      ['same', {}],
      ['best-fit', { 'sequences.packing': 'best-fit', 'sequences.tails': null }],
      ['rule', { 'mix.length': { threshold: '8Ki', remove: 'long' }, seed: 3 }],
      ['cells', { 'mix.cells': [{ source: 'web', share: '100%' }] }],
      ['no-phases', { phases: null, split: { validation: 0 } }],
      ['phases', { phases: { only: { tokens: '100%' } } }],
    ]);
    expect(base).toEqual({
      'sequences.packing': 'concat',
      'sequences.tails': 'discard',
      'mix.length': { threshold: '4Ki', keep_short: '20%', scope: 'global' },
      seed: 17,
      'mix.cells': null,
      phases: { b: { tokens: '60%' }, 1: { tokens: '40%', sequences: { length: '4Ki' } } },
      split: { validation: '1%' },
    });
  });

  it('makes an arm of every combination of a grid, inside the maps of the base', () => {
    const { arms } = parse(`
name: grid
arms: { original: {} }
grid:
  mix.length.threshold: [4Ki, 8Ki]
  mix.length.keep_short: [10%, 0.2]
  phases.1.sequences.packing: [pad]`);
    const named = (threshold: string, keep: string): string =>
      `threshold=${threshold},keep_short=${keep},packing=pad`;
    expect(arms.map(({ name }) => name)).toEqual([
      'original',
      named('4Ki', '10%'),
      named('4Ki', '0.2'),
      named('8Ki', '10%'),
      named('8Ki', '0.2'),
    ]);
    expect(arms[3]!.recipe).toEqual(
      changed(
        `grid/${named('8Ki', '10%')}`,
        ['threshold: 4Ki, keep_short: 20%', 'threshold: 8Ki, keep_short: 10%'],
        ['{ length: 4Ki }', '{ length: 4Ki, packing: pad }'],
      ),
    );
    expect(arms[3]!.changes).toEqual({
      'mix.length.threshold': '8Ki',
      'mix.length.keep_short': '10%',
      'phases.1.sequences.packing': 'pad',
    });
  });

  it('names arms by whole keys where two end alike, and by number where a value has no name', () => {
    const { arms } = parse(`
grid:
  sequences.length: [4Ki]
  mix.length: [none, { threshold: 1Ki, remove: long }]
  documents.length: [chars/3.68]`);
    expect(arms.map(({ name }) => name)).toEqual([
      'sequences.length=4Ki,mix.length=none,documents.length=chars-3.68',
      'sequences.length=4Ki,mix.length=2,documents.length=chars-3.68',
    ]);
  });

  it('reaches into a list, and takes cells out where a grid has a length rule', () => {
    const text = (grid: string): string => `
base:
  sources: { web: web, books: books }
  mix: { cells: [{ source: web, share: 50% }, { source: books, share: 50% }] }
grid: { ${grid} }`;
    const mixes = (grid: string) =>
      parseAblation(text(grid), 'x.yaml', () => '').arms.map(({ recipe }) => recipe.phases[0]!.mix);
    expect(mixes('mix.cells.1.max_epochs: [2, 3]').map(({ cells }) => cells![1]!.maxEpochs)).toEqual([2, 3]);
    expect(mixes('mix.length.threshold: [1Ki], mix.length.keep_short: [1%]')).toMatchObject([
      { cells: null, length: { threshold: 1024, rule: { kind: 'keep_short' } } },
    ]);
  });

  it('takes a base that stands in the file, whose paths are relative to it', () => {
    const { arms } = parseAblation(
      'name: x\nbase: { name: y, sources: { web: ../web } }\narms: { a: { seed: 1 } }',
      '/data/x.yaml',
      () => expect.unreachable(),
    );
    expect(arms[0]!.recipe).toMatchObject({ name: 'x/a', seed: 1, sources: [{ path: '/web' }] });
  });

  it('reads the base once, beside the file', () => {
    reads.length = 0;
    parse('arms: { a: {}, b: {} }');
    expect(reads).toEqual(['/data/base/mix.yaml']);
  });

  it('does not change two arms where they share an anchor', () => {
    const { arms } = parseAblation(
      `base: { sources: { a: a }, mix: &m { length: { threshold: 1Ki, remove: long } }, phases: { p: { tokens: 100% } } }
arms: { x: { phases: { p: { tokens: 100%, mix: *m } } } }
grid: { mix.length.threshold: [2Ki] }`,
      'x.yaml',
      () => '',
    );
    expect(arms.map(({ recipe }) => recipe.phases[0]!.mix.length!.threshold)).toEqual([1024, 2048]);
  });
});
