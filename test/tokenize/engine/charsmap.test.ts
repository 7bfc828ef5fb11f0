/** Compares the charsmap normalizer of a tokenizer.json with the native library; tokens are normalized text's bytes. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createGraphemeMapper,
  mapGraphemes,
  parseCharsmap,
  readCharsmap,
} from '../../../src/tokenize/engine/charsmap.ts';
import { fuzz, fuzzTimeout } from '../../support/fuzz.ts';
import { makeCharsmap } from '../charsmap-maker.ts';
import { nativeOracle, type Oracle } from '../oracles.ts';
import { codePointTexts, hostileText, hostileTexts } from '../texts.ts';

const byteToken = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** The native library with this map: ids are bytes, 256 more than they are. */
function byteOracle(charsmap: Uint8Array): Oracle {
  const vocab = [
    ['<unk\u{10ffff}>', 0],
    ...Array.from({ length: 256 }, (_, byte) => [byteToken(byte), -100]),
  ];
  return nativeOracle(
    Buffer.from(
      JSON.stringify({
        added_tokens: [],
        normalizer: { type: 'Precompiled', precompiled_charsmap: Buffer.from(charsmap).toString('base64') },
        pre_tokenizer: null,
        post_processor: null,
        decoder: null,
        model: { type: 'Unigram', unk_id: 0, vocab, byte_fallback: true },
      }),
    ),
  );
}

/** What each character of NFKC and a few others become, single and in sequences. */
function rules(): Record<string, string> {
  const out: Record<string, string> = {
    '\t': ' ',
    '\n': ' ',
    '\r': ' ',
    '\u0001': '',
    '\u200b': ' ',
    '\u200d': '',
    '\u0600': 'p',
    q: '',
    zz: 'y',
    'e\u0301': 'é',
    'a\u0308': 'ä',
    'a\u0308\u0304': 'ǟ',
    '\u0958': '\u0915\u093c',
    '\u304b\u3099': 'が',
    '\u0301': '',
    '\u1100\u1161': '가',
    '\u{1f3fd}': '*',
    '\ufdfa': 'long replacement text that is longer than what it replaces',
  };
  for (let point = 0xa0; point < 0x10000; point += 7) {
    const char = String.fromCharCode(point);
    const normal = char.normalize('NFKC');
    if (normal !== char && !/\p{Surrogate}/u.test(normal)) out[char] ??= normal;
  }
  return out;
}

async function expectNative(charsmap: Uint8Array, oracle: Oracle, texts: readonly string[]): Promise<void> {
  // The text of a byte token is that token to Unigram.
  const formed = texts.map((text) => Buffer.from(text.replaceAll('<0x', '<0')).toString());
  const map = readCharsmap(charsmap);
  const mapper = createGraphemeMapper(map);
  const wanted = (await oracle.tokens(formed)).map((ids) =>
    Buffer.from(Array.from(ids, (id) => id - 1)).toString(),
  );
  formed.forEach((text, i) => {
    const bytes = Buffer.from(`<${text}>`);
    const mapped = mapper(bytes, 1, bytes.length - 1);
    const ours = mapped === null ? text : Buffer.from(mapped).toString();
    expect({ text, plain: mapGraphemes(map, text), ours }).toEqual({
      text,
      plain: wanted[i],
      ours: wanted[i],
    });
    expect(mapped === null || ours !== text || text.includes('\u{10ffff}')).toBe(true);
  });
}

describe('a map of graphemes', () => {
  let charsmap: Uint8Array;
  let oracle: Oracle;
  beforeAll(() => {
    charsmap = makeCharsmap(rules());
    oracle = byteOracle(charsmap);
  });

  test(
    'every code point, alone and with neighbours',
    async () => {
      await expectNative(charsmap, oracle, codePointTexts());
    },
    fuzzTimeout(120_000),
  );

  test('hostile strings', async () => {
    await expectNative(charsmap, oracle, hostileTexts(2_000));
  });

  test(
    'clusters of up to six bytes',
    async () => {
      const part = fc.constantFrom(
        ...[
          'a',
          'e',
          'q',
          'z',
          '\r',
          '\n',
          '\t',
          '\u0301',
          '\u0308',
          '\u0304',
          '\u200d',
          '\u200c',
          '\u0600',
          '\u0958',
        ],
        ...[
          '\u0915',
          '\u094d',
          '\u093c',
          '\u00a9',
          '\u{1f3fd}',
          '\u{1f44d}',
          '\u1100',
          '\u1161',
          '\u11a8',
          '가',
          '각',
        ],
        ...[
          '\u{1f1e9}',
          '\u0903',
          '\ufe0f',
          '\u200b',
          '\u0001',
          '\u0000',
          '\u0e33',
          '\u09cd',
          '\u0995',
          '\u1039',
        ],
      );
      const texts = fc.array(fc.array(part, { maxLength: 12 }), { minLength: 20, maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(texts, (all) =>
          expectNative(
            charsmap,
            oracle,
            all.map((parts) => parts.join('')),
          ),
        ),
        fuzz(100),
      );
    },
    fuzzTimeout(60_000),
  );
});

test(
  'random maps',
  async () => {
    const part = fc.constantFrom('a', 'b', 'ab', '\u0301', 'é', '\u0000', '我', ' ', '\r', '\n');
    const text = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(text, fc.oneof(text, fc.constant('')), { minKeys: 1 }),
        fc.array(hostileText),
        async (map, some) => {
          const kept = Object.fromEntries(
            Object.entries(map).filter(([from, to]) => !`${from}${to}`.includes('\0')),
          );
          const charsmap = makeCharsmap({ x: 'y', ...kept });
          await expectNative(charsmap, byteOracle(charsmap), [
            ...some,
            ...Object.keys(map),
            Object.keys(map).join(''),
          ]);
        },
      ),
      fuzz(100),
    );
  },
  fuzzTimeout(60_000),
);

test('a damaged map is told from a whole one', () => {
  const whole = makeCharsmap({ a: 'b' });
  expect(parseCharsmap(whole)).not.toBeNull();
  expect(parseCharsmap(whole.subarray(0, 4))).toBeNull();
  expect(parseCharsmap(whole.subarray(0, 100))).toBeNull();
  expect(parseCharsmap(new Uint8Array(0))).toBeNull();
});
