/** Optional columns of a store: which recipes find its tokens, and which make their own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { noProgress } from '../../../src/base/progress.ts';
import { ensureStore } from '../../../src/build/store/token-store.ts';
import { withAllColumns } from '../../../src/build/store/wanted-columns.ts';
import { parseRecipe } from '../../../src/recipe/parse-recipe.ts';
import { loadColumns } from '../../../src/store/read-columns.ts';
import { failureOf } from '../../support/error-of.ts';
import { temporaryFolder } from '../../support/folder.ts';

function workplace() {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'a.jsonl'),
    [0.5, 2, null]
      .map((score, i) => `${JSON.stringify({ text: `text ${i}`, score, lang: 'en' })}\n`)
      .join(''),
  );
  writeFileSync(join(folder, 'b.txt'), 'a page');
  const recipeOf = (columns: readonly string[], path = 'a.jsonl') =>
    parseRecipe(
      JSON.stringify({
        tokenizer: 'gpt2',
        sources: { web: { path, ...(columns.length > 0 ? { columns } : {}) } },
      }),
      join(folder, 'mix.yaml'),
    );
  return {
    folder,
    recipeOf,
    async tokenize(recipe: ReturnType<typeof recipeOf>) {
      const advance = vi.fn<(done: number) => void>();
      const progress = { ...noProgress, advance };
      const { manifest } = await ensureStore(recipe, join(folder, 'store'), { workers: 1, progress });
      return { manifest, tokenized: advance.mock.calls.length > 0 };
    },
  };
}

it('a store with more columns serves a recipe with fewer, and one with fewer is tokenized again', async () => {
  const { folder, recipeOf, tokenize } = workplace();
  expect((await tokenize(recipeOf([]))).tokenized).toBe(true);
  const both = await tokenize(recipeOf(['score', 'lang']));
  expect(both.tokenized).toBe(true);
  const { numbers, texts } = await loadColumns(join(folder, 'store'), both.manifest, {
    numbers: ['field:score'],
    texts: ['field:lang'],
  });
  expect([...numbers.get('field:score')!]).toEqual([0.5, 2, NaN]);
  expect(texts.get('field:lang')!.values).toEqual(['en']);
  for (const fewer of [['score'], []]) {
    const { tokenized, manifest } = await tokenize(recipeOf(fewer));
    expect(tokenized).toBe(false);
    expect(manifest).toEqual(both.manifest);
  }
});

it('recipes of an ablation are tokenized once, with the columns of all', async () => {
  const { recipeOf, tokenize } = workplace();
  const arms = [recipeOf(['score']), recipeOf([]), recipeOf(['lang'])];
  expect((await tokenize(withAllColumns(arms))).manifest.reading[0]!.columns).toEqual({
    fields: ['lang', 'score'],
  });
  for (const arm of arms) expect((await tokenize(arm)).tokenized).toBe(false);
});

it('a field that no record has is an error before anything is tokenized', async () => {
  const { recipeOf, tokenize, folder } = workplace();
  expect(await failureOf(tokenize(recipeOf(['scor'])))).toMatchObject({
    code: 'field-missing',
    message: 'no field "scor" in source "web"; its first records have "text", "score", "lang"',
    where: join(folder, 'a.jsonl'),
    cure: expect.stringContaining('did you mean "score"?'),
  });
  expect(await failureOf(tokenize(recipeOf(['score'], 'b.txt')))).toMatchObject({
    code: 'field-missing',
    message: 'source "web" has no records with fields, so no "score"',
  });
});
