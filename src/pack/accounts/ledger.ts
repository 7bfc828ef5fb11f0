/**
 * The accounts of the shard sets of a split. They are computed backwards from the finished rows: tokens in the rows are
 * counted piece by piece (`tally.ts`), and all other tokens get a reason document by document. No number comes from the
 * mix, so a token that got lost on the way shows as an imbalance.
 *
 * A token that a shard set lacks is `elsewhere` if another set of the split has it. Any other missing token has the
 * reason of the set's phase; in the account of the whole split, the reason of the phase that came nearest to taking it.
 *
 * Cost: with one shard set a pass over its rows and one over the documents, 4 bytes per document (8 where documents
 * repeat); with several sets two passes over the rows, and 4 more bytes per document.
 */

import type { WholeFrom } from '../../base/learned.ts';
import { takenTokens, usableTokens } from '../../base/sequence.ts';
import {
  type Dropped,
  type DropReason,
  dropReasons,
  type Ledger,
  type LedgerCell,
  type LedgerEntry,
  newerReasons,
} from '../../nouns/ledger.ts';
import type { Bucket, CellNumbers, Instances } from '../../nouns/mix.ts';
import type { MixSpec, SequenceSpec } from '../../nouns/recipe.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import type { DocumentTable } from '../../nouns/tokens.ts';
import { addByCell, countTokens, learnedTokens, tokensOfPhase, tokensOnce } from './tally.ts';

export interface SplitDocuments {
  readonly table: DocumentTable;
  readonly cellOf: CellNumbers;
  readonly buckets: readonly Bucket[];
  /** A document belongs to the split if its `held` equals `side`. */
  readonly held: Uint8Array;
  readonly side: 0 | 1;
  /** Per document: 0, or 1 + the index in `dropReasons` of the reason why it may not be taken at all. */
  readonly excluded: Uint8Array;
  /** By source; absent: everything is learned. */
  readonly wholeFrom?: WholeFrom | undefined;
}

/** A phase of the split. The validation split counts as one phase. */
export interface PackedPhase {
  readonly mix: Pick<MixSpec, 'length'>;
  readonly sequences: SequenceSpec;
  readonly instances: Instances;
  /** The plans that `packRows` returned. */
  readonly plans: readonly RowPlan[];
  /** By cell number: 0 where the mix names cells and this cell is not among them. */
  readonly inCell: Uint8Array;
}

export interface Ledgers {
  /** One ledger per plan, phase by phase. */
  readonly sets: readonly Ledger[];
  /** The ledger of all plans together. */
  readonly whole: Ledger;
}

export function keepLedgers(split: SplitDocuments, phases: readonly PackedPhase[]): Ledgers {
  const { count } = split.table;
  const covered = phases
    .map(({ plans, instances, sequences }) => tokensOfPhase(plans, instances, sequences.packing, count))
    .reduce(farthest);
  if (phases.length === 1 && phases[0]!.plans.length === 1) {
    const whole = account(split, phases, covered, covered);
    return { sets: [whole], whole };
  }
  const sets = phases.flatMap((phase) =>
    phase.plans.map((plan) => {
      const once = tokensOnce(plan, phase.instances, phase.sequences.packing, count);
      return account(split, [{ ...phase, plans: [plan] }], once, covered);
    }),
  );
  return { sets, whole: account(split, phases, covered, covered) };
}

/**
 * @param phases the phases that the ledger covers, with the plans that it covers
 * @param once per document, its tokens that stand in the rows of those plans at least once
 * @param covered per document, how many tokens from its first on stand in the rows of any shard set of the split
 */
