/** For widely used patterns, native library, plain matcher, tables and hand-written scanners all agree. */
import { describe, expect, test } from 'vitest';
import type { KernelStep } from '../../../src/tokenize/engine/kernel/model.ts';
import { planSteps } from '../../../src/tokenize/engine/kernel-steps.ts';
import { families, isolatedStep } from '../../../src/tokenize/files/patterns.ts';
import { compilePattern } from '../../../src/tokenize/pattern/compile.ts';
import { cutsBetweenWords } from '../../../src/tokenize/pattern/cuts.ts';
import { codePointTexts, fuzzCount, hostileTexts, sampleTexts } from '../texts.ts';
import { type Cutter, kernelCutter, plainCutter } from './cutters.ts';
import { knownPatterns } from './known-patterns.ts';
import { hfPreTokenizer, tiktokenSplit } from './native.ts';

/** Readers replace lone surrogates, so no engine sees one. */
const wellFormed = (text: string) => Buffer.from(text).toString();
const hostile = hostileTexts(fuzzCount / 4).map(wellFormed);
const real = sampleTexts().map((text) => wellFormed(text.slice(0, 6_000)));
const codePoints = codePointTexts();

/** Lengths in bytes of the native library's parts. */
function nativeCutter({ pre_tokenizer, splits }: (typeof knownPatterns)[number]): Cutter {
  const native = pre_tokenizer === undefined ? null : hfPreTokenizer(pre_tokenizer)!;
  const isBytes = splits.some(({ over }) => over === 'byte-alphabet');
  return (text) => {
    const parts = native === null ? tiktokenSplit(splits[0]!.pattern, text)! : native(text);
    return parts.map((part) => (isBytes ? part.length : Buffer.byteLength(part)));
  };
}

describe.each(knownPatterns)('$name', (known) => {
  const plain = plainCutter(known.splits);
  const native = nativeCutter(known);
  // To see tiktoken's parts takes a vocabulary of all parts of the text.
  const isSlow = known.pre_tokenizer === undefined;

  test('the plain matcher cuts as the native library does', () => {
    const texts = isSlow
      ? hostile.slice(0, 200).map((text) => wellFormed(text.slice(0, 40)))
      : [...hostile, ...codePoints.slice(0, 60), ...real.slice(0, 10)];
    for (const text of texts) {
      expect(plain(text), JSON.stringify(text)).toEqual(native(text));
    }
  });

  test('the kernel cuts as the plain matcher does, in windows of any size', async () => {
    const steps = planSteps(known.splits);
    if ('unsupported' in steps) throw new Error(steps.unsupported);
    const whole = await kernelCutter(steps);
    const parts = await kernelCutter(steps, 24);
    for (const text of [...hostile, ...codePoints, ...real]) {
      const wanted = plain(text);
      expect(whole(text), JSON.stringify(text)).toEqual(wanted);
      if (text.length < 200) expect(parts(text), JSON.stringify(text)).toEqual(wanted);
    }
  });
});

describe.each(['gpt2', 'cl100k', 'o200k', 'qwen2'] as const)('the scanner of %s', (family) => {
  test('cuts as the table of its pattern does', async () => {
    const table = compilePattern(isolatedStep(families[family][0]!));
    if ('unsupported' in table) throw new Error(table.unsupported);
    const steps: readonly KernelStep[] = [{ table, keep: 'both' }];
    for (const windowBytes of [undefined, 100]) {
      const scanner = await kernelCutter([{ scanner: family }], windowBytes);
      const tables = await kernelCutter(steps, windowBytes);
      for (const text of [...hostile, ...codePoints, ...real]) {
        expect(tables(text), JSON.stringify(text)).toEqual(scanner(text));
      }
    }
  });
});

test('which of them may be cut between words', () => {
  const not = knownPatterns.filter(({ splits }) => !cutsBetweenWords(splits)).map(({ name }) => name);
  expect(not).toEqual([]);
});
