/** The same 200 documents through every reader and every compression give the same token store. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureStore } from '../../src/build/store/token-store.ts';
import { defaultRecipe } from '../../src/recipe/default-recipe.ts';
import { loadDocuments } from '../../src/store/reader.ts';
import { corpus, writers } from '../read/corpus.ts';
import { temporaryFolder } from '../read/helpers.ts';
import { folderInputs, recordInputs, withoutZeros } from '../read/inputs.ts';

/** What must not depend on the format: tokens, lengths and keys, in order. */
interface Golden {
  readonly tokens: Buffer;
  readonly lengths: readonly number[];
  readonly keys: readonly string[];
}

let goldenRecords: Golden | null = null;
let goldenTexts: Golden | null = null;

test.each(Object.keys(recordInputs))('%s', async (name) => {
  goldenRecords ??= await storeOf(recordInputs.jsonl!());
  expectSame(await storeOf(recordInputs[name]!()), goldenRecords);
});

test.each(Object.keys(folderInputs))('%s', async (name) => {
  goldenTexts ??= await storeOf(jsonlWithoutZeros());
  expectSame(await storeOf(folderInputs[name]!()), goldenTexts);
});

function expectSame(store: Golden, golden: Golden): void {
  expect(store.lengths).toHaveLength(corpus.length);
  expect(store.lengths).toEqual(golden.lengths);
  expect(store.keys).toEqual(golden.keys);
  expect(store.tokens.equals(golden.tokens)).toBe(true);
}

function jsonlWithoutZeros(): string {
  const path = join(temporaryFolder(), 'documents.jsonl');
  writeFileSync(
    path,
    writers.jsonl!(corpus.map((document) => ({ ...document, text: withoutZeros(document.text) }))),
  );
  return path;
}

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
