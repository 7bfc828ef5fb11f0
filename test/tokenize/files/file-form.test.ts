/** A folder stands for the best file in it, and the content of a file determines its form. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { formOf, resolveTokenizerFile } from '../../../src/tokenize/files/file-form.ts';

const root = mkdtempSync(join(tmpdir(), 'longmix-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
function folder(...names: string[]): string {
  const path = join(root, `${folders++}`);
  mkdirSync(path);
  for (const name of names) writeFileSync(join(path, name), '');
  return path;
}

test.each([
  [['tokenizer.model', 'tokenizer.json', 'tekken.json'], 'tokenizer.json'],
  [['tokenizer.model', 'tekken.json', 'config.json'], 'tekken.json'],
  [['tokenizer_config.json', 'tiktoken.model'], 'tiktoken.model'],
  [['qwen.tiktoken', 'config.json'], 'qwen.tiktoken'],
  [['tokenizer.model.v3'], 'tokenizer.model.v3'],
])('of %j it is %s', (names, expected) => {
  const path = folder(...names);
  expect(resolveTokenizerFile(path)).toBe(join(path, expected));
});

test.each([
  [[], 'the folder has no tokenizer file', 'looked for tokenizer.json, tekken.json, tokenizer.model'],
  [['a.tiktoken', 'b.tiktoken'], 'several tokenizers: a.tiktoken, b.tiktoken', 'name one of them'],
])('a folder with %j', (names, message, cure) => {
  const path = folder(...names);
  expect(() => resolveTokenizerFile(path)).toThrow(
    expect.objectContaining({
      ...{ code: 'tokenizer-missing', where: path },
      ...{ message: expect.stringContaining(message), cure: expect.stringContaining(cure) },
    }),
  );
});

test.each([
  ['tokenizer.json', '{"model": {}}', 'huggingface'],
  ['anything', ' {"version": "1.0"}', 'huggingface'],
  ['model.json', '{"config": {"default_num_special_tokens": 1}}', 'tekken'],
  ['tekken.json', '{}', 'tekken'],
  ['tokenizer.model', 'IQ== 0\n', 'tiktoken'],
  ['tokenizer.model', '\n\u000e\n\u0005<unk>\u0015\u0000\u0000', 'sentencepiece'],
  ['tokenizer.model', '\nIQ== 0\n', 'tiktoken'],
])('%s with %j', (name, content, form) => {
  expect(formOf(`/x/${name}`, Buffer.from(content))).toBe(form);
});
