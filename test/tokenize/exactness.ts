/**
 * Tests for every tokenizer that is loaded from real data: kernel and plain engine give the tokens of its oracle. There
 * is one tokenizer per test file, so that they run in parallel and each is loaded once.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DocumentChunk } from '../../src/nouns/documents.ts';
import type { Tokenizer } from '../../src/nouns/tokens.ts';
import { createDocumentEncoder } from '../../src/tokenize/document-encoder.ts';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import type { TokenizerModel } from '../../src/tokenize/model.ts';
import { createReferenceTokenizer, createTokenDecoder } from '../../src/tokenize/plain/reference.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { expectAgreement } from './agreement.ts';
import type { Oracle } from './oracles.ts';
import {
  codePointTexts,
  corpusTexts,
  fuzzCount,
  hostileText,
  hostileTexts,
  longWord,
  sampleTexts,
} from './texts.ts';

const encoder = new TextEncoder();
export const real: string[] = sampleTexts();
export const corpus: string[] = corpusTexts();
export const codePoints: string[] = codePointTexts();
export const hostile: string[] = hostileTexts(fuzzCount);

interface Loaded {
  readonly model: TokenizerModel;
  readonly oracle: Oracle;
}

/** @param more tests of this tokenizer alone */
export function describeExactness(
  name: string,
  load: () => Loaded,
  more: (loaded: () => Loaded) => void = () => {},
): void {
  describe(name, () => {
    let model: TokenizerModel;
    let oracle: Oracle;
    let kernel: Tokenizer;
    let reference: Tokenizer;
    beforeAll(async () => {
      ({ model, oracle } = load());
      const shared = await shareTokenizer(model);
      if ('unsupported' in shared) throw new Error(shared.unsupported);
      kernel = { ...(await openShared(shared)), decode: createTokenDecoder(model), name: 'kernel' };
      reference = { ...createReferenceTokenizer(model), name: 'reference' };
    }, fuzzTimeout(120_000));

    more(() => ({ model, oracle }));

    test('real text', async () => {
      await expectAgreement(kernel, oracle, real);
      await expectAgreement(kernel, oracle, corpus);
      await expectAgreement(reference, oracle, real.slice(0, 20));
    });

    test('real text as one document, and as one that goes on after each window', async () => {
      const whole = real.join('\n\n');
      await expectAgreement(kernel, oracle, [whole, whole.slice(0, 300_000), whole.slice(300_000)]);
    });

    test('every code point alone, between letters and before a mark', async () => {
      await expectAgreement(kernel, oracle, codePoints);
      await expectAgreement(reference, oracle, codePoints);
    });

    test('hostile strings', async () => {
      await expectAgreement(kernel, oracle, hostile);
      await expectAgreement(reference, oracle, hostile);
    });

    test('long texts without a place to cut', () => {
      for (const text of longTexts()) expect(tokensOf(kernel, text)).toEqual(tokensOf(reference, text));
    });

    test('words of any length', () => {
      fc.assert(
        fc.property(longWord, (text) => {
          expect(tokensOf(kernel, text)).toEqual(tokensOf(reference, text));
        }),
        fuzz(300),
      );
    });

    test('a megabyte of one letter takes no time', () => {
      const start = performance.now();
      tokensOf(kernel, 'a'.repeat(1_000_000));
      expect(performance.now() - start).toBeLessThan(10_000);
    });

    test('megabytes that repeat a character, or mix punctuation, take little more than ordinary text', () => {
      const kinds = ['the quick brown fox ', '/', '\t', '=', '!"#$%&\'()*+,-./:;<=>?@[]_{|}~?!;:.,#*)('];
      const [ordinary, ...others] = kinds.map((kind) => {
        const text = Buffer.from(kind.repeat(500_000 / kind.length));
        // The best of several: a quadratic text takes thousands of times as long, and other work on the machine some.
        const times = Array.from({ length: 8 }, () => {
          const start = performance.now();
          kernel.encode(text, [text.length]);
          return performance.now() - start;
        });
        return Math.min(...times);
      });
      for (const other of others) expect(other).toBeLessThan(200 * ordinary!);
    });

    test('documents in chunks of any size have the tokens of the whole', () => {
      const chunkBytes = fc.integer({ min: 1, max: 60 });
      fc.assert(
        fc.property(fc.array(cuttable, { minLength: 1, maxLength: 3 }), chunkBytes, (texts, bytes) => {
          for (const tokenizer of [kernel, reference]) {
            expect(inChunks(tokenizer, texts, bytes)).toEqual(texts.map((text) => tokensOf(kernel, text)));
          }
        }),
        fuzz(150),
      );
    });

    test('decoding gives the text back', () => {
      fc.assert(
        fc.property(hostileText, (text) => {
          const decoded = Buffer.from(kernel.decode(tokensOf(kernel, text))).toString();
          const prefix = model.steps.metaspace?.prefix === 'always' && text !== '' ? ' ' : '';
          const spaced = (some: string) =>
            model.steps.metaspace === null ? some : some.replaceAll('\u2581', ' ');
          const normal = (some: string) =>
            model.steps.normalizers.length === 0 ? some : some.normalize('NFD');
          expect(normal(decoded)).toBe(normal(spaced(prefix + Buffer.from(text).toString())));
        }),
        fuzz(200),
      );
    });
  });
}

