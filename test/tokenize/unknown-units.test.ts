/**
 * Vocabularies that lack some bytes or characters, which are dropped, or become byte tokens or the unknown token, fused
 * or not. The vocabularies are random, and small enough that all combinations occur; the native library, the plain
 * engine and the kernel agree.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import { modelFromHf } from '../../src/tokenize/files/from-hf.ts';
import { readBpe } from '../../src/tokenize/files/hf-bpe.ts';
import type { HfModel } from '../../src/tokenize/files/hf-shape.ts';
import { families, isolatedStep } from '../../src/tokenize/files/patterns.ts';
import type { TextSteps } from '../../src/tokenize/model.ts';
import { createReferenceTokenizer } from '../../src/tokenize/plain/reference.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { expectAgreement } from './agreement.ts';
import { madeModel } from './made-model.ts';
import { nativeOracle } from './oracles.ts';

interface Setting {
  readonly byteLevel: boolean;
  /** What the characters of texts are written as in the vocabulary. */
  readonly units: readonly string[];
  readonly steps: Partial<TextSteps>;
  readonly file: object;
}

const byteLevelPart = (use_regex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
});
const metaspacePart = (prepend_scheme: string, split: boolean) => ({
  type: 'Metaspace',
  replacement: '\u2581',
  prepend_scheme,
  split,
});
const gpt2 = isolatedStep(families.gpt2[0]!);
const letters = ['a', 'b', 'c', '\t', '\u00e9', '\u65e5', '\u{1f600}'];
/** The bytes of the letters and of a space in GPT-2's alphabet. */
const byteUnits = [...'abcĉĠÃ©æĹ¥ðŁĺĢ'];

const settings: Readonly<Record<string, Setting>> = {
  'bytes, GPT-2 pattern': {
    byteLevel: true,
    units: byteUnits,
    steps: { splits: [gpt2] },
    file: { pre_tokenizer: byteLevelPart(true) },
  },
  'bytes in one piece': {
    byteLevel: true,
    units: byteUnits,
    steps: {},
    file: { pre_tokenizer: byteLevelPart(false) },
  },
  'characters, GPT-2 pattern': {
    byteLevel: false,
    units: [...letters, ' '],
    steps: { splits: [gpt2] },
    file: {
      pre_tokenizer: {
        type: 'Split',
        pattern: { Regex: families.gpt2[0]! },
        behavior: 'Isolated',
        invert: false,
      },
    },
  },
  'characters in one piece': {
    byteLevel: false,
    units: [...letters, ' '],
    steps: {},
    file: {},
  },
  'metaspace, a piece each': {
    byteLevel: false,
    units: [...letters, '\u2581'],
    steps: { metaspace: { prefix: 'unless-space', split: true } },
    file: { pre_tokenizer: metaspacePart('always', true) },
  },
  'metaspace in one piece': {
    byteLevel: false,
    units: [...letters, '\u2581'],
    steps: { metaspace: { prefix: 'never', split: false } },
    file: { pre_tokenizer: metaspacePart('never', false) },
  },
};

