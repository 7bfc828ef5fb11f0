import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOverlong,
  pieceTokens,
  rowWidth,
  sequenceLength,
  takenTokens,
  usableTokens,
} from '../../src/base/sequence.ts';
import { fuzz } from '../support/fuzz.ts';
import { sequenceSpecs } from '../support/recipes.ts';
import { planOf } from '../support/rows.ts';
import { tableOf } from '../support/table.ts';

describe('the arithmetic of a document in rows', () => {
  it('agrees with the sequence written out, whatever is taken and wherever it is cut', () => {
    fc.assert(
      fc.property(
        sequenceSpecs,
        fc.integer({ min: 1, max: 60 }),
        fc.nat(),
        fc.array(fc.nat(1000), { maxLength: 6 }),
        (spec, length, some, cutPoints) => {
          const take = 1 + (some % length);
          // The sequence as symbols: 'B', token numbers, 'E'.
          const written: (number | 'B' | 'E')[] = Array.from({ length: take }, (_, i) => i);
          if (spec.bos) written.unshift('B');
          if (spec.eos && take === length) written.push('E');
          expect(sequenceLength(take, length, spec)).toBe(written.length);

          const cuts = [...new Set([0, written.length, ...cutPoints.map((c) => c % written.length)])];
          cuts.sort((a, b) => a - b);
          for (let c = 0; c + 1 < cuts.length; c += 1) {
            const made = { document: 0, take, start: cuts[c]!, length: cuts[c + 1]! - cuts[c]! };
            const table = tableOf([{ source: 0, text: 0, length }], ['only']);
            const plan = planOf([[made]], table, { width: rowWidth(spec), bos: spec.bos, eos: spec.eos });
            const { bos, from, to, eos } = pieceTokens(plan, 0);
            const piece: (number | 'B' | 'E')[] = [];
            if (bos) piece.push('B');
            for (let i = from; i < to; i += 1) piece.push(i);
            if (eos) piece.push('E');
            expect(piece).toEqual(written.slice(cuts[c]!, cuts[c + 1]!));
          }
        },
      ),
      fuzz(500),
    );
  });

  it('uses what fits in a row, or all', () => {
    fc.assert(
      fc.property(sequenceSpecs, fc.integer({ min: -4, max: 700 }), (spec, over) => {
        const width = spec.length + (spec.plusOne ? 1 : 0);
        const length = Math.max(0, width + over);
        const whole = length + (spec.bos ? 1 : 0) + (spec.eos ? 1 : 0);
        expect(isOverlong(length, spec)).toBe(whole > width);
        const usable = usableTokens(length, spec);
        if (whole <= width || spec.overlong === 'fragment') expect(usable).toBe(length);
        else if (spec.overlong === 'exclude') expect(usable).toBe(0);
        else expect(sequenceLength(usable, length, { ...spec, eos: false })).toBe(width);
      }),
      fuzz(500),
    );
  });

  it('knows what each copy takes, in whatever order it is asked', () => {
    const takes = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.boolean(), fc.nat()), {
      minLength: 1,
    });
    fc.assert(
      fc.property(takes, fc.array(fc.nat()), (copies, asked) => {
        const lengths = Uint32Array.from(copies, ([length]) => length);
        const expected = copies.map(([length, cut, some]) => (cut ? some % length : length));
        const parts = [...copies.keys()].filter((i) => copies[i]![1]);
        const takeOf = takenTokens(
          {
            ...{ count: copies.length, mostCopies: 1, packLength: null },
            document: Uint32Array.from(copies.keys()),
            parts: { copy: Uint32Array.from(parts), take: Uint32Array.from(parts, (i) => expected[i]!) },
          },
          lengths,
        );
        expect(copies.map((_, i) => takeOf(i))).toEqual(expected);
        for (const n of asked) expect(takeOf(n % copies.length)).toBe(expected[n % copies.length]);
      }),
      fuzz(200),
    );
  });
});
