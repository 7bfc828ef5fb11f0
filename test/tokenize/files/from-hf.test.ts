/**
 * Shapes of tokenizer.json beyond the four files of reference.test.ts: other published files, and the same vocabulary
 * with other normalizers and pre-tokenizers, each compared with the native library.
 */
import { describe, expect, test } from 'vitest';
import { openShared, shareTokenizer } from '../../../src/tokenize/engine/kernel-tokenizer.ts';
import { modelFromHf } from '../../../src/tokenize/files/from-hf.ts';
import { createReferenceTokenizer, createTokenDecoder } from '../../../src/tokenize/plain/reference.ts';
import { expectAgreement } from '../agreement.ts';
import { nativeOracle } from '../oracles.ts';
import { smallFile } from '../small-file.ts';
import { codePointTexts, fuzzCount, hostileTexts, sampleTexts } from '../texts.ts';

const files = { llama2: smallFile('llama2'), llama3: smallFile('llama3'), qwen3: smallFile('qwen3') };
const texts = [
  ...hostileTexts(Math.ceil(fuzzCount / 8), 5),
  ...codePointTexts(),
  ...sampleTexts().slice(0, 5),
];
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const regex = (text: string) => ({
  type: 'Split',
  pattern: { Regex: text },
  behavior: 'Isolated',
  invert: false,
});
const sequence = (...pretokenizers: unknown[]) => ({ type: 'Sequence', pretokenizers });
const metaspace = (prepend_scheme: string, split: boolean) => ({
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '\u2581', prepend_scheme, split },
});

interface Case {
  readonly name: string;
  readonly file: keyof typeof files;
  readonly change: Readonly<Record<string, unknown>>;
  /** Why the kernel does not take it; left out: it does. */
  readonly slow?: string;
}

const cases: readonly Case[] = [
  {
    name: 'SmolLM: digits, then ByteLevel',
    file: 'llama3',
    change: {
      pre_tokenizer: sequence({ type: 'Digits', individual_digits: true }, { ...byteLevel, use_regex: true }),
    },
  },
  {
    name: 'runs of digits',
    file: 'llama3',
    change: {
      pre_tokenizer: sequence(
        { type: 'Digits', individual_digits: false },
        { ...byteLevel, use_regex: true },
      ),
    },
  },
  {
    name: 'ByteLevel with a prefix space',
    file: 'llama3',
    change: { pre_tokenizer: { ...byteLevel, add_prefix_space: true, use_regex: true } },
  },
  { name: 'ByteLevel without a pattern', file: 'llama3', change: { pre_tokenizer: byteLevel } },
  {
    name: 'an unknown pattern with possessives',
    file: 'llama3',
    slow: 'its pattern looks at more than one character ahead',
    change: {
      added_tokens: [
        {
          id: 9_000,
          content: '<a-b|c>',
          special: false,
          normalized: false,
          single_word: false,
          lstrip: false,
          rstrip: false,
        },
      ],
      pre_tokenizer: sequence(
        regex(
          "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,2}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s+?(?=\\s\\p{Lu})|\\s+(?!\\S)",
        ),
        byteLevel,
      ),
    },
  },
  {
    name: 'a pattern that leaves gaps, negated classes',
    file: 'llama3',
    change: {
      pre_tokenizer: sequence(
        regex('\\p{P}|[^\\S\\n]+|[\\P{L}\\]x-z]{2,}'),
        regex('[A-Z]+(?i:sk)?'),
        byteLevel,
      ),
    },
  },
  ...['NFC', 'NFD', 'NFKC', 'NFKD'].map((type) => ({
    name: type,
    file: 'qwen3' as const,
    change: { normalizer: { type } },
  })),
  ...['always', 'first', 'never'].flatMap((scheme) =>
    [true, false].map((split) => ({
      name: `Metaspace ${scheme}, split ${split}`,
      file: 'llama2' as const,
      change: metaspace(scheme, split),
    })),
  ),
  {
    name: 'Metaspace with added tokens',
    file: 'llama2',
    change: {
      ...metaspace('first', true),
      added_tokens: [
        {
          id: Object.keys(files.llama2.model.vocab).length,
          content: '<think>',
          special: false,
          normalized: false,
          single_word: false,
          lstrip: false,
          rstrip: false,
        },
      ],
    },
  },
  {
    name: 'Prepend with added tokens',
    file: 'llama2',
    change: {
      added_tokens: [
        {
          id: Object.keys(files.llama2.model.vocab).length,
          content: '<think>',
          special: false,
          normalized: false,
          single_word: false,
          lstrip: false,
          rstrip: false,
        },
        {
          id: Object.keys(files.llama2.model.vocab).length + 1,
          content: '<th',
          special: false,
          normalized: false,
          single_word: false,
          lstrip: false,
          rstrip: false,
        },
      ],
    },
  },
];

