/** Fill in the middle with what other keys of a recipe ask for: groups, and arms with seeds of their own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ablate } from '../../src/build/ablate.ts';
import { build } from '../../src/build/build.ts';
import { verify } from '../../src/build/verify.ts';
import { recipeFrom } from '../../src/recipe/recipe-from.ts';
import { openShards, readRow } from '../../src/shard/reader.ts';
import { temporaryFolder } from '../support/folder.ts';

const fim = { rate: '50%', spm_share: '50%', tokens: { prefix: 1, middle: 2, suffix: 3 } };

function corpus(): string {
  const folder = temporaryFolder();
  const lines = Array.from({ length: 80 }, (_, i) => ({
    text: `${i} ${'one two three '.repeat(2 + (i % 9))}`,
    cluster: `c${i % 20}`,
  }));
  writeFileSync(join(folder, 'code.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return folder;
}

function recipe(folder: string, source: object, seed: number) {
  return recipeFrom(
    {
      store: './store',
      sources: { code: { path: './code.jsonl', fim, ...source } },
      split: { validation: '10%' },
      sequences: { length: 128 },
      seed,
    },
    { directory: folder },
  );
}

it('says the groups of its documents', async () => {
  const folder = corpus();
  const out = join(folder, 'out');
  const { shardSets } = await build(recipe(folder, { group: 'cluster' }, 0), out, { workers: 1 });
  expect((await verify(out, true)).faults).toEqual([]);
  expect(shardSets.map(({ split, groups }) => ({ split, groups }))).toEqual([
    { split: 'train', groups: true },
    { split: 'validation', groups: true },
  ]);
  const train = openShards(join(out, 'train'));
  expect(train.fim?.sources.length).toBe(1);
  const { docIds, groupIds } = readRow(join(out, 'train'), train, 0);
  expect([...groupIds]).toEqual([...docIds].map((d) => d % 20));
});

it('follows the seed of each arm, as in a build of the arm alone', async () => {
  const folder = corpus();
  const arms = [1, 2].map((seed) => ({
    name: `seed-${seed}`,
    changes: {},
    recipe: recipe(folder, {}, seed),
  }));
  await ablate({ name: 'seeds', base: { seed: 0 }, arms }, join(folder, 'arms'), {
    planOnly: false,
    workers: 1,
  });
  const shards = (place: string, manifest: ReturnType<typeof openShards>) =>
    manifest.shards.map(({ name }) => readFileSync(join(place, name)));
  for (const { name, recipe } of arms) {
    const alone = join(folder, `alone-${name}`, 'train');
    await build(recipe, join(folder, `alone-${name}`), { workers: 1 });
    const arm = join(folder, 'arms', name, 'train');
    const [a, b] = [openShards(arm), openShards(alone)];
    expect(a).toMatchObject({ fingerprint: b.fingerprint, fim: { seed: recipe.seed } });
    expect(shards(arm, a)).toEqual(shards(alone, b));
  }
  expect((await verify(join(folder, 'arms', 'seed-2'), true)).faults).toEqual([]);
});
