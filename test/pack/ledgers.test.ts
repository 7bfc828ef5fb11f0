/** Compares ledgers of several shard sets with a count token by token. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieceTokens, usableTokens } from '../../src/base/sequence.ts';
import { cellNumbers } from '../../src/bucket/cells.ts';
import { type DropReason, dropReasons, type Ledger } from '../../src/nouns/ledger.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';
import type { RowPlan } from '../../src/nouns/rows.ts';
import {
  discardsTails,
  imbalances,
  keepLedgers,
  type PackedPhase,
  type SplitDocuments,
} from '../../src/pack/accounts/ledger.ts';
import { packRows } from '../../src/pack/rows.ts';
import { fuzz, often } from '../support/fuzz.ts';
import { instancesOf, takesOf } from '../support/instances.ts';
import { bucketsOf, mixes, sequenceSpec, sequenceSpecs } from '../support/recipes.ts';
import { corpora } from '../support/table.ts';

const decomposed: fc.Arbitrary<SequenceSpec> = fc
  .record({ smallest: fc.constantFrom(2, 8), lengths: fc.integer({ min: 1, max: 6 }), bos: fc.boolean() })
  .map(({ smallest, lengths, bos }) =>
    sequenceSpec({
      ...{ length: smallest * 2 ** (lengths - 1), packing: 'decompose', bos },
      decompose: { smallest, odds: new Array<number>(lengths).fill(1), cycles: 1 },
    }),
  );

interface Case {
  readonly split: SplitDocuments;
  readonly phases: readonly PackedPhase[];
  readonly seed: number;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    corpus: corpora(25),
    phases: fc.integer({ min: 1, max: 3 }),
    disjoint: fc.boolean(),
    seed: fc.nat(),
  })
  .chain(({ corpus: { table }, phases, disjoint, seed }) =>
    mixes(table.sources, 1000).chain((mix) => {
      const buckets = bucketsOf(mix);
      const cells = table.sources.length * buckets.length;
      const cellOf = cellNumbers(table, buckets, table.lengths);
      const perDocument = (values: fc.Arbitrary<number>) =>
        fc
          .array(values, { minLength: table.count, maxLength: table.count })
          .map((all) => Uint8Array.from(all));
      return fc
        .record({
          held: perDocument(fc.constantFrom(0, 0, 0, 1)),
          excluded: perDocument(fc.constantFrom(0, 0, 0, 0, 1, 2, 3)),
          phaseOf: perDocument(fc.nat(phases - 1)),
          specs: fc.array(fc.oneof(sequenceSpecs, sequenceSpecs, decomposed), {
            minLength: phases,
            maxLength: phases,
          }),
          inCells: fc.array(fc.array(fc.constantFrom(0, 1, 1, 1), { minLength: cells, maxLength: cells }), {
            minLength: phases,
            maxLength: phases,
          }),
          copies: fc.integer({ min: 1, max: 3 }),
        })
        .chain(({ held, excluded, phaseOf, specs, inCells, copies }) => {
          const split: SplitDocuments = { table, cellOf, buckets, held, side: 0, excluded };
          const made = specs.map((sequences, p) => {
            const inCell = Uint8Array.from(inCells[p]!);
            const allowed = (d: number) =>
              held[d] === 0 &&
              excluded[d] === 0 &&
              inCell[cellOf[d]!] === 1 &&
              (!disjoint || phaseOf[d] === p) &&
              !(mix.length?.rule.kind === 'remove_long' && bucketLong(d));
            const bucketLong = (d: number) =>
              buckets[cellOf[d]! % buckets.length]!.from >= mix.length!.threshold;
            return instancesOf(table, sequences, copies, allowed).map((instances): PackedPhase => {
              const plans = packRows(instances, table, sequences, seed);
              return { mix, sequences, instances, plans, inCell };
            });
          });
          return fc.record({
            split: fc.constant(split),
            phases: fc.tuple(...made),
            seed: fc.constant(seed),
          });
        });
    }),
  );

/** Which tokens of each document stand in a plan's rows, and how many with every copy. */
function seen(plan: RowPlan, lengths: ArrayLike<number>) {
  const marks = Array.from(lengths, (length) => new Uint8Array(length));
  const copies = new Float64Array(lengths.length);
  for (const [p, document] of plan.document.entries()) {
    const { from, to } = pieceTokens(plan, p);
    marks[document]!.fill(1, from, to);
    copies[document]! += to - from;
  }
  return { marks, copies };
}

type Counts = Record<string, number>;