function account(
  split: SplitDocuments,
  phases: readonly PackedPhase[],
  once: Uint32Array,
  covered: Uint32Array,
): Ledger {
  const { table, cellOf, held, side, excluded } = split;
  const sums = emptySums(table.sources.length * split.buckets.length);
  const { dropped } = sums;
  const dropsByCode = [sums.read, ...dropReasons.map((reason) => dropped[reason])];
  const asks = phases.map((phase) => demandOf(split, phase));
  const at = new Float64Array(phases.length);

  for (let d = 0; d < table.count; d += 1) {
    const cell = cellOf[d]!;
    const length = table.lengths[d]!;
    // The tokens of this document that the phases may use, and the tokens that they selected.
    let usable = -1;
    let selected = 0;
    let removed = true;
    for (let p = 0; p < asks.length; p += 1) {
      const { instances, takeOf, sequences, demand } = asks[p]!;
      while (instances.document[at[p]!] === d) {
        selected = Math.max(selected, takeOf(at[p]!));
        at[p]! += 1;
      }
      if (demand[cell] === 0) continue;
      usable = Math.max(usable, usableTokens(length, sequences));
      if (demand[cell] === 1) removed = false;
    }
    if (held[d] !== side) continue;

    sums.documents[cell]! += 1;
    sums.read[cell]! += length;
    sums.packedOnce[cell]! += once[d]!;
    if (once[d]! > 0) sums.packedDocuments[cell]! += 1;
    dropped.elsewhere[cell]! += covered[d]! - once[d]!;
    if (excluded[d]! > 0) {
      // The full length, even if the document was packed: packing it is a fault, and must show as an imbalance.
      dropsByCode[excluded[d]!]![cell]! += length;
      continue;
    }
    if (usable < 0) {
      dropped.in_no_cell[cell]! += length - covered[d]!;
      continue;
    }
    // Another phase may hold more of the document than this one takes; then this phase's reasons apply to the tokens
    // after those only. Without another phase, packing more than was selected must show as an imbalance, and must not
    // be set off against the missing tokens of another document.
    const others = covered !== once && covered[d]! > selected;
    const taken = others ? covered[d]! : selected;
    dropped.tail_discarded[cell]! += Math.max(0, selected - covered[d]!);
    (removed ? dropped.long_removed : dropped.not_sampled)[cell]! += Math.max(0, usable - taken);
    (usable === 0 ? dropped.overlong_excluded : dropped.overlong_truncated)[cell]! +=
      length - Math.max(usable, taken);
  }
  for (const [p, { instances }] of phases.entries()) {
    if (at[p] !== instances.count) throw new Error('instances are not in the order of documents');
  }
  return toLedger(split, sums, phases);
}

/**
 * By cell number: 0: the phase doesn't ask for the cell; 1: it does; 2: it would, but `remove: long` removes the cell.
 */
function demandOf({ table, buckets }: SplitDocuments, { mix, sequences, instances, inCell }: PackedPhase) {
  const removes = mix.length?.rule.kind === 'remove_long' ? mix.length : null;
  const longFrom = table.sources.map((source) =>
    removes === null || removes.except?.includes(source) ? Number.POSITIVE_INFINITY : removes.threshold,
  );
  const demand = inCell.map((takes, cell) =>
    takes === 0
      ? 0
      : buckets[cell % buckets.length]!.from >= longFrom[Math.floor(cell / buckets.length)]!
        ? 2
        : 1,
  );
  return { instances, takeOf: takenTokens(instances, table.lengths), sequences, demand };
}

type Sums = Record<'documents' | 'read' | 'packedOnce' | 'packedDocuments', Float64Array> & {
  readonly dropped: Record<DropReason, Float64Array>;
};

/** Makes one number per cell for each entry of a ledger. */
function emptySums(cells: number): Sums {
  const sum = () => new Float64Array(cells);
  const dropped = Object.fromEntries(dropReasons.map((reason) => [reason, sum()]));
  return {
    ...{ documents: sum(), read: sum(), packedOnce: sum(), packedDocuments: sum() },
    dropped: dropped as Sums['dropped'],
  };
}

