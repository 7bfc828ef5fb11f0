/** A plan gives each warning when it is due, and none when all is well. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { TokenStore } from '../../../src/build/nouns.ts';
import { planBuild } from '../../../src/build/plan/build-plan.ts';
import { loadIndex } from '../../../src/build/plan/load-index.ts';
import { planWarnings } from '../../../src/build/plan/plan-warnings.ts';
import { ensureStore } from '../../../src/build/store/token-store.ts';
import { parseRecipe } from '../../../src/recipe/parse-recipe.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../../support/disk-corpus.ts';
import { temporaryFolder } from '../../support/folder.ts';

let warningsOf: (recipe: object) => Promise<string[]>;

beforeAll(() => {
  warningsOf = async (written) => {
    const folder = temporaryFolder();
    writeDiskCorpus(folder);
    const path = writeDiskRecipe(folder, 'recipe', { sequences: { length: 256 }, ...written });
    const recipe = parseRecipe(readFileSync(path, 'utf8'), path);
    const store: TokenStore = await ensureStore(recipe, join(folder, 'store'), { workers: 1 });
    return planWarnings(recipe, planBuild(recipe, store, await loadIndex(store, [recipe])));
  };
});

it.each([
  ['nothing', {}, []],
  [
    'a cell that is repeated too often',
    { mix: { shares: { stories: '90%', notes: '10%' }, tokens: '200K', max_epochs: 50 } },
    [/^stories, .* tokens: repeated \d+\.\d times.*; beyond 4 a repeat is worth little$/],
  ],
  [
    'a threshold above the length of a row, and sources without long documents',
    { mix: { length: { threshold: 512, keep_short: '20%' } } },
    [
      /^documents are long from 512 tokens, and a row has 256: no row can hold a whole long document$/,
      /^notes, pages, m0, m1, m2: no document of 512 tokens or more/,
    ],
  ],
  [
    'a share that large documents cannot hit',
    { mix: { tokens: 2000, shares: { joined: '50%', notes: '50%' } }, sequences: { length: 4096 } },
    [/^joined: asked for 50\.0% of the mix, gets \d+\.\d% \(its documents are too large to come closer\)$/],
  ],
  ['padding', { sequences: { length: 256, packing: 'pad' } }, [/^train: \d+\.\d% of the tokens are padding/]],
  [
    'tokens that rows have no room for',
    { sequences: { length: 64, overlong: 'truncate' } },
    [/^train: .* tokens are lost at the ends of rows \(packing: best-fit, overlong: truncate/],
  ],
  [
    'documents that are longer than a row and left out',
    { sequences: { length: 64, overlong: 'exclude' } },
    [
      /^train: .* tokens \(\d+\.\d%\) are of documents that are longer than a row and left out \(overlong: exclude\)/,
    ],
  ],
  [
    'shares that the ends of rows move, since short documents lose more',
    { sequences: { length: 256, packing: 'decompose', decompose: { smallest: 64 } } },
    [
      / are lost .*\(packing: decompose, decompose.smallest: 64\); in the rows the mix is then stories \d+\.\d%, notes \d\.\d%, /,
    ],
  ],
  [
    'documents that are cut',
    { sequences: { length: 64, packing: 'concat' } },
    [/more than half of the documents/],
  ],
  [
    'rows that no step takes',
    { tokens_per_step: '25Ki' },
    [
      /^train: \d+\.\d% of the rows are left over \(less than a step\); a smaller tokens_per_step leaves fewer$/,
    ],
  ],
  [
    'a length rule that takes long text away from sources',
    {
      mix: { shares: { stories: '100%' }, length: { threshold: 64, long_share: '50%' } },
      sequences: { length: 4096 },
    },
    [
      /^long tokens have a larger share than the 50\.0% that long_share asks for \(stories \d\d\.\d%\): the rule removes long text there$/,
    ],
  ],
  [
    'a length rule that takes long text away from the corpus',
    { mix: { length: { threshold: 64, long_share: '20%', scope: 'global' } }, sequences: { length: 4096 } },
    [/^\d\d\.\d% of the tokens are long, and long_share asks for 20\.0%: the rule removes long text$/],
  ],
  [
    'a source that gets no document, because documents are taken whole',
    { mix: { tokens: 5000, shares: { joined: '0.1%', notes: '99.9%' } }, sequences: { length: 4096 } },
    [
      /^no document is taken from cells that are asked for fewer tokens than one document has: joined \(5 tokens\)$/,
    ],
  ],
  [
    'an empty validation split',
    { split: { validation: '0.0001%' } },
    [/^split\.validation is .* rounds to no document here$/],
  ],
  [
    'a phase without a whole step, by its name',
    {
      sequences: { length: 64 },
      tokens_per_step: '64Ki',
      phases: { a: { tokens: '1%' }, b: { tokens: '99%' } },
    },
    [/^train_a: \d+ rows?, but a step takes 1024: there is not one whole step$/],
  ],
])('%s', async (_, recipe, expected) => {
  const warnings = await warningsOf(recipe);
  for (const pattern of expected)
    expect(
      warnings.filter((text) => pattern.test(text)),
      warnings.join('\n'),
    ).toHaveLength(1);
  if (expected.length === 0) expect(warnings).toEqual([]);
});

it('does not warn that a single source gives a little more or less than all, but that it gives much less', async () => {
  const ofMix = async (source: string, tokens: number) => {
    const sources = { [source]: source === 'joined' ? { path: source, join: 'directory' } : source };
    const warnings = await warningsOf({ sources, mix: { tokens }, sequences: { length: 4096 } });
    return warnings.filter((text) => text.includes('of the mix'));
  };
  // It gives 98.2%.
  expect(await ofMix('stories', 4500)).toEqual([]);
  expect(await ofMix('joined', 2000)).toEqual([
    expect.stringMatching(/^joined: asked for 100.0% of the mix, gets 68/),
  ]);
});

it.each([
  ['documents.min_tokens', { documents: { min_tokens: { m1: 2, m9: 2 } } }],
  ['documents.max_tokens', { documents: { max_tokens: { m9: 2000 } } }],
  ['mix.max_epochs', { mix: { max_epochs: { mixed: 3 } } }],
])('%s of a source that the records do not name is refused: it would bound nothing', async (key, recipe) => {
  const refused = warningsOf({ sources: { mixed: { path: 'mixed.jsonl', source: 'from' } }, ...recipe });
  await expect(refused).rejects.toMatchObject({
    code: 'mix-infeasible',
    message: expect.stringContaining(`${key} names source "m`),
    cure: expect.stringContaining('the corpus has m0, m1, m2'),
  });
});
