/** A small build with a validation set. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../src/build/build.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';

export async function trainingBuild(folder: string): Promise<string> {
  writeDiskCorpus(folder);
  const keys = { split: { validation: '10%' }, sequences: { length: 64 }, shards: { size: '16KB' } };
  const path = writeDiskRecipe(folder, 'training', keys);
  const out = join(folder, 'training');
  await build(parseRecipe(readFileSync(path, 'utf8'), path), out, { workers: 1 });
  return out;
}
