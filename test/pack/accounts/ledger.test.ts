import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellNumbers } from '../../../src/bucket/cells.ts';
import { planMix, takeHeldOut } from '../../../src/mix/mix.ts';
import { heldOut } from '../../../src/mix/split.ts';
import { dropReasons, type Ledger, type LedgerEntry } from '../../../src/nouns/ledger.ts';
import type { Instances } from '../../../src/nouns/mix.ts';
import type { MixSpec, SequenceSpec } from '../../../src/nouns/recipe.ts';
import type { RowPlan } from '../../../src/nouns/rows.ts';
import type { DocumentTable } from '../../../src/nouns/tokens.ts';
import { discardsTails, imbalances, keepLedgers } from '../../../src/pack/accounts/ledger.ts';
import { packRows } from '../../../src/pack/rows.ts';
import { rowOf } from '../../../src/shard/reader.ts';
import { writeShard } from '../../../src/shard/writer.ts';
import { fuzz } from '../../support/fuzz.ts';
import { takesOf } from '../../support/instances.ts';
import { bucketsOf, mixes, onePhase, sequenceSpecs, unlessInfeasible } from '../../support/recipes.ts';
import { expectLedger, recount, type SeenRow } from '../../support/recount.ts';
import { corpora } from '../../support/table.ts';

const specials = { bosId: 60_001, eosId: 60_002, padId: 60_003 };

/** Tokens that no two places of a small corpus share by chance. */
const tokenAt = (document: number, offset: number) => (document * 7919 + offset * 104_729) % 60_000;

function written(plan: RowPlan, table: DocumentTable, dtype: 'uint16' | 'int32'): SeenRow[] {
  const chunks: Uint8Array[] = [];
  const tokens = {
    copy(document: number, start: number, length: number, out: Uint16Array | Int32Array, at: number) {
      for (let i = 0; i < length; i += 1) out[at + i] = tokenAt(document, start + i);
    },
  };
  const sink = { write: (bytes: Uint8Array) => chunks.push(Uint8Array.from(bytes)) };
  writeShard(
    { plan, table, firstRow: 0, endRow: plan.rows },
    tokens,
    { dtype, provenance: true, ...specials },
    sink,
  );
  const [batch] = tableFromIPC(Buffer.concat(chunks)).batches;
  return Array.from({ length: batch?.numRows ?? 0 }, (_, row) => rowOf(batch!, row));
}

interface Case {
  readonly table: DocumentTable;
  readonly mix: MixSpec;
  readonly sequences: SequenceSpec;
  readonly seed: number;
  readonly validation: number;
  readonly dtype: 'uint16' | 'int32';
}

const cases: fc.Arbitrary<Case> = corpora(50).chain(({ table }) => {
  const most = table.lengths.reduce((sum, length) => sum + length, 0);
  return fc.record({
    table: fc.constant(table),
    mix: mixes(table.sources, most),
    sequences: sequenceSpecs,
    seed: fc.nat(),
    validation: fc.constantFrom(0, 0, 0.1, 0.5),
    dtype: fc.constantFrom('uint16' as const, 'int32' as const),
  });
});

/** A split of a plan: its rows, its ledger, and the two kinds of accounts of it. */
interface Accounts {
  readonly instances: Instances;
  readonly ledger: Ledger;
  readonly plan: RowPlan;
}

function accountsOf(made: Case): { train: Accounts; validation: Accounts; held: Uint8Array } | null {
  const { table, mix, sequences, seed } = made;
  const buckets = bucketsOf(mix);
  const cellOf = cellNumbers(table, buckets, table.lengths);
  const held = heldOut(table, made.validation, seed);
  const mixed = unlessInfeasible(() => planMix(table, cellOf, buckets, held, onePhase(mix, sequences, seed)));
  if (mixed === null) return null;
  const excluded = new Uint8Array(table.count);
  const inCell = new Uint8Array(table.sources.length * buckets.length).fill(1);
  const account = (instances: Instances, side: 0 | 1): Accounts => {
    const plans = packRows(instances, table, sequences, seed);
    const { sets, whole } = keepLedgers({ table, cellOf, buckets, held, side, excluded }, [
      { ...made, instances, plans, inCell },
    ]);
    expect(sets).toEqual([whole]);
    return { instances, ledger: whole, plan: plans[0]! };
  };
  return {
    train: account(mixed[0]!.instances, 0),
    validation: account(takeHeldOut(table, held, excluded, sequences), 1),
    held,
  };
}