// Gemma 2 has the character in place of its byte's token.
const { '<0x09>': tab, ...withoutTab } = files.llama2.model.vocab;
const { '\u010b': newline, ...withoutNewline } = files.llama3.model.vocab;
const lacking: readonly Case[] = [
  ...[false, undefined].map((byte_fallback) => ({
    name: `characters, byte_fallback ${byte_fallback}`,
    file: 'llama2' as const,
    change: { model: { ...files.llama2.model, byte_fallback } },
  })),
  {
    name: 'characters, unknown ones apart',
    file: 'llama2',
    change: { model: { ...files.llama2.model, byte_fallback: false, fuse_unk: false } },
  },
  {
    name: 'characters, unknown ones dropped',
    file: 'llama2',
    change: { model: { ...files.llama2.model, byte_fallback: false, unk_token: null } },
  },
  {
    name: 'a character in place of the token of its byte',
    file: 'llama2',
    change: { model: { ...files.llama2.model, vocab: { ...withoutTab, '\t': tab } } },
  },
  {
    name: 'bytes without one of them',
    file: 'llama3',
    change: {
      model: {
        ...files.llama3.model,
        vocab: { ...withoutNewline, unused: newline },
        merges: files.llama3.model.merges.filter((merge) => !merge.join('').includes('\u010b')),
      },
    },
  },
];

describe.each([...cases, ...lacking])('$name', ({ name, file, change, slow }) => {
  test('same tokens as the native library, plain and on the kernel', async () => {
    const changed = Buffer.from(JSON.stringify({ ...files[file], ...change }));
    const model = modelFromHf(name, changed, null);
    if ('unsupported' in model) throw new Error(model.unsupported);
    const oracle = nativeOracle(changed);
    await expectAgreement(createReferenceTokenizer(model), oracle, texts);
    const shared = await shareTokenizer(model);
    expect('unsupported' in shared ? shared.unsupported : null).toEqual(
      slow === undefined ? null : expect.stringContaining(slow),
    );
    if (!('unsupported' in shared)) {
      const kernel = { ...(await openShared(shared)), decode: createTokenDecoder(model) };
      await expectAgreement(kernel, oracle, texts);
    }
  });
});

test('no added token is found inside the text of a special one', async () => {
  const token = (id: number, content: string, special: boolean) => ({
    id,
    content,
    special,
    normalized: false,
  });
  // Whatever their ids in the file are: the native library numbers them from the end of the vocabulary on.
  const first = Object.keys(files.llama3.model.vocab).length;
  const ends = [token(9_001, '<|', false), token(9_002, '|>', false)];
  const [opening, closing] = [first + 1, first + 2];
  const read = async (added_tokens: object[]) => {
    const file = { ...files.llama3, added_tokens: [token(9_000, '<|end|>', true), ...added_tokens] };
    const model = modelFromHf('x', Buffer.from(JSON.stringify(file)), null);
    if ('unsupported' in model) throw new Error(model.unsupported);
    const shared = await shareTokenizer(model);
    if ('unsupported' in shared) throw new Error(shared.unsupported);
    return [createReferenceTokenizer(model), await openShared(shared)].map((tokenizer) => {
      return (...texts: string[]) => {
        const bytes = texts.map((text) => Buffer.from(text));
        const sizes = bytes.map((_, i) => bytes.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0));
        return [...tokenizer.encode(Buffer.concat(bytes), sizes).tokens];
      };
    });
  };
  const [plain] = await read([]);
  for (const encode of await read(ends)) {
    expect(encode('a<|end|>b')).toEqual(plain!('a<|end|>b'));
    expect(encode('<|end|>|>')).toEqual([...plain!('<|end|>'), closing]);
    expect(encode('<|<|end|>')).toEqual([opening, ...plain!('<|end|>')]);
    expect(encode('<|of|>')).toEqual([opening, ...plain!('of'), closing]);
    // Nor is it looked for from one document to the next.
    expect(encode('<|en', 'd|>')).toEqual([opening, ...plain!('en', 'd'), closing]);
  }
  // Where no token overlaps, there is nothing to look for, and the model is as it was.
  const model = modelFromHf('x', Buffer.from(JSON.stringify(files.qwen3)), null);
  expect('steps' in model && model.steps.added.some(({ id }) => id === null)).toBe(false);
});

test.each([
  ['a WordPiece model', { model: { type: 'WordPiece', vocab: {} } }, 'the model WordPiece'],
  [
    'a back reference',
    { pre_tokenizer: sequence(regex('(a)\\1'), byteLevel) },
    'a back reference, at character 3 of the pattern',
  ],
])('%s is not taken', (_, change, reason) => {
  const file = { ...files.qwen3, ...change };
  const result = modelFromHf('x', Buffer.from(JSON.stringify(file)), null);
  expect('unsupported' in result ? result.unsupported : '').toContain(reason);
});
