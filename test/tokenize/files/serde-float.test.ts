/** Scores of a tokenizer.json are parsed to the same numbers as in the native library, to the last bit. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { afterAll, expect, test } from 'vitest';
import { serdeFloat } from '../../../src/tokenize/files/serde-float.ts';
import { fuzz } from '../../support/fuzz.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The library's own scores: it writes them with all their digits. */
function nativeScores(scores: readonly number[]): number[] {
  const vocab = scores.map((score, i) => [`p${i}`, score]);
  const file = { added_tokens: [], model: { type: 'Unigram', unk_id: 0, vocab, byte_fallback: false } };
  const path = join(folder, 'tokenizer.json');
  NativeTokenizer.fromString(JSON.stringify(file)).save(path);
  const written = JSON.parse(readFileSync(path, 'utf8'));
  return written.model.vocab.map(([, score]: [string, number]) => score);
}

const scores = fc.array(
  fc.oneof(
    fc.double({ min: -30, max: 0, noNaN: true }),
    fc.float({ min: -30, max: 0, noNaN: true }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    fc.integer(),
  ),
  { minLength: 200, maxLength: 200 },
);

test('scores are read as the native library reads them', () => {
  fc.assert(
    fc.property(scores, (list) => {
      expect(list.map(serdeFloat).map((score) => score + 0)).toEqual(
        nativeScores(list).map((score) => score + 0),
      );
    }),
    fuzz(40),
  );
});

test('a score of 16 digits may end one bit away from the nearest double', () => {
  expect(serdeFloat(-11.475499845018637)).toBe(-11.475499845018636);
  expect(serdeFloat(-1.1920794714760259)).toBe(-1.192079471476026);
  expect(serdeFloat(-0.5)).toBe(-0.5);
});
