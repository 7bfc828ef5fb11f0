/** Recipes and ablations made from objects equal those made from the same YAML. */
import { describe, expect, it } from 'vitest';
import { parseAblation } from '../../src/recipe/ablation/parse-ablation.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { ablationFrom, recipeFrom } from '../../src/recipe/recipe-from.ts';
import { errorOf } from '../support/error-of.ts';

const object = {
  name: 'books',
  sources: { books: '../books', web: { path: 'web.jsonl', text: 'body' } },
  mix: { tokens: '5M', shares: { books: '30%', web: 0.7 } },
  sequences: { length: '32K' },
  seed: undefined,
};
const yaml = `name: books
sources: { books: ../books, web: { path: web.jsonl, text: body } }
mix: { tokens: 5M, shares: { books: 30%, web: 0.7 } }
sequences: { length: 32K }
`;

describe('recipeFrom', () => {
  it('gives the recipe of the same keys in YAML', () => {
    expect(recipeFrom(object, { directory: '/data/recipes' })).toEqual(
      parseRecipe(yaml, '/data/recipes/mix.yaml'),
    );
  });

  it('names a recipe without a name, dots and all', () => {
    const { name: _, ...unnamed } = object;
    expect(recipeFrom(unnamed, { name: 'v1.5' }).name).toBe('v1.5');
    expect(recipeFrom(unnamed).name).toBe('recipe');
  });

  it('refuses what a recipe file is refused for, with the place in its JSON', () => {
    const error = errorOf(() => recipeFrom({ sources: { books: 'books' }, sequences: { lenght: 5 } }));
    expect(error.code).toBe('recipe-invalid');
    expect(error.message).toContain('recipe:6:5');
    expect(error.message).toContain('lenght');
  });
});

describe('ablationFrom', () => {
  it('gives the ablation of the same keys in YAML', () => {
    const arms = { all: {}, half: { mix: { tokens: '2M' } } };
    const text = `base: { ${yaml.trim().split('\n').slice(1).join(', ')} }\narms: { all: {}, half: { mix: { tokens: 2M } } }`;
    const { name: _, ...base } = object;
    expect(ablationFrom({ base, arms }, { directory: '/data', name: 'arms' })).toEqual(
      parseAblation(text, '/data/arms.yaml', () => ''),
    );
  });

  it('refuses a base that is a path, with the ways out', () => {
    const error = errorOf(() => ablationFrom({ base: 'mix.yaml', arms: { all: {} } }));
    expect(error.code).toBe('ablation-invalid');
    expect(error.cure).toContain('parseAblation');
  });
});