describe('the ledger', () => {
  it('balances, and is what a count of the written rows gives', () => {
    let feasible = 0;
    let all = 0;
    fc.assert(
      fc.property(cases, (made) => {
        all += 1;
        const accounts = accountsOf(made);
        if (accounts === null) return;
        feasible += 1;
        const { table, mix, sequences } = made;
        const lengths = [...table.lengths];
        const sources = Array.from(table.source, (s) => table.sources[s]!);
        const tokens = lengths.map((length, d) => Array.from({ length }, (_, i) => tokenAt(d, i)));
        for (const split of ['train', 'validation'] as const) {
          const { instances, ledger, plan } = accounts[split];
          expect(imbalances(ledger, discardsTails(sequences))).toEqual([]);
          const rows = written(plan, table, made.dtype);
          const counted = recount(rows, plan.width, table.count, (d) => tokens[d]!, specials);
          const member = Array.from(accounts.held, (side) => side === Number(split === 'validation'));
          const removes = split === 'train' && mix.length?.rule.kind === 'remove_long';
          const removed = removes ? (length: number) => length >= mix.length!.threshold : null;
          expectLedger(ledger, counted, { sources, lengths, member }, bucketsOf(mix), sequences, removed);
          expectSpecials(counted, instances, table, sequences);
        }
        expect(accounts.train.ledger.read + accounts.validation.ledger.read).toBe(
          lengths.reduce((sum, length) => sum + length, 0),
        );
      }),
      fuzz(250),
    );
    expect(feasible / all).toBeGreaterThan(0.4);
  });

  it('says what is off when a token is lost, found or moved', () => {
    fc.assert(
      fc.property(cases, fc.nat(), fc.constantFrom(-1, 1), (made, at, by) => {
        const accounts = accountsOf(made);
        if (accounts === null) return;
        const { ledger } = accounts.train;
        if (ledger.cells.length === 0) return;
        const c = at % ledger.cells.length;
        const change = (cell: object) => ledger.cells.map((old, i) => (i === c ? { ...old, ...cell } : old));
        const cell = ledger.cells[c]!;
        const wrong: Ledger[] = [
          { ...ledger, read: ledger.read + by },
          { ...ledger, padding: ledger.padding + by },
          { ...ledger, specialTokens: ledger.specialTokens + by },
          { ...ledger, rows: ledger.rows + by },
          { ...ledger, packedOnce: ledger.packedOnce + by },
          { ...ledger, packedInstances: ledger.packedInstances + by },
          { ...ledger, cells: change({ read: cell.read + by }) },
          { ...ledger, cells: change({ packedOnce: cell.packedOnce + by }) },
          { ...ledger, cells: change({ packedInstances: cell.packedInstances + by }) },
          {
            ...ledger,
            cells: change({ dropped: { ...cell.dropped, not_sampled: cell.dropped.not_sampled + by } }),
          },
          // Balances, but a reason has less than nothing.
          {
            ...ledger,
            cells: change({
              dropped: { ...cell.dropped, not_sampled: cell.dropped.not_sampled + 1e9, long_removed: -1e9 },
            }),
          },
        ];
        for (const faulty of wrong) expect(imbalances(faulty, discardsTails(made.sequences))).not.toEqual([]);
      }),
      fuzz(40),
    );
  });

  it('balances where an earlier version wrote it, before a reason existed', () => {
    const old = (entry: LedgerEntry) => {
      const { elsewhere: _, ...dropped } = entry.dropped;
      return { ...entry, dropped: dropped as LedgerEntry['dropped'] };
    };
    const reasons = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as LedgerEntry['dropped'];
    const entry = { read: 5, packedOnce: 5, packedInstances: 5, dropped: reasons };
    const counts = { documents: 1, packedDocuments: 1 };
    const cell = { source: 'one', bucket: { from: 0, to: null }, ...counts, ...entry };
    const rows = { rows: 1, width: 8, rowTokens: 8, specialTokens: 1, padding: 2 };
    const ledger = (dropped: LedgerEntry['dropped']): Ledger => {
      const cells = [{ ...cell, ...old({ ...entry, dropped }) }];
      return { ...counts, ...rows, ...old({ ...entry, dropped }), cells } as Ledger;
    };
    expect(imbalances(ledger(reasons), false)).toEqual([]);
    expect(imbalances(ledger({ ...reasons, duplicate: 1 }), false)).not.toEqual([]);
  });
});

/** Every copy has its BOS, and its EOS if all of its document was taken (a discarded tail takes the EOS along). */
function expectSpecials(
  counted: ReturnType<typeof recount>,
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
): void {
  const width = sequences.length + (sequences.plusOne ? 1 : 0);
  const bos = new Array<number>(table.count).fill(0);
  const eos = new Array<number>(table.count).fill(0);
  const take = takesOf(instances, table);
  for (const [i, d] of instances.document.entries()) {
    if (sequences.bos) bos[d]! += 1;
    const complete = take[i] === table.lengths[d]!;
    const room = sequences.overlong !== 'truncate' || take[i]! + (sequences.bos ? 1 : 0) < width;
    if (sequences.eos && complete && room) eos[d]! += 1;
  }
  expect(counted.bos).toEqual(bos);
  if (sequences.packing === 'concat' && sequences.tails === 'discard') {
    for (const [d, found] of counted.eos.entries()) expect(found).toBeLessThanOrEqual(eos[d]!);
  } else {
    expect(counted.eos).toEqual(eos);
  }
}
