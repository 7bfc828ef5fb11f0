/** Sources without the documents that a length rule needs: one error names them all, and `except` leaves them whole. */
import { expect, it, test } from 'vitest';
import { tokenWeights } from '../../src/mix/weights.ts';
import type { LengthRule } from '../../src/nouns/recipe.ts';
import { errorOf } from '../support/error-of.ts';
import { mixSpec } from '../support/recipes.ts';

const sources = ['books', 'papers', 'web', 'tweets'];
/** Books and papers have long documents only, tweets short ones only; web has 30 % long. */
const cells = [
  [0, true, 400],
  [1, true, 200],
  [2, true, 90],
  [2, false, 210],
  [3, false, 100],
].map(([source, long, usable]) => ({
  ...{ source: source as number, long: long as boolean, spec: -1 },
  ...{ documents: 1, usable: usable as number },
}));

const weights = (length: LengthRule) => [...tokenWeights(cells, sources, mixSpec({ length }))];
const longShare = { kind: 'long_share', share: 0.6 } as const;

test('long_share names every source without long or without short documents, and the way to leave them whole', () => {
  const error = errorOf(() => weights({ threshold: 4096, scope: 'per-source', rule: longShare }));
  expect(error.message).toBe(
    'source "tweets" has no document of 4096 tokens or more, and sources "books", "papers" have no shorter document, so their long share can\'t be 60%',
  );
  expect(error.cure).toContain('leave them whole: except: [tweets, books, papers] in the length rule');
});

test('remove: long names every source that has nothing else', () => {
  const rule = { threshold: 4096, scope: 'per-source', rule: { kind: 'remove_long' } } as const;
  const error = errorOf(() => weights(rule));
  expect(error.message).toBe(
    'sources "books", "papers" have only documents of 4096 tokens or more: nothing is left',
  );
  expect(weights({ ...rule, except: ['books', 'papers'] })).toEqual([0.4, 0.2, 0, 0.3, 0.1]);
});

it('leaves the sources of `except` as they are, inside each source and over all', () => {
  const except = ['books', 'papers', 'tweets'];
  const perSource = weights({ threshold: 4096, scope: 'per-source', rule: longShare, except });
  for (const [i, weight] of [0.4, 0.2, 0.18, 0.12, 0.1].entries())
    expect(perSource[i]).toBeCloseTo(weight, 12);
  // Papers (20 %) and web and tweets (40 %) are 60 % of the mix; 60 % of that is long.
  const global = weights({ threshold: 4096, scope: 'global', rule: longShare, except: ['books'] });
  expect(global[0]).toBeCloseTo(0.4, 12);
  expect(global[1]! + global[2]!).toBeCloseTo(0.36, 12);
  expect(global.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
});