const anyModel = (units: readonly string[]) =>
  fc
    .record({
      kept: fc.subarray([...units], { minLength: 1 }),
      keepsAll: fc.boolean(),
      pairs: fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { maxLength: 25 }),
      order: fc.array(fc.nat(1_000), { minLength: 25, maxLength: 25 }),
      isShuffled: fc.boolean(),
      gaps: fc.array(fc.nat(2), { minLength: 400, maxLength: 400 }),
      byteTokens: fc.constantFrom<readonly number[]>([], [0x09], [0x09, 0xc3, 0xe6, 0xf0]),
      byte_fallback: fc.boolean(),
      unk_token: fc.constantFrom(null, '<unk>'),
      fuse_unk: fc.boolean(),
      ignore_merges: fc.boolean(),
      // A whole text that no merge makes.
      whole: fc.constantFrom<readonly string[]>([], [units.slice(0, 3).join('')]),
    })
    .map(({ kept, keepsAll, pairs, order, isShuffled, gaps, byteTokens, whole, ...fields }): HfModel => {
      const tokens = keepsAll ? [...units] : [...kept];
      const merges = new Map<string, [string, string]>();
      for (const [a, b] of pairs) {
        const pair: [string, string] = [tokens[a % tokens.length]!, tokens[b % tokens.length]!];
        merges.set(pair.join('\n'), pair);
        if (!tokens.includes(pair.join(''))) tokens.push(pair.join(''));
      }
      const list = [...merges.values()];
      const shuffled = list.map((_, i) => i).sort((a, b) => order[a]! - order[b]! || a - b);
      for (let byte = 0; fields.byte_fallback && byte < 256; byte += 1) {
        if (!byteTokens.includes(byte))
          tokens.unshift(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
      }
      let id = 0;
      const vocab: Record<string, number> = { '<unk>': 0 };
      [...tokens, ...whole].forEach((token, i) => {
        if (vocab[token] === undefined) vocab[token] = id += 1 + gaps[i]!;
      });
      return {
        type: 'BPE',
        ...fields,
        vocab,
        merges: isShuffled ? shuffled.map((i) => list[i]!) : list,
      };
    });

const texts = fc.array(
  fc
    .array(fc.constantFrom(...letters, ' ', ' ', 'a', 'b', 'z', '\u0436'), { maxLength: 90 })
    .map((chars) => chars.join('')),
  { minLength: 12, maxLength: 12 },
);

test.each(Object.entries(settings))(
  '%s',
  async (name, { byteLevel, units, steps, file }) => {
    await fc.assert(
      fc.asyncProperty(anyModel(units), texts, async (hfModel, documents) => {
        // A byte-level vocabulary has no use for tokens of bytes.
        const model = byteLevel ? { ...hfModel, byte_fallback: false } : hfModel;
        const json = {
          version: '1.0',
          added_tokens: [],
          normalizer: null,
          post_processor: null,
          ...file,
          model,
        };
        const oracle = nativeOracle(Buffer.from(JSON.stringify(json)));
        const made = madeModel(readBpe(model, { byteLevel, special: new Map() }), steps);
        await expectAgreement({ ...createReferenceTokenizer(made), name: 'plain' }, oracle, documents);
        const shared = await shareTokenizer(made);
        if ('unsupported' in shared) {
          expect(shared.unsupported).toContain('bytes in place of U+2581');
          return;
        }
        const kernel = await openShared(shared, 2 ** 24);
        const engine = { ...kernel, name: 'kernel', decode: () => new Uint8Array(0) };
        await expectAgreement(engine, oracle, documents);
        // Documents in parts, as `document-encoder.ts` cuts them.
        for (const each of documents) {
          const bytes = Buffer.from(each);
          const cut = kernel.safeCut(bytes);
          const ends = cut === 0 ? [bytes.length] : [cut, bytes.length];
          const whole = Array.from(kernel.encode(bytes, [bytes.length]).tokens);
          const parts = ends.flatMap((end, i) => {
            const part = bytes.subarray(ends[i - 1] ?? 0, end);
            return Array.from(kernel.encode(part, [part.length], i > 0).tokens);
          });
          expect(parts, name).toEqual(whole);
        }
      }),
      fuzz(70),
    );
  },
  fuzzTimeout(120_000),
);

test('what stands before a dropped character counts where a text is cut', async () => {
  const pieces = ['a', ' ', 'b', 'a ', '  '].map((text) => Buffer.from(text));
  const model = madeModel({
    kind: 'bpe',
    pieces,
    ignoreMerges: false,
    merges: 'ranks',
    units: 'characters',
    unknown: { bytes: null, id: null, fuse: false },
  });
  const shared = await shareTokenizer(model);
  if ('unsupported' in shared) throw new Error(shared.unsupported);
  const kernel = await openShared(shared, 2 ** 24);
  for (const [text, tokens] of [
    ['a\u0436 b', [3, 2]],
    ['b \u0436 b', [2, 4, 2]],
    ['bz b', [2, 1, 2]],
    ['az b', [3, 2]],
  ] as const) {
    const bytes = Buffer.from(text);
    expect([...kernel.encode(bytes, [bytes.length]).tokens], text).toEqual(tokens);
    expect(kernel.safeCut(bytes), text).toBe(0);
  }
  expect(kernel.safeCut(Buffer.from('bb bb'))).toBe(2);
});

test('with ignore_merges a pretoken that reads like a token of a byte is that token', async () => {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  const vocab = Object.fromEntries(['<unk>', ...bytes, 'a', '<', '0', 'x', 'A', '>'].map((t, i) => [t, i]));
  const file = {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: {
      ...{ type: 'BPE', vocab, merges: [], unk_token: '<unk>', fuse_unk: true },
      ...{ byte_fallback: true, ignore_merges: true },
    },
  };
  const json = Buffer.from(JSON.stringify(file));
  const model = modelFromHf('x', json, null);
  if ('unsupported' in model) throw new Error(model.unsupported);
  const shared = await shareTokenizer(model);
  if ('unsupported' in shared) throw new Error(shared.unsupported);
  const plain = createReferenceTokenizer(model);
  for (const engine of [plain, { ...plain, ...(await openShared(shared)) }])
    await expectAgreement(engine, nativeOracle(json), ['<0x0A> <0x0A>a\n<0x41>']);
});
