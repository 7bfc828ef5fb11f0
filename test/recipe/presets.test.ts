/**
 * Every recipe and ablation in pipelines/, planned as it is (but for its budget) over lengths that reach from 64 tokens
 * to two million, and built from text, with its lengths divided, row by row down to verified shards.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { ablate } from '../../src/run/ablate.ts';
import { build } from '../../src/run/build.ts';
import { type BuildPlan, planBuild } from '../../src/run/build-plan.ts';
import type { TokenStore } from '../../src/run/token-store.ts';
import { verify } from '../../src/run/verify.ts';
import type { Recipe } from '../../src/types.ts';
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
      ...['prolong-64k', 'prolong-512k', 'shortmix', 'longmino-34-66', 'qwen3-75-25', 'ultralong'],
      ...['decompose-grow-p2', 'curriculum-4k-32k'],
    ]),
  );
  expect(ablationNames).toEqual(['curricula', 'four-arms', 'fu-strategies', 'packing', 'threshold-share']);
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
  return planBuild(recipe, { folder: '', manifest } as unknown as TokenStore, { table, characters });
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

  function expectSound(out: string): void {
    expect(verify(out, true).faults).toEqual([]);
  }

  test.each(presetNames)('%s', async (name) => {
    const out = join(folder, 'out', name);
    const { shardSets } = await build(onDisk(preset(name)), out, { workers: 1 });
    expect(shardSets.length).toBeGreaterThan(0);
    expectSound(out);
  });

  test.each(ablationNames)('ablations/%s', async (name) => {
    const out = join(folder, 'out', 'ablations', name);
    const ablation = presetAblation(name);
    const arms = ablation.arms.map((arm) => ({ ...arm, recipe: onDisk(arm.recipe) }));
    await ablate({ ...ablation, arms }, out, { workers: 1, planOnly: false });
    for (const arm of arms) expectSound(join(out, arm.name));
    expect(JSON.parse(readFileSync(join(out, 'ablation.json'), 'utf8'))).toMatchObject({ name });
  });
});
