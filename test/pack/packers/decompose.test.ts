import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instances } from '../../../src/nouns/mix.ts';
import type { SequenceSpec } from '../../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../../src/nouns/tokens.ts';
import { packingQuality } from '../../../src/pack/accounts/quality.ts';
import { packRows } from '../../../src/pack/rows.ts';
import { fuzz } from '../../support/fuzz.ts';
import { instancesOf, takesOf } from '../../support/instances.ts';
import { sequenceSpec } from '../../support/recipes.ts';
import { rowsOf } from '../../support/rows.ts';
import { corpora, tableOf } from '../../support/table.ts';

const specs = fc
  .record({
    lengths: fc.integer({ min: 1, max: 6 }),
    smallest: fc.constantFrom(2, 4, 16),
    bos: fc.boolean(),
    eos: fc.boolean(),
  })
  .map(({ lengths, smallest, bos, eos }) =>
    sequenceSpec({
      ...{ length: smallest * 2 ** (lengths - 1), packing: 'decompose', bos, eos },
      decompose: { smallest, odds: new Array<number>(lengths).fill(1), cycles: 1 },
    }),
  );

interface Case {
  readonly table: DocumentTable;
  readonly sequences: SequenceSpec;
  readonly instances: Instances;
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(corpora(30), specs, fc.integer({ min: 1, max: 3 }))
  .chain(([{ table }, sequences, copies]) =>
    fc.record({
      table: fc.constant(table),
      sequences: fc.constant(sequences),
      instances: instancesOf(table, sequences, copies),
    }),
  );

/** A sequence's pieces by the definition: largest first, as often as it fits. */
function expansion(length: number, longest: number, smallest: number): [start: number, length: number][] {
  const pieces: [number, number][] = [];
  let start = 0;
  for (let piece = longest; piece >= smallest; piece /= 2) {
    while (length - start >= piece) {
      pieces.push([start, piece]);
      start += piece;
    }
  }
  return pieces;
}

describe('decompose', () => {
  it('cuts sequences by their binary expansion, and gives every piece a row of its length', () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ table, sequences, instances }, seed) => {
        const plans = packRows(instances, table, sequences, seed);
        const widths = plans.map(({ width }) => width);
        expect(widths).toEqual(widths.toSorted((a, b) => a - b));
        expect(plans.filter(({ rows }) => rows === 0)).toEqual([]);
        const found = plans.flatMap((plan) =>
          rowsOf(plan, table).map((row) => {
            expect(row.length).toBe(1);
            const { document, take, start, length } = row[0]!;
            expect(length).toBe(plan.width);
            return [document, take, start, length].join();
          }),
        );
        const takes = takesOf(instances, table);
        const expected = Array.from(instances.document, (document, i) => {
          const take = takes[i]!;
          const eos = sequences.eos && take === table.lengths[document]! ? 1 : 0;
          const sequence = take + (sequences.bos ? 1 : 0) + eos;
          return expansion(sequence, sequences.length, sequences.decompose!.smallest).map((piece) =>
            [document, take, ...piece].join(),
          );
        });
        expect(found.sort()).toEqual(expected.flat().sort());
      }),
      fuzz(80),
    );
  });

  it('gives rows of each length in an order that is not that of the corpus, nor that of the documents in it', () => {
    const documents = Array.from({ length: 500 }, (_, text) => ({ source: 0, text, length: 7 }));
    const table = tableOf(documents, ['only']);
    const sequences = sequenceSpec({
      ...{ length: 4, packing: 'decompose', eos: false },
      decompose: { smallest: 1, odds: [1, 1, 1], cycles: 1 },
    });
    const instances: Instances = {
      ...{ count: 500, mostCopies: 1, packLength: null },
      document: Uint32Array.from(documents.keys()),
      parts: { copy: new Uint32Array(0), take: new Uint32Array(0) },
    };
    const orders = packRows(instances, table, sequences, 3).map((plan) => [...plan.document]);
    expect(orders.length).toBe(3);
    for (const order of orders) {
      const descents = order.filter((d, i) => i > 0 && d < order[i - 1]!).length;
      expect(descents / order.length).toBeGreaterThan(0.4);
      expect(descents / order.length).toBeLessThan(0.6);
    }
    expect(orders[0]).not.toEqual(orders[1]);
  });

  it('has its quality over all lengths together', () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ table, sequences, instances }, seed) => {
        const plans = packRows(instances, table, sequences, seed);
        const quality = packingQuality(plans, table, instances, sequences);
        const lengths = plans.flatMap((plan) => [...plan.length]);
        const sum = lengths.reduce((total, length) => total + length, 0);
        const squares = lengths.reduce((total, length) => total + length ** 2, 0);
        expect(quality.pieces).toBe(lengths.length);
        expect(quality.rowsOverConcat).toBe(0);
        expect(quality.meanPieceLength).toBeCloseTo(sum / Math.max(1, lengths.length), 9);
        expect(quality.meanContextLength).toBeCloseTo(squares / Math.max(1, 2 * sum), 9);
        if (!sequences.bos && !sequences.eos && sum > 0) expect(quality.fill).toBe(1);
      }),
      fuzz(60),
    );
  });
});
