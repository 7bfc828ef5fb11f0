/** Loading a recipe's tokenizer: how it describes itself, which engine it gets, and mistakes that a person can make. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openShared } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import { modelFromEncoding } from '../../src/tokenize/files/from-tiktoken.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { createReferenceTokenizer } from '../../src/tokenize/plain/reference.ts';
import { readRealFile, realFilePath, realModel } from './oracles.ts';
import { smallFile } from './small-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const text = Buffer.from("It's a test: caf\u00e9 1234 <|endoftext|> <think>\r\n\r\n\t\u{1f44d}");

test('a tokenizer.json, and the config beside it', async () => {
  const tokenizer = await loadTokenizer({ file: realFilePath('llama2'), pattern: null });
  const ids = { bosId: 1, eosId: 2, vocabularySize: 32_000 };
  expect(tokenizer).toMatchObject({ name: 'tokenizer.json', slow: null, ...ids });
  const model = realModel('llama2');
  expect(tokenizer.fingerprint).toBe(model.fingerprint);
  const { tokens } = tokenizer.encode(text, [text.length]);
  expect([...tokens]).toEqual([...createReferenceTokenizer(model).encode(text, [text.length]).tokens]);
});

test('other threads open the same tables', async () => {
  const { shared, encode, fingerprint } = await loadTokenizer({ encoding: 'r50k_base' });
  const other = await openShared(structuredClone(shared!));
  expect(other.fingerprint).toBe(fingerprint);
  expect([...other.encode(text, [text.length]).tokens]).toEqual([...encode(text, [text.length]).tokens]);
});

describe('slow engines say so', () => {
  const file = smallFile('llama3', 500);

  test('a pattern that no table can express', async () => {
    const split = {
      type: 'Split',
      pattern: { Regex: '(?<=a)b+|[^b]+|b' },
      behavior: 'Isolated',
      invert: false,
    };
    const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: false };
    const pre_tokenizer = { type: 'Sequence', pretokenizers: [split, byteLevel] };
    const { slow, shared, encode } = await loadTokenizer({
      file: write('unknown.json', { ...file, pre_tokenizer }),
      pattern: null,
    });
    expect(slow).toContain('the plain engine');
    expect(shared).toBeNull();
    expect(encode(text, [text.length]).tokens.length).toBeGreaterThan(10);
  });

  test('a model that is no BPE', async () => {
    const vocab = ['[UNK]', 'a', '##b'].map((token, id): [string, number] => [token, id]);
    const limits = { max_input_chars_per_word: 100, continuing_subword_prefix: '##' };
    const model = { type: 'WordPiece', unk_token: '[UNK]', ...limits, vocab: Object.fromEntries(vocab) };
    const parts = { normalizer: null, pre_tokenizer: { type: 'Whitespace' }, decoder: { type: 'WordPiece' } };
    const { slow, encode } = await loadTokenizer({
      file: write('wordpiece.json', {
        version: '1.0',
        added_tokens: [],
        post_processor: null,
        ...parts,
        model,
      }),
      pattern: null,
    });
    expect(slow).toContain('the model WordPiece');
    expect([...encode(Buffer.from('ab a'), [4]).tokens]).toEqual([1, 2, 1]);
  });
});

test('a tokenizer.model in tiktoken form', async () => {
  const { vocabulary } = modelFromEncoding('r50k_base');
  const lines = vocabulary.pieces.map((piece, id) => `${Buffer.from(piece!).toString('base64')} ${id}\n`);
  const file = write('tokenizer.model', lines.join(''));
  const tokenizer = await loadTokenizer({ file, pattern: 'llama3' });
  const ids = { bosId: 50_256, eosId: 50_257, vocabularySize: 50_512 };
  expect(tokenizer).toMatchObject({ name: 'tokenizer.model', slow: null, ...ids });
  await expect(loadTokenizer({ file, pattern: null })).rejects.toMatchObject({
    code: 'tokenizer-pattern',
    where: file,
    cure: expect.stringContaining('llama3'),
  });
});

const json = realFilePath('llama2');
test.each([
  [{ encoding: 'cl100k' }, 'tokenizer-unknown', 'cl100k_base'],
  [{ encoding: '../gpt2' }, 'tokenizer-unknown', 'gpt2'],
  [{ file: join(folder, 'none.json'), pattern: null }, 'tokenizer-missing', 'relative to the recipe'],
  [{ file: json, pattern: 'llama3' }, 'tokenizer-pattern', 'leave tokenizer.pattern out'],
  [{ file: write('a.json', '{"a": 1}'), pattern: null }, 'tokenizer-bad', 'tokenizer.json'],
  [{ file: write('c.json', '{"model": '), pattern: null }, 'tokenizer-bad', 'tokenizer.json'],
  [{ file: write('b.model', 'unk 1\n'), pattern: 'llama3' }, 'tokenizer-bad', 'tokenizer.json'],
])('%j is refused with a cure', async (spec, code, cure) => {
  await expect(loadTokenizer(spec)).rejects.toMatchObject({
    code,
    exitCode: 2,
    cure: expect.stringContaining(cure),
  });
});

test.each([
  ['a long repeat', 'a{1,100000}'],
  ['repeats of repeats', '(?:a{1,1000}){1,1000}'],
  ['groups', `${'('.repeat(300)}a${')'.repeat(300)}`],
  ['classes', '['.repeat(9_000)],
])('a pattern that is too large is an error, and no engine tries it: %s', async (_, Regex) => {
  const pre_tokenizer = { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false };
  const file = write('large.json', { ...smallFile('llama3', 100), pre_tokenizer });
  await expect(loadTokenizer({ file, pattern: null })).rejects.toMatchObject({
    code: 'tokenizer-pattern',
    where: file,
  });
});

test.each(['d.json', 'd.model'])('a pointer of Git LFS is no tokenizer: %s', async (name) => {
  const file = write(name, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
  await expect(loadTokenizer({ file, pattern: null })).rejects.toMatchObject({
    code: 'tokenizer-bad',
    cure: expect.stringContaining('git lfs pull'),
  });
});

test('the file that Hugging Face puts beside a tokenizer must be JSON too', async () => {
  write('tokenizer_config.json', '{');
  const file = write('tokenizer.json', Buffer.from(readRealFile('llama2')).toString());
  await expect(loadTokenizer({ file, pattern: null })).rejects.toMatchObject({ code: 'tokenizer-bad' });
});
