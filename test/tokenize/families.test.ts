/**
 * The table of families: a test runs every row, and the native engines that serve as reference agree with each other.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peersMissing } from '../support/peers.ts';
import { allFamilies, familyNamed } from './families.ts';
import { nativeOracle, peerOracle } from './oracles.ts';
import { hostileTexts } from './texts.ts';

test('each family is run by a test file', () => {
  const files = readdirSync(import.meta.dirname).filter((name) =>
    /^(families-.*|exact-.*)\.test\.ts$/.test(name),
  );
  const tested = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('');
  /** These have a test file of their own, with the plain engine beside the kernel. */
  const elsewhere = ['llama-3', 'qwen-3', 'gemma-3', 'r50k_base', 'cl100k_base', 'o200k_base'];
  const missing = allFamilies.map(({ name }) => name).filter((name) => !tested.includes(`'${name}'`));
  expect(missing.sort()).toEqual(elsewhere.sort());
});

// The npm build of Hugging Face's library can't be told that special tokens are text, so nativeOracle renames them.
describe.skipIf(peersMissing() !== null)('the oracles agree', () => {
  test.each([
    'deepseek-v3',
    'phi-3',
    'gemma-2',
    'added-flags',
    'unigram-byte-fallback',
    'mbart',
    'modernbert',
  ])(
    '%s: the npm build with its special tokens renamed, and the Python build with encode_special_tokens',
    async (name) => {
      const { spec } = await familyNamed(name).open();
      if (!('file' in spec)) throw new Error('not a file');
      const texts = hostileTexts(1_000, 3);
      const renamed = await nativeOracle(readFileSync(spec.file)).tokens(texts);
      const judged = await peerOracle('hf', spec.file).tokens(texts);
      const wrong = texts.filter((_, i) => renamed[i]!.join() !== judged[i]!.join());
      expect(wrong.slice(0, 3)).toEqual([]);
    },
  );

  test('kimi: the WASM build of tiktoken and the Python one', async () => {
    const { spec, oracle } = await familyNamed('kimi').open();
    if (!('file' in spec)) throw new Error('not a file');
    const texts = hostileTexts(1_000, 3);
    const judged = await peerOracle('tiktoken', spec.file, spec.pattern!).tokens(texts);
    expect((await oracle.tokens(texts)).map((ids) => [...ids])).toEqual(judged.map((ids) => [...ids]));
  });
});
