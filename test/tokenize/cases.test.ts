/**
 * Inputs that once failed, each with the tokens of its family's native library in expect.txt; `longmix tokenize` runs
 * on a copy of the folder. damaged/ has tokenizer files that once caused a stack trace or an endless loop; each gives
 * one error.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadDocuments, openStore } from '../../src/store/reader.ts';
import { TokenReader } from '../../src/store/token-reader.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { longmixOk } from '../support/in-process.ts';

const cases = join(import.meta.dirname, 'cases');
const folder = mkdtempSync(join(tmpdir(), 'longmix-cases-'));
cpSync(cases, folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expected(name: string): number[][] {
  const lines = readFileSync(join(cases, name, 'expect.txt'), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('{"id"'))
    .map((line) => (JSON.parse(line) as { tokens: number[] }).tokens);
}

function storeTokens(store: string): number[][] {
  const manifest = openStore(store);
  const table = loadDocuments(store, manifest);
  const reader = new TokenReader(store, manifest, table);
  try {
    return Array.from(table.lengths.subarray(0, table.count), (length, document) => {
      const tokens = new Int32Array(length);
      reader.copy(document, 0, length, tokens, 0);
      return Array.from(tokens);
    });
  } finally {
    reader.close();
  }
}

const names = readdirSync(cases).filter((name) => /^\d/.test(name));

test.each(names)('%s', async (name) => {
  const store = join(folder, name, 'store');
  await longmixOk([
    'tokenize',
    join(folder, name, 'recipe.yaml'),
    '--out',
    store,
    '--workers',
    '1',
    '--quiet',
  ]);
  const tokens = storeTokens(store);
  const wanted = expected(name);
  // One case has no tokens to compare: its tokenizer names no EOS, which a store does not need.
  if (wanted.length > 0) expect(tokens).toEqual(wanted);
  else expect(tokens.flat().length).toBeGreaterThan(0);
});

describe('damaged tokenizer files', () => {
  test.each(readdirSync(join(cases, 'damaged')))('%s is one error', async (name) => {
    const refused = loadTokenizer({ file: join(cases, 'damaged', name), pattern: null });
    await expect(refused).rejects.toMatchObject({ name: 'LongmixError', code: 'tokenizer-bad' });
  });
});
