/**
 * A build has the same bytes for any number of workers, in any place, at any time (sha256 of every file). Needs dist/.
 */
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { longmixOk } from '../support/command.ts';
import { diskSources, writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';

const recipes: Record<string, object> = {
  'long-share': {
    sources: { ...diskSources, big: 'big.jsonl' },
    split: { validation: '5%' },
    mix: { length: { threshold: 300, scope: 'global', long_share: '60%' } },
    sequences: { length: 512 },
    shards: { size: '20KB' },
    seed: 17,
  },
  repeated: {
    mix: { tokens: 150_000, max_epochs: 5 },
    sequences: { length: 300, packing: 'concat', tails: 'discard', plus_one: true },
    shards: { size: '100KB', dtype: 'int32' },
    seed: 2 ** 40 + 1,
  },
  carried: {
    sources: {
      ...diskSources,
      stories: {
        path: 'stories',
        fim: { rate: '50%', spm_share: '50%', tokens: { prefix: 1, middle: 2, suffix: 3 } },
      },
    },
    documents: { keep: [{ score: 'compressibility', from: 'p10', to: 'p90', where: { min_tokens: 40 } }] },
    mix: { tokens: 60_000, max_epochs: 5 },
    sequences: { length: 1000 },
    shards: { size: '20KB' },
  },
  grouped: {
    sources: { ...diskSources, stories: { path: 'stories', group: 'directory' } },
    documents: { near_duplicates: 'cluster' },
    split: { validation: '20%', by: 'group' },
    mix: { tokens: 60_000, max_epochs: 9 },
    sequences: { length: 512, packing: 'groups', intent: 'no-mask' },
    shards: { size: '20KB' },
  },
  truncated: {
    split: { validation: '20%' },
    mix: { length: { threshold: 200, scope: 'global', keep_short: '30%' } },
    sequences: { length: 256, packing: 'pad', overlong: 'truncate', eos: false },
    shards: { size: '10KB', provenance: false },
  },
};

describe('the bytes of a build', () => {
  it.each(Object.entries(recipes))('are the same for 1, 2 and 5 workers: %s', async (name, recipe) => {
    const folder = temporaryFolder();
    // Ballast makes ranges of a file cheap: three of 4 MiB, and little text.
    writeDiskCorpus(folder, { bigBytes: name === 'long-share' ? 10_000_000 : 0 });
    // The first shows that the store is the same; the others share one and begin at the plan.
    const store = name === 'long-share' ? {} : { store: 'store' };
    const path = writeDiskRecipe(folder, name, { ...recipe, ...store });
    const build = async (workers: number) => {
      const out = join(folder, `out-${workers}`);
      await longmixOk(['build', path, '--out', out, '--workers', `${workers}`, '--quiet']);
      return hashes(out);
    };
    const one = await build(1);
    const files = Object.keys(one);
    expect(files.filter((file) => /^train\/data-.*arrow$/.test(file)).length).toBeGreaterThan(2);
    // Three ranges of the big file: a unit each, and a part; and the five sources' parts.
    if (name === 'long-share') expect(files.filter((file) => file.endsWith('.tokens')).length).toBe(8);
    expect(await build(2)).toEqual(one);
    expect(await build(5)).toEqual(one);
  });

  it('are the same in another folder, with other times and another order of the directories', async () => {
    const name = 'truncated';
    const build = async (reversed: boolean) => {
      const folder = temporaryFolder();
      writeDiskCorpus(folder, { reversed });
      const long = new Date('2001-09-09T01:46:40Z');
      if (reversed)
        for (const file of Object.keys(hashes(folder))) utimesSync(join(folder, file), long, long);
      writeDiskRecipe(folder, name, recipes[name]!);
      // Named as a relative path here, as an absolute one there.
      const recipe = reversed ? `${name}.yaml` : join(folder, `${name}.yaml`);
      await longmixOk(['build', recipe, '--out', 'built', '--workers', '2', '--quiet'], folder);
      return hashes(join(folder, 'built'));
    };
    const here = await build(false);
    expect(Object.keys(here).length).toBeGreaterThan(20);
    expect(await build(true)).toEqual(here);
  });

  it('differ where the seed does', async () => {
    const folder = temporaryFolder();
    writeDiskCorpus(folder);
    const build = async (seed: number) => {
      const store = { store: join(folder, 'store') };
      const path = writeDiskRecipe(folder, 'seeded', { ...recipes.truncated, ...store, seed });
      await longmixOk(['build', path, '--out', join(folder, `${seed}`), '--workers', '1', '--quiet']);
      return hashes(join(folder, `${seed}`, 'train'));
    };
    const one = await build(1);
    const two = await build(2);
    // All but what says how the columns are called.
    const same = Object.keys(one).filter((file) => one[file] === two[file]);
    expect(same).toEqual(['dataset_info.json']);
  });
});