/** The account of `sets`, cell by cell, from a look at each token of each document. */
function naive(
  { split, phases }: Case,
  sets: readonly { readonly phase: PackedPhase; readonly plan: RowPlan }[],
  asking: readonly PackedPhase[],
): Map<number, Counts> {
  const { table, cellOf, buckets, held, excluded } = split;
  const all = phases.flatMap(({ plans }) => plans.map((plan) => seen(plan, table.lengths)));
  const mine = sets.map(({ plan }) => seen(plan, table.lengths));
  const cells = new Map<number, Counts>();
  for (let d = 0; d < table.count; d += 1) {
    if (held[d] === 1) continue;
    const cell = cellOf[d]!;
    const counts = cells.get(cell) ?? {};
    cells.set(cell, counts);
    const add = (what: string, n: number) => {
      counts[what] = (counts[what] ?? 0) + n;
    };
    const asked = asking.filter(({ inCell }) => inCell[cell] === 1);
    const selected = Math.max(
      0,
      ...asking.flatMap(({ instances }) =>
        takesOf(instances, table).filter((_, i) => instances.document[i] === d),
      ),
    );
    const usable = Math.max(0, ...asked.map(({ sequences }) => usableTokens(table.lengths[d]!, sequences)));
    const isLong = (phase: PackedPhase) =>
      phase.mix.length?.rule.kind === 'remove_long' &&
      buckets[cell % buckets.length]!.from >= phase.mix.length.threshold;
    const reason = (t: number): DropReason => {
      if (excluded[d]! > 0) return dropReasons[excluded[d]! - 1]!;
      if (asked.length === 0) return 'in_no_cell';
      if (t < selected) return 'tail_discarded';
      if (t < usable) return asked.every(isLong) ? 'long_removed' : 'not_sampled';
      return usable === 0 ? 'overlong_excluded' : 'overlong_truncated';
    };
    add('documents', 1);
    add('packedDocuments', mine.some(({ copies }) => copies[d]! > 0) ? 1 : 0);
    add('read', table.lengths[d]!);
    add(
      'packedInstances',
      mine.reduce((sum, { copies }) => sum + copies[d]!, 0),
    );
    for (let t = 0; t < table.lengths[d]!; t += 1) {
      if (mine.some(({ marks }) => marks[d]![t] === 1)) add('packedOnce', 1);
      else if (all.some(({ marks }) => marks[d]![t] === 1)) add('elsewhere', 1);
      else add(reason(t), 1);
    }
  }
  return cells;
}

function expectCells(
  ledger: Ledger,
  expected: ReadonlyMap<number, Counts>,
  { table, buckets }: SplitDocuments,
) {
  const found = new Map(
    ledger.cells.map(({ source, bucket, dropped, ...counts }) => {
      const cell = table.sources.indexOf(source) * buckets.length + buckets.indexOf(bucket);
      const all = Object.entries({ ...counts, ...dropped }).filter(([, n]) => n !== 0);
      return [cell, Object.fromEntries(all)];
    }),
  );
  const nonZero = [...expected].map(
    ([cell, counts]) =>
      [cell, Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0))] as const,
  );
  expect(found).toEqual(new Map(nonZero));
}

describe('the ledgers of several shard sets', () => {
  it('balance each by itself and as a whole, and are what a look at every token gives', () => {
    let several = 0;
    let elsewhere = 0;
    fc.assert(
      fc.property(cases, (made) => {
        const { split, phases } = made;
        const { sets, whole } = keepLedgers(split, phases);
        const plans = phases.flatMap((phase) => phase.plans.map((plan) => ({ phase, plan })));
        expect(sets.length).toBe(plans.length);
        if (plans.length > 1) several += 1;
        for (const [s, set] of plans.entries()) {
          const ledger = sets[s]!;
          expect(imbalances(ledger, discardsTails(set.phase.sequences))).toEqual([]);
          expectCells(ledger, naive(made, [set], [set.phase]), split);
          expect(ledger.width).toBe(set.plan.width);
          if (ledger.dropped.elsewhere > 0) elsewhere += 1;
        }
        expect(
          imbalances(
            whole,
            phases.some(({ sequences }) => discardsTails(sequences)),
          ),
        ).toEqual([]);
        expectCells(whole, naive(made, plans, phases), split);
        expect(whole.dropped.elsewhere).toBe(0);
        const sum = (of: (ledger: Ledger) => number) => sets.reduce((total, ledger) => total + of(ledger), 0);
        for (const what of ['rows', 'rowTokens', 'specialTokens', 'padding', 'packedInstances'] as const) {
          expect(whole[what]).toBe(sum((ledger) => ledger[what]));
        }
      }),
      fuzz(250),
    );
    expect(several).toBeGreaterThan(often(100));
    expect(elsewhere).toBeGreaterThan(often(100));
  });

  it('show a piece that is lost, one of a document that no mix may take, and instances out of order', () => {
    fc.assert(
      fc.property(cases, fc.nat(), ({ split, phases: [phase] }, at) => {
        const { instances, plans, sequences } = phase!;
        const [plan] = plans;
        if (plan === undefined || plan.document.length === 0 || sequences.packing === 'decompose') return;
        const faults = (changed: Partial<SplitDocuments>, changedPhase: Partial<PackedPhase>) => {
          const { whole } = keepLedgers({ ...split, ...changed }, [{ ...phase!, ...changedPhase }]);
          return imbalances(whole, discardsTails(sequences));
        };
        const document = plan.document[at % plan.document.length]!;
        const once = Array.from(plan.document).filter((d) => d === document).length === 1;
        const excluded = split.excluded.map((reason, d) => (d === document ? 2 : reason));
        if (split.table.lengths[document]! > 0) expect(faults({ excluded }, {})).not.toEqual([]);
        if (once && !discardsTails(sequences)) {
          // Another document's tokens in its stead.
          const other = plan.document.map((d) => (d === document ? (d + 1) % split.table.count : d));
          if (split.table.count > 1) {
            expect(faults({}, { plans: [{ ...plan, document: other }] })).not.toEqual([]);
          }
        }
        if (instances.document[0] !== instances.document.at(-1)) {
          const reversed = { ...instances, document: instances.document.toReversed() };
          expect(() => faults({}, { instances: reversed })).toThrow('order');
        }
      }),
      fuzz(100),
    );
  });
});