export function tokensOf(tokenizer: Tokenizer, text: string): number[] {
  const bytes = encoder.encode(text);
  return Array.from(tokenizer.encode(bytes, [bytes.length]).tokens);
}

/** A hostile text with a safe place in it; what stands there on both sides is chosen by chance too. */
export const cuttable: fc.Arbitrary<string> = fc
  .tuple(
    hostileText,
    fc.constantFrom('a', 'Z', "don't", ' x', '.Net', '1st'),
    fc.constantFrom('b', 'The', 'A\u0301', "s'll"),
    hostileText,
  )
  .map(([left, before, after, right]) => `${left}${before} ${after}${right}`);

/** The documents' tokens, read as one file in chunks of about this many bytes, cut between characters. */
export function inChunks(tokenizer: Tokenizer, texts: readonly string[], chunkBytes: number): number[][] {
  const documents = createDocumentEncoder(tokenizer);
  const found: number[][] = [];
  let waiting: number[] = [];
  const push = (text: Uint8Array, open: boolean) => {
    const chunk: DocumentChunk = {
      text,
      ends: [text.length],
      ids: [null],
      records: [1],
      sources: null,
      open,
    };
    const { tokens, lengths } = documents.push(chunk);
    waiting.push(...tokens);
    for (const length of lengths) {
      expect(length).toBe(waiting.length);
      found.push(waiting);
      waiting = [];
    }
  };
  for (const text of texts) {
    const bytes = encoder.encode(text);
    for (let start = 0; start < bytes.length; ) {
      let end = Math.min(bytes.length, start + chunkBytes);
      while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end += 1;
      push(bytes.subarray(start, end), end < bytes.length);
      start = end;
    }
  }
  return found;
}

/** Pretokens of 30 KB, on which a merge that looks at all pairs each time would take minutes. */
export function longTexts(size: number = 30_000): string[] {
  const letters = Array.from({ length: size }, (_, i) => 97 + (((i * i * 7919) % 104_729) % 26));
  return [
    'a'.repeat(size),
    ' '.repeat(size),
    '\n'.repeat(size),
    "'".repeat(size),
    '7'.repeat(size),
    // Vocabularies have long pieces of these, which fit together in many ways.
    '/'.repeat(size),
    '\t'.repeat(size),
    '=-'.repeat(size / 2),
    letters.map((letter) => '!"#$%&\'()*+,-./:;<=>?@[]_{|}~'[letter - 97]).join(''),
    'ab'.repeat(size / 2),
    '\u{1f44d}'.repeat(size / 4),
    '\u2581'.repeat(size / 3),
    '\u6211'.repeat(size / 3),
    String.fromCharCode(...letters),
    Buffer.from(letters).toString('base64'),
    `${' '.repeat(size)}x`,
    // For those that normalize: pieces of it must give what the whole gives.
    'e\u0327\u0301 x\u0301'.repeat(size / 4),
    '\u304b\u3099'.repeat(size / 2),
    `plain ${'\u00e9 \u1100\u1161\u11a8'.repeat(size / 4)}`,
  ];
}
