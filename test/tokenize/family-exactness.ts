/**
 * Tests for every row of families.ts: the recipe's tokenizer is loaded as in a build, gets the engine that the row
 * promises, and gives the tokens of the native library, whatever the text and however it is cut.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DescribedTokenizer, describeTokenizer } from '../../src/tokenize/load.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { expectAgreement } from './agreement.ts';
import { codePoints, corpus, cuttable, hostile, inChunks, longTexts, real, tokensOf } from './exactness.ts';
import { type Family, familyNamed, type OpenedFamily } from './families.ts';
import { formatRow, isInTable, rowOf, tableOf } from './family-table.ts';
import { hostileText, isNightly, longWord } from './texts.ts';

/** By day a part of what exact-*.test.ts take for the few families that they run: there are some 80 families here. */
const share = <Text>(texts: readonly Text[], step: number) =>
  texts.filter((_, i) => isNightly || i % step === 0);
const texts = [...share(real, 8), ...share(corpus, 6)];
const whole = share(real, 12).join('\n\n');
const long = longTexts(isNightly ? 30_000 : 3_000);
const architecture = readFileSync(join(import.meta.dirname, '../../ARCHITECTURE.md'), 'utf8');
const words = fc.sample(longWord, fuzz(100));
/** Every run of a category is in one or two of the three forms that a text of code points has. */
const points = share(codePoints, 2);
const strings = share(hostile, 2);

/** One test file runs several families, so that the texts are made once for all of them. */
export function describeFamilies(names: readonly string[]): void {
  for (const name of names) {
    const family = familyNamed(name);
    const why = family.missing();
    if (why !== null) console.warn(`the tokenizer family ${name} is SKIPPED: ${why}`);
    describe.skipIf(why !== null || (family.when === 'night' && !isNightly))(name, () =>
      describeFamily(family),
    );
  }
}

function describeFamily(family: Family): void {
  let opened: OpenedFamily;
  let tokenizer: DescribedTokenizer;
  // The general path promises the native library's tokens for ASCII only, and says so to the user.
  const judged = (some: readonly string[]) =>
    tokenizer.engine === 'general' ? some.filter((text) => /^[\0-\x7f]*$/.test(text)) : some;
  const agrees = (texts: readonly string[]) => expectAgreement(tokenizer, opened.oracle, judged(texts));

  beforeAll(async () => {
    opened = await family.open();
    tokenizer = await describeTokenizer(opened.spec);
  }, fuzzTimeout(180_000));
  afterAll(() => {
    // Vocabularies are large, and the next family has its own.
    opened = undefined as unknown as OpenedFamily;
    tokenizer = undefined as unknown as DescribedTokenizer;
  });

  test.runIf(family.expected === 'kernel')('runs on the kernel', () => {
    expect(tokenizer.slow).toBeNull();
  });

  test.runIf(isInTable(family))('ARCHITECTURE.md says what runs it', () => {
    const row = formatRow(rowOf(family, tokenizer));
    expect(tableOf(architecture).split('\n'), 'node scripts/tokenizer-table.mjs').toContain(row);
  });

  test('real text', async () => {
    await agrees(texts);
  });

  test('real text as one document, and as one that goes on after each window', async () => {
    await agrees([whole, whole.slice(0, 70_000), whole.slice(70_000)]);
  });

  test('every code point alone, between letters and before a mark', async () => {
    await agrees(points);
  });

  test('hostile strings', async () => {
    await agrees(strings);
  });

  test('words of any length', async () => {
    await agrees(words);
  });

  test('long texts without a place to cut', async () => {
    await agrees(long);
  });

  test('documents in chunks of any size have the tokens of the whole', () => {
    fc.assert(
      fc.property(
        fc.array(cuttable, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 60 }),
        (texts, bytes) => {
          expect(inChunks(tokenizer, texts, bytes)).toEqual(texts.map((text) => tokensOf(tokenizer, text)));
        },
      ),
      fuzz(100),
    );
  });

  test.skipIf(family.decodes === 'other')('decoding gives the text back', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const wanted = decoded(Buffer.from(text).toString(), family);
        const found = decoded(Buffer.from(tokenizer.decode(tokensOf(tokenizer, text))).toString(), family);
        // A prefix that encoding put before the text stays.
        expect(family.decodes === 'spaces' ? [wanted, ` ${wanted}`] : [wanted]).toContain(found);
      }),
      fuzz(200),
    );
  });
}

/** Without what the family can't keep. */
function decoded(text: string, { decodes }: Family): string {
  if (decodes === 'NFC') return text.normalize('NFD');
  if (decodes === 'spaces') return text.replaceAll('\u2581', ' ');
  return text;
}
