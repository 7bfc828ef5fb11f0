/** `mix.without`: the bytes of a build hang neither on the number of workers nor on where the earlier build lies. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { build } from '../../src/build/build.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
// Threads are what the build makes of them.
import '../support/command.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';

it('is the same build for any number of workers, and from a copy of the earlier shards alone', async () => {
  const folder = temporaryFolder();
  writeDiskCorpus(folder);
  const buildIt = async (name: string, workers: number, more: object) => {
    const path = writeDiskRecipe(folder, 'recipe', {
      ...{ sequences: { length: 128 }, tokens_per_step: 1024, shards: { size: '16KB' }, ...more },
    });
    return await build(parseRecipe(readFileSync(path, 'utf8'), path), join(folder, name), { workers });
  };
  await buildIt('earlier', 2, {});
  cpSync(join(folder, 'earlier/train'), join(folder, 'elsewhere/shards/train'), { recursive: true });
  for (const name of ['schedule.json', 'dataset_dict.json'])
    cpSync(join(folder, 'earlier', name), join(folder, 'elsewhere/shards', name));

  const without = (path: string) => ({ mix: { without: `${path}@20` }, split: { validation: '10%' } });
  const { plan } = await buildIt('one', 1, without('./earlier'));
  expect(plan.without[0]!.documents).toBeGreaterThan(0);
  await buildIt('three', 3, without('./earlier'));
  await buildIt('two', 2, without('./elsewhere/shards'));
  expect(hashes(join(folder, 'three'))).toEqual(hashes(join(folder, 'one')));
  expect(hashes(join(folder, 'two'))).toEqual(hashes(join(folder, 'one')));
}, 120_000);
