/**
 * Unigram as in sentencepiece, which sums floats over a whole document. Words from the cache
 * (kernel/assembly/scored.ts) give the tokens of the plain Viterbi, even where segmentations differ only by rounding,
 * and where sums are made small again. (sentencepiece.test.ts uses the library itself as reference.)
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKernel } from '../../src/tokenize/engine/kernel/kernel.ts';
import { planKernel } from '../../src/tokenize/engine/kernel-plan.ts';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import {
  noToken,
  type TextSteps,
  type TokenizerModel,
  type UnigramVocabulary,
} from '../../src/tokenize/model.ts';
import { createReferenceTokenizer } from '../../src/tokenize/plain/reference.ts';
import { fuzz, fuzzTimeout, often } from '../support/fuzz.ts';
import { noSteps } from './made-model.ts';

interface Made {
  readonly pieces: readonly (readonly [text: string, score: number])[];
  readonly bytes: boolean;
}

const letters = ['a', 'b', 'c', 'é', '我', ','];
/** Any pieces, of a few scores; with large ones a sum soon gets beyond 100,000. */
const scores = [-1, -2, -3, -0.1, -0.2, -0.3, -1.1, -2.2, -3.3, -8.910598, -11.522764, 0.3, -700.7, -1401.4];
const anyPieces: fc.Arbitrary<Made> = fc.record({
  pieces: fc.uniqueArray(
    fc.tuple(
      fc
        .tuple(
          fc.constantFrom('', '', ' ', 'a '),
          fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 4 }),
        )
        .map(([before, parts]) => before + parts.join('')),
      fc.constantFrom(...scores),
    ),
    { minLength: 5, maxLength: 40, selector: ([text]) => text },
  ),
  bytes: fc.boolean(),
});

/** All pieces of up to three letters, nearly as good as their letters one by one: rounding decides most words. */
const nearlyEqual: fc.Arbitrary<Made> = fc
  .record({
    scale: fc.constantFrom(1, 1, 100),
    own: fc.array(fc.constantFrom(-8.910598, -3.3, -1.1, -11.522764), { minLength: 6, maxLength: 6 }),
    apart: fc.array(fc.constantFrom(0, 0, 1e-6, -1e-6, 1e-4, -1e-4, 0.003, -0.003, 0.02), {
      minLength: 60,
      maxLength: 60,
    }),
    bytes: fc.boolean(),
  })
  .map(({ scale, own, apart, bytes }) => {
    const texts = letters.flatMap((a) => [a, ...letters.flatMap((b) => [a + b, `${a}${b}${a}`])]);
    const pieces = texts.map((text, i) => {
      const sum = Array.from(text, (letter) => own[letters.indexOf(letter)]! * scale).reduce((a, b) => a + b);
      return [text, text.length === 1 ? sum : sum + apart[i % apart.length]!] as const;
    });
    return { pieces, bytes };
  });
const made = fc.oneof(anyPieces, nearlyEqual);

/** As a .model has it: a space before the text, none in a row. */
const normalized: TextSteps = {
  ...noSteps,
  normalizers: [
    {
      kind: 'sentencepiece',
      charsmap: null,
      kept: [],
      dummy: 'prefix',
      removesExtraSpaces: true,
      escapesSpaces: false,
    },
  ],
};

function modelOf({ pieces, bytes }: Made): TokenizerModel {
  const texts = [...pieces, [' ', -2] as const];
  const first = bytes ? 257 : 1;
  const holes: undefined[] = new Array(first).fill(undefined);
  const all = [...new Array<number>(first).fill(0), ...texts.map(([, score]) => Math.fround(score))];
  const vocabulary: UnigramVocabulary = {
    kind: 'unigram',
    pieces: [...holes, ...texts.map(([text]) => Buffer.from(text))],
    scores: Float64Array.from(all),
    unknownScore: Math.fround(Math.min(...all) - 10),
    unknown: {
      bytes: bytes ? Uint32Array.from({ length: 256 }, (_, byte) => byte + 1) : null,
      id: 0,
      fuse: true,
    },
    as: 'sentencepiece',
  };
  expect(vocabulary.unknown.bytes?.includes(noToken) ?? false).toBe(false);
  return {
    name: 'made',
    steps: noSteps,
    vocabulary,
    special: new Map(),
    bosId: null,
    eosId: null,
    vocabularySize: all.length,
    fingerprint: '',
  };
}

/** Words that come again, so that they are found in the cache at another sum. */
const text = fc
  .tuple(
    fc.array(fc.array(fc.constantFrom(...letters, 'd', '👍'), { maxLength: 7 }), {
      minLength: 1,
      maxLength: 6,
    }),
    fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 400, size: 'max' }),
    fc.constantFrom(' ', '', '  ', ', '),
  )
  .map(([words, order, between]) => order.map((at) => words[at % words.length]!.join('')).join(between));

function together(texts: readonly string[]): { bytes: Buffer; ends: number[] } {
  const parts = texts.map((each) => Buffer.from(each));
  let end = 0;
  return { bytes: Buffer.concat(parts), ends: parts.map((part) => (end += part.length)) };
}

describe('words of a document with one sum', () => {
  test(
    'have the tokens of the plain Viterbi, in windows of any size',
    async () => {
      const sizes = fc.constantFrom(undefined, 64, 300);
      await fc.assert(
        fc.asyncProperty(
          made,
          fc.array(text, { minLength: 1, maxLength: 6 }),
          sizes,
          async (some, texts, size) => {
            const model = modelOf(some);
            const plan = planKernel(model);
            if ('unsupported' in plan) throw new Error(plan.unsupported);
            const kernel = await createKernel(plan.model, size === undefined ? {} : { windowBytes: size });
            const { bytes, ends } = together(texts);
            const wanted = createReferenceTokenizer(model).encode(bytes, ends);
            const { tokens, lengths } = kernel.encode(bytes, ends);
            expect(Array.from(lengths)).toEqual(Array.from(wanted.lengths));
            expect(Array.from(tokens)).toEqual(Array.from(wanted.tokens));
          },
        ),
        fuzz(8),
      );
    },
    fuzzTimeout(60_000),
  );

  test(
    'go on with it in the next part, where a text may be cut',
    async () => {
      let cuts = 0;
      await fc.assert(
        fc.asyncProperty(made, text, async (some, whole) => {
          const model = { ...modelOf(some), steps: normalized };
          const shared = await shareTokenizer(model);
          if ('unsupported' in shared) throw new Error(shared.unsupported);
          const tokenizer = await openShared(shared);
          const bytes = Buffer.from(`abc ${whole} cba`);
          const wanted = Array.from(createReferenceTokenizer(model).encode(bytes, [bytes.length]).tokens);
          const cut = tokenizer.safeCut(bytes.subarray(0, bytes.length - 1));
          if (cut === 0) return;
          cuts += 1;
          const left = Array.from(tokenizer.encode(bytes.subarray(0, cut), [cut]).tokens);
          const right = tokenizer.encode(bytes.subarray(cut), [bytes.length - cut], true).tokens;
          expect([...left, ...right]).toEqual(wanted);
        }),
        fuzz(8),
      );
      expect(cuts).toBeGreaterThan(often(5));
    },
    fuzzTimeout(60_000),
  );
});
