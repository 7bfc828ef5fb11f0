/** Recipe keys from the command line override a recipe, an ablation's base, or a corpus with all defaults. */
import { resolve } from 'node:path';
import { expect, it, test } from 'vitest';
import { type RecipeFlags, recipeSettings } from '../../src/cli/options.ts';
import { describeError } from '../../src/errors.ts';
import { parseAblation } from '../../src/recipe/ablation/parse-ablation.ts';
import { corpusRecipe, parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { errorOf } from '../support/error-of.ts';

const text = `sources: { a: web/a.jsonl, b: { path: web/b.jsonl } }
sequences: { length: 256 }
mix: { cells: [{ source: a, share: 60%, to: 8 }, { source: b, share: 40% }] }
seed: 3
`;

const withFlags = (flags: RecipeFlags, base = text) =>
  parseRecipe(base, '/data/mix.yaml', recipeSettings(flags));

it('take the place of the recipe’s keys; a later one, and --set, of an earlier one', () => {
  const set = ['mix.tokens=20K', 'sequences.packing=concat', 'seed=7', 'split={ validation: 1% }'];
  const recipe = withFlags({ length: '32K', seed: '5', set });
  expect(recipe).toMatchObject({
    seed: 7,
    validation: 0.01,
    sequences: { length: 32_768, packing: 'concat' },
  });
  expect(recipe.phases[0]!.mix.tokens).toBe(20_000);
});

it('reach into lists and into sources that are a path, and take a key out where they say nothing', () => {
  const set = ['mix.cells[0].to=', 'mix.cells.1.from=1K', 'seed=', 'sources."a".id=url'];
  const { seed, phases, sources } = withFlags({ set });
  expect(seed).toBe(0);
  expect(phases[0]!.mix.cells).toMatchObject([{ to: null }, { from: 1024 }]);
  expect(sources).toMatchObject([
    { path: '/data/web/a.jsonl', fields: { id: 'url' } },
    { fields: { id: 'id' } },
  ]);
});

it('take the cells away where they give shares or a length rule, as arms do', () => {
  const { mix } = withFlags({ set: ['mix.length={ threshold: 4K, long_share: 50% }'] }).phases[0]!;
  expect(mix).toMatchObject({ cells: null, length: { threshold: 4096 } });
});

it('name the tokenizer and the store from the working directory, and the text in every source', () => {
  const recipe = withFlags({ text: 'content', tokenizer: './llama', store: 'shared' });
  expect(recipe).toMatchObject({ tokenizer: { file: resolve('llama') }, store: resolve('shared') });
  expect(recipe.sources.map(({ fields }) => fields.text)).toEqual(['content', 'content']);
  // What is there is a path, with or without a dot before it.
  expect(withFlags({ tokenizer: 'src' }).tokenizer).toMatchObject({ file: resolve('src') });
  expect(withFlags({ tokenizer: 'gpt2' }).tokenizer).toEqual({ encoding: 'gpt2' });
});

it('lie over an ablation’s base, and under its arms', () => {
  const arms = (base: string) =>
    parseAblation(
      `base: ${base}\narms: { plain: {}, short: { sequences: { length: 128 } } }`,
      '/data/arms.yaml',
      () => text,
      recipeSettings({ length: '512', set: ['mix.tokens=1M'] }),
    ).arms.map(({ recipe }) => [recipe.sequences.length, recipe.phases[0]!.mix.tokens]);
  for (const base of ['mix.yaml', '{ sources: { a: a.jsonl } }'])
    expect(arms(base)).toEqual([
      [512, 1_000_000],
      [128, 1_000_000],
    ]);
});

it('take the place of a corpus’s defaults', () => {
  const recipe = corpusRecipe(
    '/data/web: pages',
    'web: pages',
    recipeSettings({ length: '1K', text: 'body' }),
  );
  expect(recipe).toMatchObject({
    name: 'web: pages',
    sequences: { length: 1024 },
    sources: [{ name: 'web: pages', path: '/data/web: pages', fields: { text: 'body' } }],
  });
});

test.each<[RecipeFlags, RegExp]>([
  [{ set: ['mix.tokns=1'] }, /^--set mix\.tokns=1: unknown key `tokns` in mix; did you mean `tokens`\?/],
  [
    { set: ['mixx.tokens=1'] },
    /^--set mixx\.tokens=1: unknown key `mixx` in the recipe; did you mean `mix`\?/,
  ],
  [{ length: '4k' }, /^--length 4k: sequences\.length: found `4k`; .*did you mean `4K`\?/],
  [{ seed: 'x' }, /^--seed x: seed: found `x`; expected a whole number/],
  [{ set: ['mix'] }, /^--set: found "mix"\n {2}name a key/],
  [{ set: ['=1'] }, /^--set: found "=1"/],
  [{ set: ['mix..tokens=1'] }, /^--set: found "mix\.\.tokens=1"/],
  [{ set: ['name="a'] }, /^--set name="a: not valid YAML: a quote is not closed/],
  [
    { set: ['sources.a.include=*.md'] },
    /^--set sources\.a\.include=\*\.md: `\*\.md` refers to .* a glob needs quotes/,
  ],
  [{ tokenizer: 'org/model' }, /^--tokenizer org\/model: tokenizer: found .*longmix downloads nothing/],
  [{ set: ['mix.cells[0].share=50%'] }, /^\/data\/mix\.yaml:3:15: mix\.cells: the shares sum to 90%/],
  [{ set: ['sequences.length=1'], seed: '-1' }, /2 problems\n--seed -1: .*\n--set sequences\.length=1: /],
])('%j is refused by the flag that says it', (flags, message) => {
  expect(describeError(errorOf(() => withFlags(flags)))).toMatch(message);
});

test('--length where every phase has its own is refused: no training row would have it', () => {
  const phases = 'sources: { a: a }\nphases: { a: { tokens: 100%, sequences: { length: 64 } } }';
  expect(describeError(errorOf(() => withFlags({ length: '128' }, phases)))).toMatch(
    /every phase .*\n {2}name the phase: --set phases\.a\.sequences\.length=128$/,
  );
});
