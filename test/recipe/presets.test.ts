/**
 * Plans every recipe and ablation in pipelines/ unchanged (except for its budget) over lengths from 64 tokens to two
 * million. Then builds it from text, with its lengths scaled down, and checks verified shards row by row.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { groupsKey, hasGroups } from '../../src/base/group-fields.ts';
import { ablate } from '../../src/build/ablate.ts';
import { build } from '../../src/build/build.ts';
import type { BuildPlan, TokenStore } from '../../src/build/nouns.ts';
import { planBuild } from '../../src/build/plan/build-plan.ts';
import { verify } from '../../src/build/verify.ts';
import type { Recipe } from '../../src/nouns/recipe.ts';
import {
  ablationNames,
  preset,
  presetAblation,
  presetNames,
  shrunk,
  spreadLengths,
  tableOfLengths,
  withBudget,
  writeSource,
} from '../support/presets.ts';

it('has the presets of the list, and the ablations', () => {
  expect(presetNames).toEqual(
    expect.arrayContaining([
      ...['l2long-original', 'l2long-remove-long', 'l2long-upsample-long', 'l2long-new-source'],
      ...['fu-per-source', 'fu-global', 'fu-arxiv-book-github', 'cut-4k', 'cut-128k'],
      ...['prolong-64k', 'prolong-512k', 'shortmix', 'longmino-34-66', 'qwen3-75-25', 'qwen-1m', 'ultralong'],
      'splice-repo',
      ...['decompose-grow-p2', 'curriculum-4k-32k'],
    ]),
  );
  expect(ablationNames).toEqual(['curricula', 'four-arms', 'fu-strategies', 'packing', 'threshold-share']);
});

describe('published numbers', () => {
  const sharesOf = (name: string): ReadonlyMap<string, number> => preset(name).phases[0]!.mix.shares!;
  const shortMix = [
    'fineweb-edu',
    'fineweb',
    'wikipedia',
    'stackexchange',
    'tulu-v2',
    'openwebmath',
    'arxiv',
  ];
  const sum = (shares: readonly number[]): number => shares.reduce((total, share) => total + share, 0);

  it('ProLong (2410.02660): 30 / 30 / 3 and ShortMix 37, itself 27 / 27 / 11 / 11 / 8 / 8 / 8, at both lengths', () => {
    const own = shortMix.map((name) => sharesOf('shortmix').get(name)!);
    for (const [i, share] of [0.27, 0.27, 0.11, 0.11, 0.08, 0.08, 0.08].entries())
      expect(own[i]).toBeCloseTo(share, 10);
    const stage1 = sharesOf('prolong-64k');
    for (const [name, share] of Object.entries({ code: 0.3, books: 0.3, textbooks: 0.03 }))
      expect(stage1.get(name)).toBeCloseTo(share, 10);
    const cells = preset('prolong-512k').phases[0]!.mix.cells!;
    for (const [i, name] of shortMix.entries()) {
      expect(stage1.get(name)).toBeCloseTo(0.37 * own[i]!, 10);
      expect(cells.find(({ source }) => source === name)!.share).toBeCloseTo(0.37 * own[i]!, 10);
    }
    expect(sum(cells.filter(({ from }) => from === 2 ** 19).map(({ share }) => share))).toBeCloseTo(0.23, 10);
    const { tokens } = preset('prolong-64k').phases[0]!.mix;
    expect(tokens).toBe(5000 * 64 * 2 ** 16);
    expect(preset('prolong-512k').phases[0]!.mix.tokens).toBe(2500 * 16 * 2 ** 19);
  });

  it('Fu et al. (2402.10171), code: the original mix, and arXiv, books and GitHub at .60 before they are normalised', () => {
    expect(sharesOf('fu-per-source').get('commoncrawl')).toBeCloseTo(0.53374772, 7);
    const weights = { commoncrawl: 0.534, c4: 0.266, github: 0.6, arxiv: 0.6, book: 0.6, wikipedia: 0.034 };
    const shares = sharesOf('fu-arxiv-book-github');
    for (const [name, weight] of Object.entries(weights))
      expect(shares.get(name)).toBeCloseTo(weight / 2.666, 8);
  });

  it('Llama 2 Long (2309.16039): FLOPs of the curricula are 3.783 x (1 - s / 2), as the preset tells', () => {
    const shorts = presetAblation('curricula').arms.map(({ recipe: { phases } }) =>
      phases.length === 1 ? 0 : phases[0]!.share,
    );
    expect(shorts.map((s) => Number((3.783 * (1 - s / 2)).toFixed(3)))).toEqual([3.783, 3.405, 3.026, 2.27]);
  });

  it('Qwen2.5-1M (2501.15383): each stage has 75 % at its greatest length', () => {
    for (const { mix, sequences } of preset('qwen-1m').phases)
      expect(mix.length).toMatchObject({
        threshold: sequences.length,
        rule: { kind: 'long_share', share: 0.75 },
      });
  });

  it('the arms of fu-strategies are the presets of their names, as far as the mix and rows go', () => {
    const names = {
      'cut-4k': 'cut-4k',
      'arxiv-book-github': 'fu-arxiv-book-github',
      'cut-128k': 'cut-128k',
      'per-source': 'fu-per-source',
      global: 'fu-global',
    };
    const { arms } = presetAblation('fu-strategies');
    for (const [arm, name] of Object.entries(names)) {
      const [phase] = arms.find((one) => one.name === arm)!.recipe.phases;
      expect(phase, arm).toEqual(preset(name).phases[0]);
    }
  });
});

it('rows, steps and bounds of length have the lengths of the papers, token for token', () => {
  const lengthsOf = (name: string) => {
    const { phases, tokensPerStep, documents } = preset(name);
    const bounds = [
      ...documents.minTokens.of.values(),
      documents.minTokens.otherwise,
      ...phases.flatMap(({ mix }) => [
        mix.length?.threshold ?? 0,
        ...(mix.cells ?? []).flatMap(({ from, to }) => [from, to ?? 0]),
      ]),
    ];
    return {
      rows: phases.map(({ sequences: { length, packLength } }) => `${packLength ?? ''} ${length}`.trim()),
      step: tokensPerStep,
      bounds: [...new Set(bounds.filter((bound) => bound > 0))].sort((a, b) => a - b),
    };
  };
  const all = presetNames.map((name) => [name, lengthsOf(name)]);
  const [step4M, step8M] = [4_194_304, 8_388_608];
  expect(Object.fromEntries(all)).toEqual({
    'curriculum-4k-32k': { rows: ['4096', '32768'], step: step4M, bounds: [] },
    'cut-128k': { rows: ['131072'], step: null, bounds: [] },
    'cut-4k': { rows: ['4096 131072'], step: null, bounds: [] },
    'decompose-grow-p2': { rows: ['8192'], step: 524_288, bounds: [] },
    'fu-arxiv-book-github': { rows: ['131072'], step: null, bounds: [] },
    'fu-global': { rows: ['131072'], step: null, bounds: [4096] },
    'fu-per-source': { rows: ['131072'], step: null, bounds: [4096] },
    'l2long-new-source': { rows: ['32768'], step: step4M, bounds: [] },
    'l2long-original': { rows: ['32768'], step: step4M, bounds: [] },
    'l2long-remove-long': { rows: ['32768'], step: step4M, bounds: [4096] },
    'l2long-upsample-long': { rows: ['32768'], step: step4M, bounds: [4096] },
    'longmino-34-66': { rows: ['65536'], step: null, bounds: [8192] },
    'prolong-512k': { rows: ['524288'], step: step8M, bounds: [65_536, 524_288] },
    'prolong-64k': { rows: ['65536'], step: step4M, bounds: [65_536] },
    'qwen-1m': {
      rows: ['4096', '32768', '65536', '131072', '262144'],
      step: step4M,
      bounds: [4096, 32_768, 65_536, 131_072, 262_144],
    },
    'qwen3-75-25': { rows: ['32768'], step: null, bounds: [4096, 16_384] },
    shortmix: { rows: ['65536'], step: null, bounds: [] },
    'splice-repo': { rows: ['32768'], step: null, bounds: [] },
    ultralong: { rows: ['1048576'], step: null, bounds: [4096, 8192] },
  });
});

/** A plan as the store of such a corpus would give it. */
function planned(recipe: Recipe): BuildPlan {
  const table = tableOfLengths(
    recipe.sources.map(({ name }) => name),
    spreadLengths(200, 64, 2 ** 21, 1200),
  );
  const tokens = table.lengths.reduce((sum, length) => sum + length, 0);
  const manifest = {
    fingerprint: 'made for the test',
    tokenizer: { name: 'cl100k_base', vocabularySize: 100_277, bosId: null, eosId: 100_257 },
    totals: { documents: table.count, tokens },
  };
  // 4.4 characters a token, as English has.
  const characters = table.lengths.map((length) => Math.round(4.4 * length));
  // Four documents to a group.
  const first = Uint32Array.from({ length: table.count }, (_, d) => d - (d % 4));
  const { keysLow, keysHigh } = table;
  const groups = { count: table.count, first, keysLow, keysHigh, rank: null };
  return planBuild(recipe, { folder: '', manifest } as unknown as TokenStore, {
    ...{ table, characters },
    ...(hasGroups(recipe) ? { groups: new Map([[groupsKey(recipe), groups]]) } : {}),
  });
}

