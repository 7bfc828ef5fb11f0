import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instances } from '../../src/nouns/mix.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { packingQuality } from '../../src/pack/accounts/quality.ts';
import { packRows } from '../../src/pack/rows.ts';
import { fuzz, often } from '../support/fuzz.ts';
import { instancesOf, takesOf } from '../support/instances.ts';
import { sequenceSpec } from '../support/recipes.ts';
import { type Piece, rowsOf } from '../support/rows.ts';
import { corpora } from '../support/table.ts';

interface Case {
  readonly table: DocumentTable;
  readonly sequences: SequenceSpec;
  readonly instances: Instances;
  readonly seed: number;
}

const specs = fc
  .record({
    inner: fc.integer({ min: 3, max: 120 }),
    inRow: fc.integer({ min: 1, max: 9 }),
    packing: fc.constantFrom('best-fit' as const, 'concat' as const),
    tails: fc.constantFrom('carry' as const, 'discard' as const),
    bos: fc.boolean(),
    eos: fc.boolean(),
  })
  .map(({ inner, inRow, packing, tails, bos, eos }) =>
    sequenceSpec({ length: inner * inRow, packLength: inner, packing, tails, bos, eos }),
  );

const total = (row: readonly Piece[]) => row.reduce((sum, { length }) => sum + length, 0);

/** The fewest stretches of pieces, none longer than `inner` tokens. */
function stretches(row: readonly Piece[], inner: number): number {
  let count = 0;
  let left = 0;
  for (const { length } of row) {
    expect(length).toBeLessThanOrEqual(inner);
    if (length > left) {
      count += 1;
      left = inner;
    }
    left -= length;
  }
  return count;
}

describe('inner rows', () => {
  const plain: fc.Arbitrary<Case> = fc.tuple(corpora(60), specs).chain(([{ table }, sequences]) =>
    fc.record({
      table: fc.constant(table),
      sequences: fc.constant(sequences),
      instances: instancesOf(table, sequences, 1),
      seed: fc.nat(),
    }),
  );

  it('are the rows that packing at their length gives, so many of them end to end', () => {
    fc.assert(
      fc.property(plain, ({ table, sequences, instances, seed }) => {
        const [plan] = packRows(instances, table, sequences, seed);
        const inner = sequences.packLength!;
        const [narrow] = packRows(instances, table, { ...sequences, length: inner, packLength: null }, seed);
        const inRow = sequences.length / inner;
        const innerRows = rowsOf(narrow!, table);
        const expected = Array.from({ length: Math.ceil(innerRows.length / inRow) }, (_, r) =>
          innerRows.slice(r * inRow, (r + 1) * inRow).flat(),
        );
        expect(plan!.width).toBe(sequences.length);
        expect(rowsOf(plan!, table)).toEqual(expected);
      }),
      fuzz(80),
    );
  });

  const grouped: fc.Arbitrary<Case> = fc
    .tuple(corpora(60), fc.constantFrom(12, 60, 120), fc.boolean(), fc.integer({ min: 1, max: 3 }))
    .chain(([{ table }, length, concat, copies]) => {
      const sequences = sequenceSpec({ length, packing: concat ? 'concat' : 'best-fit' });
      const packLengths = [length, length / 2, length / 3, length / 12 + 2].filter((l) => length % l === 0);
      return fc.record({
        table: fc.constant(table),
        sequences: fc.constant(sequences),
        instances: instancesOf(table, sequences, copies, () => true, packLengths),
        seed: fc.nat(),
      });
    });

  it('of different lengths share no row, and no piece goes over their edge', () => {
    let kinds = 0;
    fc.assert(
      fc.property(grouped, ({ table, sequences, instances, seed }) => {
        const rows = rowsOf(packRows(instances, table, sequences, seed)[0]!, table);
        const innerOf = new Map(Array.from(instances.document, (d, i) => [d, instances.packLength![i]!]));
        kinds = Math.max(kinds, new Set(innerOf.values()).size);
        const short = new Map<number, number>();
        for (const row of rows) {
          const inner = new Set(row.map(({ document }) => innerOf.get(document)!));
          const [length] = inner as unknown as [number];
          const isGood =
            total(row) <= sequences.length &&
            inner.size === 1 &&
            stretches(row, length) <= sequences.length / length;
          // `expect` takes longer than all that it looks at here, so it is called for what is wrong.
          if (!isGood) expect.unreachable(`a row of ${total(row)} tokens: ${JSON.stringify(row)}`);
          // A row that another inner row would have fitted in.
          if (total(row) <= sequences.length - length) short.set(length, (short.get(length) ?? 0) + 1);
        }
        if (sequences.packing === 'concat') {
          // Concatenated inner rows are full, but where a copy would meet another, and the last one of a length.
          for (const n of short.values()) expect(n).toBeLessThanOrEqual(2 * instances.mostCopies);
        }
      }),
      fuzz(80),
    );
    expect(kinds).toBeGreaterThan(1);
  });

  it('are what a document fits in, or not: best-fit cuts none that do', () => {
    let between = 0;
    fc.assert(
      fc.property(fc.oneof(plain, grouped), ({ table, sequences, instances, seed }) => {
        const plans = packRows(instances, table, sequences, seed);
        const quality = packingQuality(plans, table, instances, sequences);
        const innerOf = new Map(
          Array.from(instances.document, (d, i) => [d, sequences.packLength ?? instances.packLength![i]!]),
        );
        const whole = ({ document, take }: Piece) =>
          take + Number(sequences.bos) + Number(sequences.eos && take === table.lengths[document]!);
        const firsts = rowsOf(plans[0]!, table)
          .flat()
          .filter(({ start }) => start === 0);
        const fitting = firsts.filter((piece) => whole(piece) <= innerOf.get(piece.document)!);
        between += firsts.filter((piece) => whole(piece) <= sequences.length).length - fitting.length;
        expect(quality.fitting).toBe(fitting.length);
        expect(quality.fittingCut).toBe(fitting.filter((piece) => piece.length < whole(piece)).length);
        if (sequences.packing === 'best-fit') expect(quality.fittingCut).toBe(0);
      }),
      fuzz(80),
    );
    expect(between).toBeGreaterThan(often(35));
  });

  it('hold all of every copy once', () => {
    fc.assert(
      fc.property(grouped, ({ table, sequences, instances, seed }) => {
        const tokens = new Map<string, number[]>();
        for (const piece of rowsOf(packRows(instances, table, sequences, seed)[0]!, table).flat()) {
          const key = `${piece.document}/${piece.take}`;
          const seen = tokens.get(key) ?? [];
          tokens.set(key, seen);
          for (let t = piece.start; t < piece.start + piece.length; t += 1) seen[t] = (seen[t] ?? 0) + 1;
        }
        const takes = takesOf(instances, table);
        const expected = new Map<string, number[]>();
        for (let i = 0; i < instances.count; i += 1) {
          const [document, take] = [instances.document[i]!, takes[i]!];
          const length = take + (sequences.eos && take === table.lengths[document]! ? 1 : 0);
          const before = expected.get(`${document}/${take}`)?.[0] ?? 0;
          expected.set(`${document}/${take}`, new Array<number>(length).fill(before + 1));
        }
        expect(tokens).toEqual(expected);
      }),
      fuzz(40),
    );
  });
});
