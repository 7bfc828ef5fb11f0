import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellNumbers } from '../../src/bucket/cells.ts';
import { planMix, takeHeldOut } from '../../src/mix/mix.ts';
import type { Instances } from '../../src/nouns/mix.ts';
import type { MixSpec, SequenceSpec } from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { packingQuality } from '../../src/pack/accounts/quality.ts';
import { packRows } from '../../src/pack/rows.ts';
import { fraction, fuzz, often } from '../support/fuzz.ts';
import { takesOf } from '../support/instances.ts';
import {
  bucketsOf,
  everySource,
  mixes,
  mixSpec,
  onePhase,
  sequenceSpec,
  sequenceSpecs,
  unlessInfeasible,
} from '../support/recipes.ts';
import { type Piece, rowsOf } from '../support/rows.ts';
import { corpora, tableOf } from '../support/table.ts';

function mixed(table: DocumentTable, mix: MixSpec, sequences: SequenceSpec, seed: number): Instances | null {
  const buckets = bucketsOf(mix);
  const none = new Uint8Array(table.count);
  const plan = unlessInfeasible(() =>
    planMix(table, cellNumbers(table, buckets, table.lengths), buckets, none, onePhase(mix, sequences, seed)),
  );
  return plan === null ? null : plan[0]!.instances;
}

/** Everything that planning has up to the rows; the sequences are about as long as the documents. */
const plans = corpora(60).chain(({ table }) => {
  const most = table.lengths.reduce((sum, length) => sum + length, 0);
  return fc.record({
    table: fc.constant(table),
    mix: mixes(table.sources, most),
    sequences: sequenceSpecs,
    seed: fc.maxSafeNat(),
  });
});

describe('packRows', () => {
  it('never puts copies of a document into one row, nor two pieces of it', () => {
    let repeated = 0;
    fc.assert(
      fc.property(plans, fraction(1, 6), ({ table, sequences, seed }, epochs) => {
        const corpus = table.lengths.reduce((sum, length) => sum + length, 0);
        const tokens = Math.max(1, Math.ceil(epochs * corpus));
        const mix = mixSpec({ tokens, method: 'repeat', maxEpochs: everySource(1e4) });
        const instances = mixed(table, mix, sequences, seed);
        if (instances === null) return;
        const copies = new Set(instances.document).size < instances.count;
        if (copies) repeated += 1;
        const meeting = rowsOf(packRows(instances, table, sequences, seed)[0]!, table).filter(
          (row) => new Set(row.map(({ document }) => document)).size < row.length,
        );
        expect(meeting).toEqual([]);
      }),
      fuzz(200),
    );
    expect(repeated).toBeGreaterThan(often(100));
  });

  it('spreads the copies of a document over the run', () => {
    const documents = Array.from({ length: 400 }, (_, d) => ({ source: 0, text: d, length: 50 }));
    const table = tableOf(documents, ['only']);
    const mix = mixSpec({ tokens: 80_000, method: 'repeat', maxEpochs: everySource(4) });
    const sequences = sequenceSpec({ length: 500, eos: false });
    const instances = mixed(table, mix, sequences, 7)!;
    expect(instances.count).toBe(1600);
    const rows = rowsOf(packRows(instances, table, sequences, 7)[0]!, table);
    const places = documents.map(() => [] as number[]);
    for (const [r, row] of rows.entries())
      for (const { document } of row) places[document]!.push(r / rows.length);
    // Copy k is in the k-th quarter of the run.
    for (const found of places) expect(found.map((place) => Math.floor(place * 4))).toEqual([0, 1, 2, 3]);
  });

  it('holds every copy from its first token to its last, special tokens at its ends', () => {
    fc.assert(
      fc.property(plans, ({ table, mix, sequences, seed }) => {
        const instances = mixed(table, mix, sequences, seed);
        if (instances === null) return;
        const discards = sequences.packing === 'concat' && sequences.tails === 'discard';
        const rows = rowsOf(packRows(instances, table, sequences, seed)[0]!, table);
        const width = sequences.length + (sequences.plusOne ? 1 : 0);
        const expected = new Map<string, number>();
        const found = new Map<string, number>();
        const add = (map: Map<string, number>, key: string, n: number) =>
          map.set(key, (map.get(key) ?? 0) + n);
        const takes = takesOf(instances, table);
        for (let i = 0; i < instances.count; i += 1) {
          const [document, take] = [instances.document[i]!, takes[i]!];
          const complete = take === table.lengths[document]!;
          const whole = take + (sequences.bos ? 1 : 0) + (sequences.eos && complete ? 1 : 0);
          add(
            expected,
            `${document}/${take}`,
            sequences.overlong === 'truncate' ? Math.min(whole, width) : whole,
          );
        }
        for (const row of rows) {
          const tokens = row.reduce((sum, { length }) => sum + length, 0);
          expect(tokens).toBeLessThanOrEqual(width);
          for (const { document, take, length } of row) add(found, `${document}/${take}`, length);
        }
        if (!discards) expect(found).toEqual(expected);
        for (const [copy, tokens] of found) expect(tokens).toBeLessThanOrEqual(expected.get(copy)!);
      }),
      fuzz(200),
    );
  });

  it('cuts no document that fits with best-fit, and only documents that do not with truncate: none', () => {
    fc.assert(
      fc.property(plans, ({ table, mix, sequences: some, seed }) => {
        const sequences: SequenceSpec = { ...some, packing: 'best-fit' };
        const instances = mixed(table, mix, sequences, seed);
        if (instances === null) return;
        const plan = packRows(instances, table, sequences, seed)[0]!;
        for (const { document, take, start, length } of rowsOf(plan, table).flat()) {
          const complete = take === table.lengths[document]!;
          const whole = take + (sequences.bos ? 1 : 0) + (sequences.eos && complete ? 1 : 0);
          if (whole <= plan.width) expect([start, length]).toEqual([0, whole]);
          if (sequences.overlong !== 'fragment') expect(start).toBe(0);
        }
        expect(packingQuality([plan], table, instances, sequences).fittingCut).toBe(0);
      }),
      fuzz(200),
    );
  });

  it.each(['best-fit', 'concat', 'pad'] as const)(
    'truncates a document that lacks room for its EOS alone: one row, no EOS (%s)',
    (packing) => {
      const table = tableOf([{ source: 0, text: 1, length: 9 }], ['only']);
      const sequences = sequenceSpec({ length: 10, packing, overlong: 'truncate', bos: true });
      const instances = takeHeldOut(table, Uint8Array.of(1), Uint8Array.of(0), sequences);
      const rows = rowsOf(packRows(instances, table, sequences, 0)[0]!, table);
      expect(rows).toEqual([[{ document: 0, take: 9, start: 0, length: 10 }]]);
    },
  );

  it('shuffles: neither the rows nor the pieces in a row are sorted by length', () => {
    const documents = Array.from({ length: 600 }, (_, d) => ({
      source: 0,
      text: d,
      length: 1 + ((d * 37) % 199),
    }));
    const table = tableOf(documents, ['only']);
    const mix = mixSpec({ tokens: 'all', method: 'drop', maxEpochs: everySource(1) });
    const sequences = sequenceSpec({ length: 256 });
    const instances = mixed(table, mix, sequences, 1)!;
    const longest = (seed: number) =>
      rowsOf(packRows(instances, table, sequences, seed)[0]!, table).map((row) =>
        Math.max(...row.map((p) => p.length)),
      );
    const rows = longest(1);
    const descents = rows.filter((length, r) => r > 0 && length < rows[r - 1]!).length;
    // A shuffled order falls in nearly half of its steps; a sorted one in none, or in nearly all.
    expect(descents / rows.length).toBeGreaterThan(0.35);
    expect(descents / rows.length).toBeLessThan(0.65);
    expect(longest(2)).not.toEqual(rows);
    const first = rowsOf(packRows(instances, table, sequences, 1)[0]!, table).filter((row) => row.length > 1);
    for (const extreme of [Math.max, Math.min]) {
      const begins = first.filter((row) => row[0]!.length === extreme(...row.map((p) => p.length))).length;
      // Most rows have two or three pieces.
      expect(begins / first.length).toBeGreaterThan(0.2);
      expect(begins / first.length).toBeLessThan(0.8);
    }
  });

  it('gives the same rows for the same documents in any order of the table', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ text: fc.nat(10_000), length: fc.integer({ min: 1, max: 90 }) }), {
          selector: ({ text }) => text,
          minLength: 1,
          maxLength: 40,
          size: 'max',
        }),
        sequenceSpecs,
        fc.nat(),
        (documents, sequences, seed) => {
          // Keys differ, so nothing is left to the document's number.
          const texts = (order: typeof documents) => {
            const table = tableOf(
              order.map((document) => ({ ...document, source: 0 })),
              ['only'],
            );
            const instances = takeHeldOut(
              table,
              new Uint8Array(table.count).fill(1),
              new Uint8Array(table.count),
              sequences,
            );
            return rowsOf(packRows(instances, table, sequences, seed)[0]!, table).map((row) =>
              row.map(({ document, start, length }) => [order[document]!.text, start, length]),
            );
          };
          expect(texts(documents.toReversed())).toEqual(texts(documents));
        },
      ),
      fuzz(100),
    );
  });
});