function toLedger(
  { table, cellOf, buckets, wholeFrom }: SplitDocuments,
  sums: Sums,
  phases: readonly PackedPhase[],
): Ledger {
  let packedInstances = sums.packedOnce;
  if (phases.some(({ instances }) => instances.mostCopies > 1) || phases.length > 1) {
    packedInstances = new Float64Array(sums.read.length);
    for (const { plans } of phases) for (const plan of plans) addByCell(plan, cellOf, packedInstances);
  }
  const cells: LedgerCell[] = [];
  for (let cell = 0; cell < sums.read.length; cell += 1) {
    if (sums.documents[cell] === 0) continue;
    cells.push({
      source: table.sources[Math.floor(cell / buckets.length)]!,
      bucket: buckets[cell % buckets.length]!,
      read: sums.read[cell]!,
      packedOnce: sums.packedOnce[cell]!,
      dropped: forReasons((reason) => sums.dropped[reason][cell]!),
      packedInstances: packedInstances[cell]!,
      documents: sums.documents[cell]!,
      packedDocuments: sums.packedDocuments[cell]!,
    });
  }
  const plans = phases.flatMap((phase) => phase.plans);
  const tokens = plans.map((plan) => countTokens(plan));
  const inPieces = sum(tokens, (plan) => plan.inPieces);
  const rowTokens = sum(plans, ({ rows, width }) => rows * width);
  const widths = new Set(plans.map(({ width }) => width));
  return {
    ...total(cells),
    documents: sum(cells, (cell) => cell.documents),
    packedDocuments: sum(cells, (cell) => cell.packedDocuments),
    rows: sum(plans, ({ rows }) => rows),
    width: widths.size === 1 ? plans[0]!.width : null,
    rowTokens,
    specialTokens: inPieces - sum(tokens, (plan) => plan.ofDocuments),
    padding: rowTokens - inPieces,
    ...(wholeFrom === undefined
      ? {}
      : { learned: sum(plans, (plan) => learnedTokens(plan, table, wholeFrom)) }),
    cells,
  };
}

/** True if a packing may drop the end of the tokens that a copy takes. */
export function discardsTails({ packing, tails }: Pick<SequenceSpec, 'packing' | 'tails'>): boolean {
  return packing === 'decompose' || (packing === 'concat' && tails === 'discard');
}

/** Describes each imbalance in words; empty if all balances. A ledger of an earlier version may lack newer reasons. */
export function imbalances(ledger: Ledger, mayDiscard: boolean): string[] {
  const faults: string[] = [];
  const check = (what: string, left: number, right: number) => {
    if (left !== right) faults.push(`${what}: ${left} is not ${right}`);
  };
  const droppedOf = (entry: LedgerEntry) => sum(dropReasons, (reason) => entry.dropped[reason] ?? 0);
  for (const cell of ledger.cells) {
    const name = `${cell.source}, from ${cell.bucket.from} tokens`;
    check(`${name}: read = packed once + dropped`, cell.read, cell.packedOnce + droppedOf(cell));
    for (const reason of dropReasons)
      check(`${name}: ${reason} >= 0`, Math.min(0, cell.dropped[reason] ?? 0), 0);
    if (!mayDiscard) check(`${name}: no tail is discarded`, cell.dropped.tail_discarded, 0);
  }
  const sums = total(ledger.cells);
  check('read = sum of cells', ledger.read, sums.read);
  check('packed once = sum of cells', ledger.packedOnce, sums.packedOnce);
  check('packed instances = sum of cells', ledger.packedInstances, sums.packedInstances);
  check('read = packed once + dropped', ledger.read, ledger.packedOnce + droppedOf(ledger));
  const inRows = ledger.packedInstances + ledger.specialTokens + ledger.padding;
  check('tokens of all rows = packed instances + special tokens + padding', ledger.rowTokens, inRows);
  const most = ledger.packedInstances + ledger.specialTokens;
  check('learned <= tokens of all pieces', Math.max(ledger.learned ?? 0, most), most);
  if (ledger.width !== null)
    check('rows * width = tokens of all rows', ledger.rows * ledger.width, ledger.rowTokens);
  return faults;
}

function total(entries: readonly LedgerEntry[]): LedgerEntry {
  return {
    read: sum(entries, ({ read }) => read),
    packedOnce: sum(entries, ({ packedOnce }) => packedOnce),
    dropped: forReasons((reason) => sum(entries, ({ dropped }) => dropped[reason] ?? 0)),
    packedInstances: sum(entries, ({ packedInstances }) => packedInstances),
  };
}

function isNewer(reason: DropReason): boolean {
  return (newerReasons as readonly DropReason[]).includes(reason);
}

function forReasons(tokens: (reason: DropReason) => number): Dropped {
  const counts = dropReasons.map((reason) => [reason, tokens(reason)] as const);
  const named = counts.filter(([reason, count]) => count > 0 || !isNewer(reason));
  return Object.fromEntries(named) as Dropped;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Writes the larger number of both to `a`, per document. */
function farthest(a: Uint32Array, b: Uint32Array): Uint32Array {
  for (let d = 0; d < a.length; d += 1) if (b[d]! > a[d]!) a[d] = b[d]!;
  return a;
}
