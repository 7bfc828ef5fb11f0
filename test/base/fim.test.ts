import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FimSetting, fimArrange, fimChoice } from '../../src/base/fim.ts';
import { findFimIds } from '../../src/tokenize/files/fim-ids.ts';
import { describeTokenizer } from '../../src/tokenize/load.ts';
import { errorOf } from '../support/error-of.ts';
import { fuzz } from '../support/fuzz.ts';
import { tableOf } from '../support/table.ts';

const setting = (spmShare: number, rate = 1): FimSetting => ({
  sources: [{ source: 'code', rate, spmShare, prefix: 901, middle: 902, suffix: 903 }],
  seed: 7,
});
const table = tableOf(
  Array.from({ length: 4000 }, (_, d) => ({ source: 0, text: d, length: 10 })),
  ['code'],
);

/** Undoes it: the document's tokens, and how it was cut. */
function undone(ids: readonly number[]): { tokens: number[]; isSpm: boolean; parts: number[] } {
  const at = (sentinel: number) => ids.indexOf(sentinel);
  const between = (from: number, to: number) => ids.slice(from + 1, to);
  const isSpm = at(903) === 1 && at(902) > 1 && ids.length > 3;
  const first = between(at(901), at(903));
  const suffix = between(at(903), at(902));
  const rest = ids.slice(at(902) + 1);
  const [prefix, middle] = isSpm ? [[], rest] : [first, rest];
  return {
    tokens: [...prefix, ...middle, ...suffix],
    isSpm,
    parts: [prefix.length, middle.length, suffix.length],
  };
}

const arranged = (spmShare: number, d: number, tokens: readonly number[]): number[] => {
  const ids = new Int32Array(tokens.length + 5).fill(-1);
  ids.set(tokens, 1);
  fimArrange(table, setting(spmShare))(d, ids, 1, tokens.length);
  expect([ids[0], ids.at(-1)]).toEqual([-1, -1]);
  return [...ids.subarray(1, -1)];
};

describe('fill in the middle', () => {
  it('keeps every token, with one of each sentinel, in both orders', () => {
    const tokens = fc.array(fc.nat(800), { maxLength: 30 });
    fc.assert(
      fc.property(tokens, fc.nat(3999), fc.constantFrom(0, 1), (all, d, spmShare) => {
        const ids = arranged(spmShare, d, all);
        expect(ids.filter((id) => id > 900).sort()).toEqual([901, 902, 903]);
        expect(ids[0]).toBe(901);
        expect(undone(ids).tokens).toEqual(all);
        if (spmShare === 1) expect(ids[1]).toBe(903);
      }),
      fuzz(300),
    );
  });

  it('is as Hugging Face and Megatron arrange it', () => {
    const tokens = Array.from({ length: 10 }, (_, i) => i);
    const psm = arranged(0, 5, tokens);
    const { parts } = undone(psm);
    const [p, m] = parts as [number, number];
    const [prefix, middle, suffix] = [tokens.slice(0, p), tokens.slice(p, p + m), tokens.slice(p + m)];
    expect(psm).toEqual([901, ...prefix, 903, ...suffix, 902, ...middle]);
    expect(arranged(1, 5, tokens)).toEqual([901, 903, ...suffix, 902, ...prefix, ...middle]);
  });

  it('cuts anywhere alike, and chooses as many documents as the rate and the share of spm say', () => {
    const tokens = Array.from({ length: 9 }, (_, i) => i);
    const cuts = Array.from({ length: 4000 }, (_, d) => undone(arranged(0, d, tokens)).parts);
    // Of two places among 10: the lesser is 2.85 on average, the distance 3.3.
    for (const [part, expected] of [2.85, 3.3, 2.85].entries()) {
      const mean = cuts.reduce((sum, parts) => sum + parts[part]!, 0) / cuts.length;
      expect(Math.abs(mean - expected)).toBeLessThan(0.15);
    }
    const chosen = fimChoice(table, setting(0, 0.1));
    const count = Array.from({ length: 4000 }, (_, d) => chosen(d)).filter(Boolean).length;
    expect(Math.abs(count - 400)).toBeLessThan(60);
    const spm = Array.from({ length: 4000 }, (_, d) => arranged(0.25, d, tokens)).filter(
      (ids) => undone(ids).isSpm,
    );
    // A psm document without a prefix looks like spm: one in ten of cuts at the first place, so one in five.
    expect(spm.length).toBeGreaterThan(1000 - 100);
    expect(spm.length).toBeLessThan(1000 + 3000 * 0.19 + 120);
  });

  it('a smaller rate chooses a part of what a larger one does', () => {
    const [few, many] = [0.1, 0.5].map((rate) => fimChoice(table, setting(0, rate))) as [
      (d: number) => boolean,
      (d: number) => boolean,
    ];
    for (let d = 0; d < 4000; d += 1) if (few(d)) expect(many(d)).toBe(true);
  });
});

describe('sentinel tokens', () => {
  const names = (tokens: readonly string[]) => ({
    special: new Map<string, number>(),
    idOf: (text: string) => (tokens.includes(text) ? 100 + tokens.indexOf(text) : null),
    textOf: () => null,
    idsBelow: 200,
  });

  it.each([
    [['<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>']],
    [['<fim_prefix>', '<fim_middle>', '<fim_suffix>']],
    [['▁<PRE>', '▁<MID>', '▁<SUF>']],
    [['<｜fim▁begin｜>', '<｜fim▁end｜>', '<｜fim▁hole｜>']],
  ])('are found by the names of families: %s', (tokens) => {
    expect(findFimIds(names(tokens), 'x', null, undefined)).toEqual({
      prefix: 100,
      middle: 101,
      suffix: 102,
    });
  });

  it('come from the tokenizer, from the recipe, or are missed', async () => {
    const tokenizer = await describeTokenizer({ encoding: 'cl100k_base' });
    expect(findFimIds(tokenizer.names, 'x', null, undefined)).toEqual({
      prefix: 100258,
      middle: 100259,
      suffix: 100260,
    });
    const asked = { prefix: 'A', middle: 7, suffix: 'B' };
    expect(findFimIds(names(['A', 'B']), 'x', asked, undefined)).toEqual({
      prefix: 100,
      middle: 7,
      suffix: 101,
    });
    expect(errorOf(() => findFimIds(names(['A']), 'x', asked, 'r.yaml:2:3'))).toMatchObject({
      code: 'tokenizer-token',
      message: 'fim.tokens.suffix: "B" is not a token of x',
      where: 'r.yaml:2:3',
    });
    expect(errorOf(() => findFimIds(names([]), 'x', null, undefined)).code).toBe('special-token-missing');
  });
});
