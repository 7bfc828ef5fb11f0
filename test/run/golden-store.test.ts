/** The same 200 documents through every reader and every compression give the same token store. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultRecipe } from '../../src/recipe/default-recipe.ts';
import { ensureStore } from '../../src/run/token-store.ts';
import { loadDocuments } from '../../src/store/reader.ts';
import { corpus } from '../read/corpus.ts';
import { temporaryFolder } from '../read/helpers.ts';
import { folderInputs, recordInputs } from '../read/inputs.ts';

/** What must not depend on the format: tokens, lengths and keys, in order. */
interface Golden {
  readonly tokens: Buffer;
  readonly lengths: readonly number[];
  readonly keys: readonly string[];
}

const inputs = { ...recordInputs, ...folderInputs };
let golden: Golden | null = null;

test.each(Object.keys(inputs))('%s', async (name) => {
  golden ??= await storeOf(inputs.jsonl!());
  const store = await storeOf(inputs[name]!());
  expect(store.lengths).toHaveLength(corpus.length);
  expect(store.lengths).toEqual(golden.lengths);
  expect(store.keys).toEqual(golden.keys);
  expect(store.tokens.equals(golden.tokens)).toBe(true);
});

async function storeOf(path: string): Promise<Golden> {
  const folder = temporaryFolder();
  const { manifest } = await ensureStore(defaultRecipe(path), folder, { workers: 1 });
  const table = loadDocuments(folder, manifest);
  const tokens = manifest.parts.map((part) => readFileSync(join(folder, part.files[0]!.name)));
  return {
    tokens: Buffer.concat(tokens),
    lengths: Array.from(table.lengths),
    keys: Array.from(table.keysLow, (low, i) => `${table.keysHigh[i]}:${low}`),
  };
}
