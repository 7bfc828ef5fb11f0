/** A row plan in a file: every range of rows is read back unchanged, and a damaged file is refused with one error. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieceTokens } from '../../src/base/sequence.ts';
import { LongmixError } from '../../src/errors.ts';
import { openRowPlan, writeRowPlan } from '../../src/execute/row-plan-file.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';
import type { RowPlan } from '../../src/nouns/rows.ts';
import { packRows } from '../../src/pack/rows.ts';
import { temporaryFolder } from '../support/folder.ts';
import { instancesOf } from '../support/instances.ts';
import { sequenceSpec } from '../support/recipes.ts';
import { corpora } from '../support/table.ts';

const identity = { fingerprint: 'f', set: 'train' };

/** What the shard writer takes of rows [first, end), piece by piece. */
function piecesOf(plan: RowPlan, first: number, end: number): unknown[][] {
  return Array.from({ length: end - first }, (_, r) => {
    const row = first + r;
    const begin = row === 0 ? 0 : plan.rowEnds[row - 1]!;
    return Array.from({ length: plan.rowEnds[row]! - begin }, (_, p) => {
      const piece = begin + p;
      return [plan.document[piece], plan.length[piece], pieceTokens(plan, piece)];
    });
  });
}

/** The same with every third whole document as one with its middle at the end. */
function withFim(plan: RowPlan): RowPlan {
  const cut = new Set(plan.cuts.piece);
  const whole = Array.from(plan.document.keys()).filter((piece) => !cut.has(piece) && piece % 3 === 0);
  return { ...plan, fim: Uint32Array.from(whole) };
}

const ways: [name: string, sequences: Partial<SequenceSpec>, copies: number, packLengths: number[]][] = [
  ['best-fit', {}, 1, []],
  ['best-fit of documents that repeat', {}, 4, []],
  ['concat', { packing: 'concat', bos: true }, 1, []],
  ['concat without the tails', { packing: 'concat', tails: 'discard' }, 1, []],
  ['pad of documents that repeat', { packing: 'pad' }, 3, []],
  ['rows of rows', { packLength: 64 }, 1, []],
  ['rows of rows of several lengths', {}, 2, [32, 64, 128]],
  ['wide rows, whose lengths need 32 bits', { length: 70_000 }, 1, []],
  [
    'decompose',
    { packing: 'decompose', eos: false, decompose: { smallest: 32, odds: [1, 1, 1], cycles: 1 } },
    1,
    [],
  ],
];

describe('a row plan that is written and read', () => {
  it.each(ways)('%s: any rows of it are as they were', (_, more, copies, packLengths) => {
    const folder = temporaryFolder();
    const sequences = sequenceSpec({ length: 128, ...more });
    const cases = corpora(40).chain(({ table }) =>
      fc.record({
        table: fc.constant(table),
        instances: instancesOf(table, sequences, copies, () => true, packLengths),
        cuts: fc.tuple(
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0, max: 1, noNaN: true }),
        ),
      }),
    );
    fc.assert(
      fc.property(cases, ({ table, instances, cuts }) => {
        const plans = packRows(instances, table, sequences, 1);
        for (const plan of [...plans, ...plans.map(withFim)]) {
          const path = join(folder, 'plan.rows');
          writeRowPlan(path, plan, identity);
          const file = openRowPlan(path, identity);
          expect(file.rows).toBe(plan.rows);
          const [first, end] = cuts.map((cut) => Math.round(cut * plan.rows)).sort((a, b) => a - b);
          for (const [from, to] of [[0, plan.rows] as const, [first!, end!] as const]) {
            const taken = file.take(from, to);
            const { width, bos, eos, repeats } = plan;
            expect(taken).toMatchObject({ width, bos, eos, repeats, rows: to - from });
            expect(taken.length).toBeInstanceOf(plan.length.constructor);
            expect(piecesOf(taken, 0, to - from)).toEqual(piecesOf(plan, from, to));
          }
          file.close();
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('a row plan that can not be trusted', () => {
  const plan: RowPlan = {
    ...{ width: 8, rows: 2, bos: false, eos: true, repeats: null },
    rowEnds: Uint32Array.of(2, 3),
    document: Uint32Array.of(0, 1, 1),
    length: Uint16Array.of(4, 4, 3),
    cuts: { piece: Uint32Array.of(1, 2), start: Uint32Array.of(0, 4), take: Uint32Array.of(6, 6) },
  };
  const written = () => {
    const path = join(temporaryFolder(), 'plan.rows');
    writeRowPlan(path, plan, identity);
    return path;
  };
  const reading = (path: string, of = identity): LongmixError | null => {
    try {
      const file = openRowPlan(path, of);
      try {
        file.take(0, file.rows);
      } finally {
        file.close();
      }
      return null;
    } catch (error) {
      if (error instanceof LongmixError) return error;
      throw error;
    }
  };

  it('is refused wherever a byte of it has changed', () => {
    const path = written();
    const bytes = readFileSync(path);
    expect(reading(path)).toBeNull();
    const untouched: number[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x10;
      writeFileSync(path, changed);
      const error = reading(path);
      if (error === null) untouched.push(changed[at]! ^ 0x10);
      else expect(error).toMatchObject({ code: 'row-plan-damaged', exitCode: 1 });
    }
    // What stands between columns, and is never read, is zeros.
    expect(new Set(untouched)).toEqual(new Set([0]));
    expect(untouched.length).toBeLessThan(40);
  });

  it('is refused wherever it was cut short', () => {
    const bytes = readFileSync(written());
    for (let size = 0; size < bytes.length - 8; size += 7) {
      const path = written();
      truncateSync(path, size);
      expect(reading(path), String(size)).toMatchObject({ code: 'row-plan-damaged' });
    }
  });

  it('is refused where it is of another plan, of another set, or not there', () => {
    const path = written();
    expect(reading(path, { ...identity, fingerprint: 'g' })).toMatchObject({
      code: 'job-stale',
      exitCode: 2,
    });
    expect(reading(path, { ...identity, set: 'validation' })).toMatchObject({ code: 'job-stale' });
    expect(reading(`${path}.gone`)).toMatchObject({ code: 'row-plan-missing' });
  });
});
