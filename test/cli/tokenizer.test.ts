/** `longmix tokenizer`, and recipes that name a tokenizer's folder and its special tokens. */
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { expectMessage, jsonLines, workplace } from '../support/in-process.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());

const words = [' a', ' the', 'ing', 'text', ' 1', '12'];
const pieces = [
  ...Array.from({ length: 256 }, (_, byte) => Buffer.from([byte])),
  ...words.map((word) => Buffer.from(word)),
];
const ranks = pieces.map((piece, rank) => `${piece.toString('base64')} ${rank}\n`).join('');
place.write('tiny/tiktoken.model', ranks);
place.write('corpus.jsonl', jsonLines(30));

/** A tokenizer.json of bytes, in GPT-2's letters, is large; this one is of characters. */
const vocab = Object.fromEntries(
  [
    '<unk>',
    ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
    '\u2581',
    'a',
    'b',
    'ab',
  ].map((token, id) => [token, id]),
);
const file = {
  ...{ version: '1.0', truncation: null, padding: null, post_processor: null, pre_tokenizer: null },
  added_tokens: [
    {
      id: 0,
      content: '<unk>',
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    },
  ],
  normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
  decoder: { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
  model: {
    ...{
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
    },
    ...{ fuse_unk: true, byte_fallback: true, ignore_merges: false, vocab, merges: ['a b'] },
  },
};
place.write('hf/tokenizer.json', JSON.stringify(file));

describe('longmix tokenizer', () => {
  test('a file whose normalizer is very slow is measured in bounded time', async () => {
    const Regex = Array.from({ length: 300 }, (_, i) => `w${i}x`).join('|');
    const normalizer = { type: 'Replace', pattern: { Regex }, content: 'x' };
    place.write('slow/tokenizer.json', JSON.stringify({ ...file, normalizer }));
    const { code, stdout } = await place.run('tokenizer', 'slow/', '--text', 'a w7x b');
    expect(code).toBe(0);
    expect(stdout).toMatch(/first pass/);
  }, 240_000);

  test('an encoding, in words that fit a terminal', async () => {
    const { code, stdout, stderr } = await place.run('tokenizer', 'gpt2', '--text', 'Hello world');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^engine {6}the WebAssembly kernel$/m);
    expect(stdout).toMatch(/^EOS {9}50256 "<\|endoftext\|>", from the tokenizer file$/m);
    expect(stdout).toMatch(/^rate {8}[\d.]+ MB\/s first pass, [\d.]+ MB\/s warm \(measured now/m);
    expect(stdout).toContain('2 tokens: 15496 "Hello"  995 " world"');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('a tiktoken file is checked against tiktoken', async () => {
    const args = [
      'tokenizer',
      'tiny',
      '--pattern',
      'llama3',
      '--check',
      '--corpus',
      'corpus.jsonl',
      '--json',
    ];
    const { code, stdout } = await place.run(...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ name: 'tiktoken.model', form: 'tiktoken', engine: 'kernel', why: null, vocabularySize: 518 },
      bos: { id: 262, text: '<|begin_of_text|>', from: 'tokenizer' },
      check: { peer: expect.stringContaining('@dqbd/tiktoken 1.'), difference: null },
    });
  });

  test('a difference is shown with its place, and is exit code 1', async () => {
    // A peer whose tokens are the UTF-8 bytes, each a token: it agrees until the first merge.
    const peer = `#!/usr/bin/env node
const { texts } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify({ peer: 'bytes 1.0', tokens: texts.map((text) => [...Buffer.from(text)]) }));
`;
    place.write('peer', peer);
    chmodSync(join(place.path, 'peer'), 0o755);
    const args = ['tokenizer', 'tiny', '--pattern', 'gpt2', '--check', '--python', './peer'];
    const { code, stdout } = await place.run(...args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^check {7}differs from bytes 1\.0 \(Python\) on \d+ of \d+ texts of/m);
    // "It's a test": " a" is token 256, and the bytes 32 and 97.
    expect(stdout).toMatch(/^ {2}token {5}4$/m);
    expect(stdout).toMatch(/^ {2}longmix {3}256 /m);
    expect(stdout).toMatch(/^ {2}peer {6}32 97 /m);
  });

  test('why a file is slow', async () => {
    const pattern = { Regex: '(?<=a)b' };
    const pre_tokenizer = { type: 'Split', pattern, behavior: 'Isolated', invert: false };
    place.write('behind/tokenizer.json', JSON.stringify({ ...file, pre_tokenizer }));
    const { stdout } = await place.run('tokenizer', 'behind');
    expect(stdout).toMatch(/^why {9}/m);
  });

  test.each([
    ['an unknown name', ['gpt22'], 'did you mean `gpt2`?', 'give one of cl100k_base'],
    ['no pattern', ['tiny'], 'does not say how text is cut', 'set tokenizer.pattern to one of'],
    ['a pattern too many', ['gpt2', '--pattern', 'llama3'], 'gpt2 has its own', 'leave --pattern out'],
    ['a corpus without a check', ['gpt2', '--corpus', '.'], '--corpus is for --check only', 'add --check'],
    ['a corpus that is not there', ['gpt2', '--check', '--corpus', 'none'], 'no such file', 'give a folder'],
  ])('%s', async (_, args, message, cure) => {
    const outcome = await place.run('tokenizer', ...args);
    expectMessage(outcome, 2);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).toContain(cure);
  });

  test('a file that is wrong is refused before any peer is asked', async () => {
    place.write('gone/tokenizer.json', JSON.stringify({ ...file, model: { ...file.model, merges: [[1]] } }));
    const outcome = await place.run('tokenizer', 'gone', '--check', '--python', 'no-such-python');
    expectMessage(outcome, 2);
    expect(outcome.stderr).toContain('model.merges[0]: expected a pair of tokens');
  });
});

