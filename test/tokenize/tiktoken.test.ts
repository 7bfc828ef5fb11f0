import { get_encoding } from '@dqbd/tiktoken';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { tiktokenEncodings } from '../../src/nouns/recipe.ts';
import { createSafeCut } from '../../src/tokenize/engine/safe-cut.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { fuzz, fuzzTimeout, often } from '../support/fuzz.ts';
import { hardTexts } from '../support/texts.ts';

describe.each(tiktokenEncodings)('%s', async (name) => {
  const tokenizer = await loadTokenizer({ encoding: name });
  const oracle = get_encoding(name);
  afterAll(() => oracle.free());
  const encode = (text: string) => {
    const bytes = Buffer.from(text);
    return [...tokenizer.encode(bytes, [bytes.length]).tokens];
  };

  it('encodes documents of a chunk as tiktoken encodes each, and decodes them to their bytes', () => {
    fc.assert(
      fc.property(fc.array(hardTexts, { minLength: 1, maxLength: 4 }), (texts) => {
        const bytes = texts.map((text) => Buffer.from(text));
        let end = 0;
        const ends = bytes.map((text) => (end += text.length));
        const { tokens, lengths } = tokenizer.encode(Buffer.concat(bytes), ends);
        let at = 0;
        for (const [i, text] of texts.entries()) {
          const found = tokens.subarray(at, at + lengths[i]!);
          at += lengths[i]!;
          // Special tokens in the text are text.
          expect([...found]).toEqual([...oracle.encode(text, [], [])]);
          expect(Buffer.from(tokenizer.decode(found)).equals(bytes[i]!)).toBe(true);
        }
        expect(at).toBe(tokens.length);
      }),
      fuzz(40),
    );
  });

  it('keeps a byte-order mark that the reader left: it is text', () => {
    expect(encode('\ufeffone')).toEqual([...oracle.encode('\ufeffone')]);
    expect(encode('\ufeffone')).not.toEqual(encode('one'));
  });

  it(
    'can be cut where safeCut says, whatever follows',
    () => {
      let cuts = 0;
      fc.assert(
        fc.property(hardTexts, hardTexts, (known, rest) => {
          const bytes = Buffer.from(known);
          const cut = tokenizer.safeCut(bytes);
          if (cut === 0) return;
          cuts += 1;
          const left = bytes.subarray(0, cut).toString();
          const right = bytes.subarray(cut).toString() + rest;
          expect([...encode(left), ...encode(right)]).toEqual(encode(known + rest));
        }),
        fuzz(150),
      );
      expect(cuts).toBeGreaterThan(often(40));
    },
    fuzzTimeout(60_000),
  );

  it('says how large its vocabulary is, and its end-of-sequence token', () => {
    const special = tokenizer.eosId!;
    expect(Buffer.from(tokenizer.decode([special])).toString()).toBe('<|endoftext|>');
    expect(tokenizer.vocabularySize).toBeGreaterThan(special);
    expect(tokenizer.bosId).toBeNull();
    const sizes = {
      gpt2: 50_257,
      r50k_base: 50_257,
      p50k_base: 50_281,
      cl100k_base: 100_277,
      o200k_base: 200_019,
    };
    expect(tokenizer.vocabularySize).toBe(sizes[name]);
  });
});

describe('loadTokenizer', () => {
  it('gives equal fingerprints for equal tokens only: gpt2 is r50k_base', async () => {
    const prints = new Map<string, string>();
    for (const encoding of tiktokenEncodings) {
      prints.set(encoding, (await loadTokenizer({ encoding })).fingerprint);
    }
    expect(prints.get('gpt2')).toBe(prints.get('r50k_base'));
    expect(new Set(prints.values()).size).toBe(prints.size - 1);
  });
});

describe('createSafeCut', () => {
  const safeCut = createSafeCut({ notAfter: new Set() });
  const cut = (text: string) => safeCut(Buffer.from(text));
  it.each([
    ['ab cd', 2],
    ['ab cd ef', 5],
    ['ab cd ', 2],
    ['ab  cd', 0],
    ['ab, cd', 0],
    ['ab 1', 0],
    ['é cd', 0],
    ['ab é', 0],
    ['ab\ncd', 0],
    [' ab', 0],
    ['', 0],
    ['a', 0],
    ['a b', 1],
    ['Z Z', 1],
    ['@ a [', 0],
    ['` a {', 0],
  ])('parts %j at %d', (text, at) => expect(cut(text)).toBe(at));
});