function expectAsked(recipe: Recipe, plan: BuildPlan): void {
  for (const [p, { sequences }] of recipe.phases.entries()) {
    const { requested, cells } = plan.phases[p]!;
    const achieved = cells.reduce((sum, cell) => sum + cell.achieved, 0);
    expect(requested).toBeGreaterThan(0);
    // Phases share no document: what one takes of a document that spans rows, the others can't have the rest of.
    const slack = recipe.phases.length === 1 ? sequences.length : Math.max(...plan.table.lengths);
    expect(Math.abs(achieved - requested), `phase ${p}`).toBeLessThanOrEqual(slack);
  }
}

describe('plans', () => {
  test.each(presetNames)('%s', (name) => {
    const recipe = withBudget(preset(name), 4000);
    expectAsked(recipe, planned(recipe));
  });

  test.each(ablationNames)('ablations/%s', (name) => {
    for (const arm of presetAblation(name).arms) {
      const recipe = withBudget(arm.recipe, 4000);
      expectAsked(recipe, planned(recipe));
    }
  });
});

describe('builds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longmix-presets-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The recipe over a corpus on disk, small enough for it; recipes of the same sources share a store. */
  function onDisk(recipe: Recipe): Recipe {
    const sources = recipe.sources.map((source) => ({ ...source, path: join(folder, source.name) }));
    const lengths = spreadLengths(60, 8, 2 ** 14, 50);
    for (const source of sources) {
      // A directory a document: the long ones will do.
      const own = source.join === 'file' ? lengths : lengths.slice(0, 60);
      if (!existsSync(source.path)) writeSource(folder, source, own);
    }
    const store = join(folder, `store ${sources.map(({ name }) => name).join(' ')}`);
    return shrunk(withBudget({ ...recipe, sources, store }, 500_000), 64);
  }

  async function expectSound(out: string): Promise<void> {
    expect((await verify(out, true)).faults).toEqual([]);
  }

  test.each(presetNames)('%s', async (name) => {
    const out = join(folder, 'out', name);
    const { shardSets } = await build(onDisk(preset(name)), out, { workers: 1 });
    expect(shardSets.length).toBeGreaterThan(0);
    await expectSound(out);
  });

  test.each(ablationNames)('ablations/%s', async (name) => {
    const out = join(folder, 'out', 'ablations', name);
    const ablation = presetAblation(name);
    const arms = ablation.arms.map((arm) => ({ ...arm, recipe: onDisk(arm.recipe) }));
    await ablate({ ...ablation, arms }, out, { workers: 1, planOnly: false });
    for (const arm of arms) await expectSound(join(out, arm.name));
    expect(JSON.parse(readFileSync(join(out, 'ablation.json'), 'utf8'))).toMatchObject({ name });
  });
});
