/** The mix and the split by groups. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellNumbers } from '../../src/bucket/cells.ts';
import { planMix } from '../../src/mix/mix.ts';
import { heldOut, unitKeys } from '../../src/mix/split.ts';
import type { PhaseSpec } from '../../src/nouns/recipe.ts';
import type { DocumentGroups, DocumentTable } from '../../src/nouns/tokens.ts';
import { fraction, fuzz, often } from '../support/fuzz.ts';
import { groupsOf } from '../support/groups.ts';
import {
  bucketsOf,
  everySource,
  mixes,
  mixSpec,
  sequenceSpec,
  unlessInfeasible,
} from '../support/recipes.ts';
import { corpora, tableOf } from '../support/table.ts';

const sequences = sequenceSpec({ length: 512, packing: 'groups' });

function planOf(table: DocumentTable, groups: DocumentGroups, phases: readonly PhaseSpec[], seed: number) {
  const buckets = bucketsOf(phases[0]!.mix);
  const cellOf = cellNumbers(table, buckets, table.lengths);
  const recipe = { phases, phaseDocuments: 'disjoint' as const, seed };
  return unlessInfeasible(() =>
    planMix(table, cellOf, buckets, new Uint8Array(table.count), recipe, null, groups),
  );
}

const onePhase = (mix: PhaseSpec['mix'], rows = sequences): PhaseSpec[] => [
  { name: 'train', share: 1, mix, sequences: rows },
];

function timesOf(document: Uint32Array, count: number): number[] {
  const times = new Array<number>(count).fill(0);
  for (const d of document) times[d]! += 1;
  return times;
}

const grouped = corpora(120).chain(({ table, documents }) =>
  fc
    .array(fc.option(fc.nat(15), { freq: 4 }), { minLength: table.count, maxLength: table.count })
    .map((names) => ({ table, documents, names, groups: groupsOf(table, names) })),
);

describe('a mix of groups', () => {
  it('takes all documents of a group equally often, and comes within half a group of the request', () => {
    let partial = 0;
    fc.assert(
      fc.property(grouped, fraction(0.05, 3), fc.nat(), ({ table, groups }, epochs, seed) => {
        const corpus = table.lengths.reduce((sum, length) => sum + length, 0);
        const tokens = Math.max(1, Math.round(epochs * corpus));
        const mix = mixSpec({ tokens, method: 'repeat', maxEpochs: everySource(100) });
        const plans = planOf(table, groups, onePhase(mix), seed);
        if (plans === null) return;
        const [{ instances, cells }] = plans as [NonNullable<typeof plans>[number]];
        const times = timesOf(instances.document, table.count);
        const ofGroup = new Map<number, number>();
        const sizes = new Map<number, number>();
        for (let d = 0; d < table.count; d += 1) {
          if (table.lengths[d] === 0) continue;
          const group = groups.first[d]!;
          expect(ofGroup.get(group) ?? times[d]).toBe(times[d]);
          ofGroup.set(group, times[d]!);
          sizes.set(group, (sizes.get(group) ?? 0) + table.lengths[d]!);
        }
        if (new Set(ofGroup.values()).size > 1) partial += 1;
        const achieved = cells.reduce((sum, cell) => sum + cell.achieved, 0);
        const off = Math.abs(achieved - cells.reduce((sum, cell) => sum + cell.requested, 0));
        expect(off).toBeLessThanOrEqual(Math.max(0, ...sizes.values()) / 2 + 1);
        expect(instances.parts.copy.length).toBe(0);
      }),
      fuzz(100),
    );
    expect(partial).toBeGreaterThan(often(50));
  });

  it('counts in its cells what it takes, whatever the mix', () => {
    fc.assert(
      fc.property(
        grouped.chain(({ table, groups }) =>
          fc.record({
            table: fc.constant(table),
            groups: fc.constant(groups),
            mix: mixes(
              table.sources,
              table.lengths.reduce((sum, length) => sum + length, 0),
            ),
            seed: fc.nat(),
          }),
        ),
        ({ table, groups, mix, seed }) => {
          const plans = planOf(table, groups, onePhase(mix), seed);
          if (plans === null) return;
          const [{ instances, cells }] = plans as [NonNullable<typeof plans>[number]];
          const tokens = instances.document.reduce((sum, d) => sum + table.lengths[d]!, 0);
          expect(cells.reduce((sum, cell) => sum + cell.achieved, 0)).toBe(tokens);
          expect(cells.reduce((sum, cell) => sum + cell.taken, 0)).toBe(new Set(instances.document).size);
          // A cell that is asked for once and nothing else is taken whole.
          for (const cell of cells)
            if (cell.epochs === 1 && cell.usable > 0) expect(cell.taken).toBeGreaterThan(0);
        },
      ),
      fuzz(100),
    );
  });

  it('takes at a smaller rate a part of what it takes at a larger one', () => {
    fc.assert(
      fc.property(
        grouped,
        fraction(0.05, 1),
        fraction(0.05, 1),
        fc.nat(),
        ({ table, groups }, a, b, seed) => {
          const corpus = table.lengths.reduce((sum, length) => sum + length, 0);
          const taken = (share: number) => {
            const tokens = Math.max(1, Math.round(share * corpus));
            const plans = planOf(table, groups, onePhase(mixSpec({ tokens, method: 'drop' })), seed);
            return new Set(plans?.[0]?.instances.document);
          };
          const more = taken(Math.max(a, b));
          for (const d of taken(Math.min(a, b))) expect(more.has(d)).toBe(true);
        },
      ),
      fuzz(60),
    );
  });

  it('gives no group to two phases', () => {
    fc.assert(
      fc.property(grouped, fraction(0.1, 0.9), fc.nat(), ({ table, groups }, share, seed) => {
        const phases = [share, 1 - share].map((part, p) => ({
          name: `p${p}`,
          share: part,
          mix: mixSpec(),
          sequences: p === 0 ? sequences : sequenceSpec({ length: 256 }),
        }));
        const plans = planOf(table, groups, phases, seed)!;
        const [first, second] = plans.map(
          ({ instances }) => new Set(Array.from(instances.document, (d) => groups.first[d]!)),
        );
        expect([...first!].filter((group) => second!.has(group))).toEqual([]);
        const documents = plans.flatMap(({ instances }) => [...instances.document]);
        expect(documents.length).toBe(table.lengths.filter((length) => length > 0).length);
      }),
      fuzz(60),
    );
  });

  it('takes the documents that it takes without groups, where none has a group', () => {
    const table = tableOf(
      Array.from({ length: 500 }, (_, text) => ({ source: text % 2, text, length: 40 })),
      ['a', 'b'],
    );
    const alone = groupsOf(table, new Array<null>(500).fill(null));
    const mix = mixSpec({ tokens: 8000, method: 'drop' });
    const [byGroup] = planOf(table, alone, onePhase(mix), 3)!;
    const [byDocument] = planOf(table, alone, onePhase(mix, sequenceSpec({ length: 512 })), 3)!;
    expect(byGroup!.instances.document).toEqual(byDocument!.instances.document);
  });
});

describe('a split by group', () => {
  it('has all documents of a group on one side, and their copies, and others where they were', () => {
    fc.assert(
      fc.property(grouped, fraction(0, 0.9), fc.nat(), ({ table, documents, names, groups }, share, seed) => {
        const held = heldOut(unitKeys(table, [groups.first], groups), share, seed);
        const plain = heldOut(table, share, seed);
        const side = new Map<string, number>();
        const texts = new Map<number, number>();
        for (const { text } of documents) texts.set(text, (texts.get(text) ?? 0) + 1);
        for (const [d, { text }] of documents.entries()) {
          for (const unit of [`group ${groups.first[d]}`, `text ${text}`]) {
            expect(side.get(unit) ?? held[d]).toBe(held[d]);
            side.set(unit, held[d]!);
          }
          if (names[d] === null && texts.get(text) === 1) expect(held[d]).toBe(plain[d]);
        }
      }),
      fuzz(100),
    );
  });

  it('leaves a group on its side when documents come after it', () => {
    fc.assert(
      fc.property(grouped, fraction(0.1, 0.9), fc.nat(), ({ documents, names }, share, seed) => {
        // No copies, which may join two groups.
        const own = documents.map((document, text) => ({ ...document, text }));
        const sideOf = (count: number) => {
          const table = tableOf(own.slice(0, count), ['alpha', 'beta', 'gamma']);
          const groups = groupsOf(table, names.slice(0, count));
          return heldOut(unitKeys(table, [groups.first], groups), share, seed);
        };
        const all = sideOf(own.length);
        const some = sideOf(Math.ceil(own.length / 2));
        expect([...some]).toEqual([...all.subarray(0, some.length)]);
      }),
      fuzz(60),
    );
  });

  it('holds out a share of the groups', () => {
    const count = 30_000;
    const table = tableOf(
      Array.from({ length: count }, (_, text) => ({ source: 0, text, length: 1 })),
      ['only'],
    );
    const groups = groupsOf(
      table,
      Array.from({ length: count }, (_, d) => Math.floor(d / 3)),
    );
    const held = heldOut(unitKeys(table, [groups.first], groups), 0.1, 3);
    const share = held.reduce((sum, side) => sum + side, 0) / count;
    // Five standard deviations of 10,000 draws.
    expect(Math.abs(share - 0.1)).toBeLessThan(0.015);
  });
});