describe('packingQuality', () => {
  it('counts what the rows show', () => {
    fc.assert(
      fc.property(plans, ({ table, mix, sequences, seed }) => {
        const instances = mixed(table, mix, sequences, seed);
        if (instances === null || instances.count === 0) return;
        const plan = packRows(instances, table, sequences, seed)[0]!;
        const quality = packingQuality([plan], table, instances, sequences);
        const pieces = rowsOf(plan, table).flat();
        const tokens = pieces.reduce((sum, { length }) => sum + length, 0);
        expect(quality.pieces).toBe(pieces.length);
        const firsts = pieces.filter(({ start }) => start === 0);
        const whole = ({ document, take }: Piece) =>
          take + (sequences.bos ? 1 : 0) + (sequences.eos && take === table.lengths[document]! ? 1 : 0);
        const fitting = firsts.filter((piece) => whole(piece) <= plan.width);
        expect(quality.fitting).toBe(fitting.length);
        expect(quality.fittingCut).toBe(fitting.filter((piece) => piece.length < whole(piece)).length);
        expect(quality.meanPieceLength).toBeCloseTo(tokens / pieces.length, 9);
        const context = pieces.reduce((sum, { length }) => sum + length * length, 0) / (2 * tokens);
        expect(quality.meanContextLength).toBeCloseTo(context, 9);
        const perfect = Math.ceil(tokens / plan.width);
        expect(quality.rowsOverConcat).toBeCloseTo(plan.rows / perfect - 1, 9);
        expect(quality.fill).toBeLessThanOrEqual(tokens / (plan.rows * plan.width) + 1e-12);
        const specials = pieces.reduce((sum, { take, start, length }) => {
          const bos = sequences.bos && start === 0 ? 1 : 0;
          const eos = start + length > take + (sequences.bos ? 1 : 0) ? 1 : 0;
          return sum + bos + eos;
        }, 0);
        expect(quality.fill).toBeCloseTo((tokens - specials) / (plan.rows * plan.width), 9);
      }),
      fuzz(100),
    );
  });
});
