/**
 * Which tokens begin, end and pad a document: from the file, files beside it, or the recipe. load.test.ts has real
 * files.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { modelFromEncoding } from '../../../src/tokenize/files/from-tiktoken.ts';
import { chooseSpecialIds } from '../../../src/tokenize/files/special-ids.ts';
import { describeTokenizer, loadTokenizer } from '../../../src/tokenize/load.ts';
import { smallFile } from '../small-file.ts';

const root = mkdtempSync(join(tmpdir(), 'longmix-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
/** A folder with these files; what is not text is written as JSON. */
function folder(files: Readonly<Record<string, unknown>>): string {
  const path = join(root, `${folders++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const { vocabulary } = modelFromEncoding('r50k_base');
const ranks = vocabulary.pieces
  .map((piece, id) => `${Buffer.from(piece!).toString('base64')} ${id}\n`)
  .join('');
const first = vocabulary.pieces.length;

const small = smallFile('llama3', 300);
const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
const size = Object.keys(small.model.vocab).length;
/** No name of these is well known. */
const anonymous = {
  ...small,
  added_tokens: [
    { id: size, content: '<start>', special: true, ...flags },
    { id: size + 1, content: '<stop>', special: false, ...flags },
    { id: size + 2, content: '<fill>', special: true, ...flags },
  ],
};

test('names that are not well known come from the config', () => {
  const tokens = new Map([
    ['[CLS]', 5],
    ['[SEP]', 6],
  ]);
  expect(chooseSpecialIds(tokens, null)).toEqual({ bosId: null, eosId: null });
  const config = { bos_token: { content: '[CLS]' }, eos_token: '[SEP]' };
  expect(chooseSpecialIds(tokens, config)).toEqual({ bosId: 5, eosId: 6 });
  expect(chooseSpecialIds(tokens, { bos_token: '[gone]' })).toEqual({ bosId: null, eosId: null });
});

describe('from the files beside a tokenizer.json', () => {
  const files = { 'tokenizer.json': anonymous };
  const start = { id: size, text: '<start>' };
  const stop = { id: size + 1, text: '<stop>' };

  test.each([
    ['nothing', {}, { bos: null, eos: null, pad: null }],
    [
      'tokenizer_config.json, and a token that is not marked special',
      {
        'tokenizer_config.json': {
          bos_token: '<start>',
          eos_token: { content: '<stop>' },
          pad_token: '<fill>',
        },
      },
      { bos: start, eos: stop, pad: { id: size + 2 } },
    ],
    ['a token of the vocabulary', { 'tokenizer_config.json': { eos_token: 'th' } }, { eos: { text: 'th' } }],
    ['special_tokens_map.json', { 'special_tokens_map.json': { eos_token: '<stop>' } }, { eos: stop }],
    [
      'ids of generation_config.json, the first that is a token',
      { 'generation_config.json': { bos_token_id: size, eos_token_id: [900_000, size + 1] } },
      { bos: start, eos: { ...stop, from: 'generation_config.json' } },
    ],
    [
      'config.json',
      { 'config.json': { text_config: { eos_token_id: size + 1 } } },
      { eos: { ...stop, from: 'config.json' } },
    ],
    [
      'null: there is no BOS, whatever the model says',
      { 'tokenizer_config.json': { bos_token: null }, 'generation_config.json': { bos_token_id: size } },
      { bos: null },
    ],
    ['a config.json of another program', { 'config.json': '// settings' }, { eos: null }],
  ])('%s', async (_, beside, expected) => {
    const { specials } = await describeTokenizer({ file: folder({ ...files, ...beside }), pattern: null });
    expect(specials).toMatchObject(expected);
  });

  test.each([
    ['tokenizer_config.json', { eos_token: 5 }, 'eos_token', 'found 5'],
    ['tokenizer_config.json', { added_tokens_decoder: [] }, 'added_tokens_decoder', 'found a list'],
    ['tokenizer_config.json', '{', '', 'not JSON'],
    ['special_tokens_map.json', { bos_token: [] }, 'bos_token', 'found a list'],
  ])('%s with %j is an error', async (name, content, at, message) => {
    const path = folder({ ...files, [name]: content });
    await expect(loadTokenizer({ file: path, pattern: null })).rejects.toMatchObject({
      code: 'tokenizer-bad',
      where: at === '' ? join(path, name) : `${join(path, name)}: ${at}`,
      message: expect.stringContaining(message),
    });
  });

  test('no token depends on them: the fingerprint is the same', async () => {
    const plain = await loadTokenizer({ file: folder(files), pattern: null });
    const asked = await loadTokenizer({
      file: folder(files),
      pattern: null,
      bos: '<start>',
      eos: size + 1,
      pad: 0,
    });
    expect(asked).toMatchObject({ bosId: size, eosId: size + 1, padId: 0, fingerprint: plain.fingerprint });
  });
});

describe('the recipe', () => {
  const file = folder({ 'tokenizer.json': anonymous });

  test.each([
    [{ eos: '<nothing>' }, 'tokenizer.eos: "<nothing>" is not a token'],
    [{ bos: size + 3 }, `tokenizer.bos: ${size + 3} is not an id`],
  ])('%j is refused', async (asked, message) => {
    await expect(loadTokenizer({ file, pattern: null, ...asked })).rejects.toMatchObject({
      code: 'tokenizer-token',
      message: expect.stringContaining(message),
      cure: expect.stringContaining(`0 to ${size + 2}`),
    });
  });
});

describe('tiktoken files', () => {
  test.each([
    ['llama3', { bos: { id: first }, eos: { id: first + 1 }, pad: null }, first + 256],
    ['llama4', { bos: { id: first }, eos: { id: first + 1 }, pad: { id: first + 18 } }, first + 2_048],
    ['qwen', { bos: null, eos: { id: first, text: '<|endoftext|>' } }, first + 208],
    ['o200k', { bos: null, eos: null, pad: null }, first],
  ])('%s', async (pattern, expected, vocabularySize) => {
    const { specials, ...rest } = await describeTokenizer({
      file: folder({ 'tiktoken.model': ranks }),
      pattern,
    });
    expect(specials).toMatchObject(expected);
    expect(rest.vocabularySize).toBe(vocabularySize);
  });

  test('an id behind the ranks, by the recipe', async () => {
    const file = folder({ 'tiktoken.model': ranks });
    const { eosId, vocabularySize, fingerprint } = await loadTokenizer({
      file,
      pattern: 'o200k',
      eos: first + 7,
    });
    expect({ eosId, vocabularySize }).toEqual({ eosId: first + 7, vocabularySize: first + 8 });
    expect((await loadTokenizer({ file, pattern: 'o200k' })).fingerprint).toBe(fingerprint);
    await expect(loadTokenizer({ file, pattern: 'o200k', eos: first + 100_000 })).rejects.toMatchObject({
      code: 'tokenizer-token',
    });
  });

  test('special tokens are named by the file beside it', async () => {
    const decoder = {
      [first]: { content: '[BOS]' },
      [first + 1]: { content: '[EOS]' },
      [first + 2]: { content: '<|im_end|>' },
    };
    const config = { added_tokens_decoder: decoder, bos_token: '[BOS]', eos_token: '[EOS]' };
    const file = folder({ 'tiktoken.model': ranks, 'tokenizer_config.json': config });
    const { specials, vocabularySize } = await describeTokenizer({ file, pattern: 'o200k' });
    expect(specials).toMatchObject({
      bos: { id: first },
      eos: { id: first + 1, from: 'tokenizer_config.json' },
    });
    expect(vocabularySize).toBe(first + 3);
  });
});