describe('a recipe', () => {
  const recipe = (name: string, tokenizer: string, sequences: string): string =>
    place.write(name, `tokenizer: ${tokenizer}\nsources: { s: ./corpus.jsonl }\nsequences: ${sequences}\n`);
  const tail = (folder: string) =>
    JSON.parse(readFileSync(join(place.path, folder, 'train/manifest.json'), 'utf8'));

  test('names the end of a document of a file that has none', async () => {
    recipe('eos.yaml', '{ file: ./tiny, pattern: o200k, eos: 300 }', '{ length: 512 }');
    expect((await place.run('build', 'eos.yaml', '--quiet')).code).toBe(0);
    expect(tail('out/eos')).toMatchObject({ bosId: null, eosId: 300, padId: 300 });
    expect((await place.run('verify', 'out/eos', '--deep')).code).toBe(0);
  });

  test('names the padding', async () => {
    recipe('pad.yaml', '{ file: ./tiny, pattern: o200k, eos: 300, pad: "text" }', '{ length: 512 }');
    expect((await place.run('build', 'pad.yaml', '--quiet')).code).toBe(0);
    expect(tail('out/pad')).toMatchObject({
      eosId: 300,
      padId: pieces.findIndex((piece) => piece.equals(Buffer.from('text'))),
    });
    expect((await place.run('verify', 'out/pad', '--deep')).code).toBe(0);
  });

  test('whose rows need an end is refused at its line; a token store needs none', async () => {
    recipe('none.yaml', '{ file: ./tiny, pattern: o200k }', '{ length: 512, eos: true }');
    const outcome = await place.run('build', 'none.yaml');
    expectMessage(outcome, 2);
    expect(outcome.stderr).toContain('none.yaml:3:32: the tokenizer tiktoken.model has no EOS token');
    expect(outcome.stderr).toContain('name it: tokenizer.eos, a text or an id; or set sequences.eos: false');
    expect((await place.run('tokenize', 'none.yaml', '--quiet')).code).toBe(0);
  });

  test('that names what is no token is refused at its line', async () => {
    recipe('wrong.yaml', '{ file: ./tiny, pattern: o200k, eos: "<end>" }', '{ length: 512 }');
    const outcome = await place.run('build', 'wrong.yaml');
    expectMessage(outcome, 2);
    expect(outcome.stderr).toContain(
      'wrong.yaml:1:49: tokenizer.eos: "<end>" is not a token of this tokenizer',
    );
  });

  test('names a folder', async () => {
    recipe('folder.yaml', './hf/', '{ length: 512, eos: false }');
    expect((await place.run('build', 'folder.yaml', '--quiet')).code).toBe(0);
    expect(tail('out/folder')).toMatchObject({ tokenizer: { name: 'tokenizer.json' }, padId: 0 });
  });
});
