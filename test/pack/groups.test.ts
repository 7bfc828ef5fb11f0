import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instances } from '../../src/nouns/mix.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';
import type { DocumentGroups, DocumentTable } from '../../src/nouns/tokens.ts';
import { packers } from '../../src/pack/rows.ts';
import { fuzz } from '../support/fuzz.ts';
import { groupsOf } from '../support/groups.ts';
import { instancesOf, takesOf } from '../support/instances.ts';
import { sequenceSpec, sequenceSpecs } from '../support/recipes.ts';
import { rowsOf } from '../support/rows.ts';
import { corpora, tableOf } from '../support/table.ts';

interface Problem {
  readonly table: DocumentTable;
  readonly groups: DocumentGroups;
  readonly sequences: SequenceSpec;
  readonly instances: Instances;
  readonly seed: number;
}

function problems(mostCopies: number): fc.Arbitrary<Problem> {
  return corpora(60).chain(({ table }) =>
    fc
      .record({
        names: fc.array(fc.option(fc.nat(12), { freq: 3 }), {
          minLength: table.count,
          maxLength: table.count,
        }),
        rank: fc.option(fc.array(fc.nat(5), { minLength: table.count, maxLength: table.count })),
        sequences: sequenceSpecs.map((sequences) => ({ ...sequences, packing: 'groups' as const })),
        seed: fc.maxSafeNat(),
      })
      .chain(({ names, rank, sequences, seed }) =>
        instancesOf(table, sequences, mostCopies).map((instances) => ({
          ...{ table, sequences, instances, seed },
          groups: groupsOf(table, names, rank === null ? null : Uint32Array.from(rank)),
        })),
      ),
  );
}

const widthOf = ({ length, plusOne }: SequenceSpec) => length + Number(plusOne);

/** The copies of each group in their order: copy by copy, by rank, then number; with the tokens of their sequences. */
function copiesOfGroups({ table, groups, instances, sequences }: Problem) {
  const takes = takesOf(instances, table);
  const seen = new Map<number, number>();
  const units = new Map<string, { document: number; take: number; length: number }[]>();
  for (let i = 0; i < instances.count; i += 1) {
    const document = instances.document[i]!;
    const copy = seen.get(document) ?? 0;
    seen.set(document, copy + 1);
    const take = takes[i]!;
    const isWhole = take === table.lengths[document]!;
    const whole = take + Number(sequences.bos) + (isWhole ? Number(sequences.eos) : 0);
    const length = sequences.overlong === 'truncate' ? Math.min(whole, widthOf(sequences)) : whole;
    const name = `${groups.first[document]}/${copy}`;
    if (length > 0) units.set(name, [...(units.get(name) ?? []), { document, take, length }]);
  }
  const rank = (document: number) => groups.rank?.[document] ?? 0;
  return [...units.values()].map((unit) =>
    unit.sort((a, b) => rank(a.document) - rank(b.document) || a.document - b.document),
  );
}

/** The parts of a group as one would cut them by hand: document by document, a new part where one does not fit. */
function partsByHand(unit: readonly { document: number; take: number; length: number }[], width: number) {
  const parts: { document: number; take: number; start: number; length: number }[][] = [[]];
  let left = width;
  for (const { document, take, length } of unit) {
    for (let start = 0; start < length; start += width) {
      const piece = Math.min(width, length - start);
      if (piece > left) {
        parts.push([]);
        left = width;
      }
      parts.at(-1)!.push({ document, take, start, length: piece });
      left -= piece;
    }
  }
  return parts.filter((part) => part.length > 0);
}

describe('packing groups', () => {
  it('puts each part of a group into a row, in order and without a gap, and cuts only between documents', () => {
    let several = 0;
    fc.assert(
      fc.property(problems(3), (problem) => {
        const { table, sequences } = problem;
        const width = widthOf(sequences);
        const [plan] = packers.groups(problem);
        const rows = rowsOf(plan!, table);
        const expected = copiesOfGroups(problem).flatMap((unit) => partsByHand(unit, width));
        several += expected.filter((part) => part.length > 1).length;
        // Take the parts out of the rows one by one; nothing may be left.
        const left = rows.map((row) => row.map((piece) => JSON.stringify(piece)).join());
        for (const part of expected.sort((a, b) => b.length - a.length)) {
          const words = part.map((piece) => JSON.stringify(piece)).join();
          const at = left.findIndex((row) => row.includes(words));
          expect(at, words).toBeGreaterThanOrEqual(0);
          left[at] = left[at]!.replace(words, '');
        }
        expect(left.join('').replaceAll(',', '')).toBe('');
        for (const row of rows)
          expect(row.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(width);
      }),
      fuzz(150),
    );
    expect(several).toBeGreaterThan(100);
  });

  it('never puts copies of a document into one row', () => {
    fc.assert(
      fc.property(problems(6), (problem) => {
        const [plan] = packers.groups(problem);
        const meeting = rowsOf(plan!, problem.table).filter(
          (row) => new Set(row.map(({ document }) => document)).size < row.length,
        );
        expect(meeting).toEqual([]);
      }),
      fuzz(100),
    );
  });

  it('has the rows of the naive best-fit', () => {
    fc.assert(
      fc.property(problems(2), (problem) => {
        expect(packers.groups(problem)).toEqual(packers['groups-naive'](problem));
      }),
      fuzz(100),
    );
  });

  it('takes as many rows as best-fit where no document has a group', () => {
    fc.assert(
      fc.property(problems(1), ({ groups: _, ...problem }) => {
        const alone = { ...problem, groups: null };
        expect(packers.groups(alone)[0]!.rows).toBe(packers['best-fit'](alone)[0]!.rows);
      }),
      fuzz(100),
    );
  });

  it('spreads the copies of a group over the run', () => {
    const table = tableOf(
      Array.from({ length: 900 }, (_, d) => ({ source: 0, text: d, length: 50 })),
      ['only'],
    );
    const groups = groupsOf(
      table,
      Array.from({ length: 900 }, (_, d) => Math.floor(d / 3)),
    );
    const document = Uint32Array.from({ length: 3600 }, (_, i) => Math.floor(i / 4));
    const parts = { copy: new Uint32Array(0), take: new Uint32Array(0) };
    const instances: Instances = { count: 3600, document, parts, mostCopies: 4, packLength: null };
    const sequences = sequenceSpec({ length: 300, eos: false, packing: 'groups' });
    const [plan] = packers.groups({ table, groups, instances, sequences, seed: 1 });
    const places = Array.from({ length: 900 }, () => [] as number[]);
    for (const [r, row] of rowsOf(plan!, table).entries())
      for (const { document: d } of row) places[d]!.push(r / plan!.rows);
    // About a quarter of the run is between a copy and the next.
    const gaps = places.flatMap((found) => found.slice(1).map((place, n) => place - found[n]!));
    expect(Math.min(...gaps)).toBeGreaterThan(0.1);
    expect(plan!.rows).toBeLessThanOrEqual(604);
  });
});
