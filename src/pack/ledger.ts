/**
 * The accounts of a shard set, from its finished rows backwards: what stands in the rows is counted piece by piece,
 * what doesn't is given its reason document by document. Nothing is taken over from the mix's own numbers, so that
 * a token that got lost on the way would show as an imbalance.
 */
import {
  type Bucket,
  type DocumentTable,
  type DropReason,
  dropReasons,
  type Instances,
  type Ledger,
  type LedgerCell,
  type LedgerEntry,
  type PhaseSpec,
  type RowPlan,
  type SequenceSpec,
} from '../types.ts';
import { pieceTokens, usableTokens } from '../util/sequence.ts';

type Entry = {
  read: number;
  packedOnce: number;
  dropped: Record<DropReason, number>;
  packedInstances: number;
};
type CellEntry = Entry & { documents: number; packedDocuments: number };

/**
 * @param cellOf cell number of every document: source * buckets.length + bucket
 * @param member 1 for the documents of this split
 */
export function keepLedger(
  table: DocumentTable,
  cellOf: Uint16Array | Uint32Array,
  buckets: readonly Bucket[],
  member: (document: number) => boolean,
  instances: Instances,
  plan: RowPlan,
  phase: Pick<PhaseSpec, 'mix' | 'sequences'>,
): Ledger {
  const { mix, sequences } = phase;
  const longFrom = mix.length?.rule.kind === 'remove_long' ? mix.length.threshold : Number.POSITIVE_INFINITY;

  /** Copies of each document, and the tokens that the longest takes. */
  const copies = new Uint16Array(table.count);
  const selected = new Uint32Array(table.count);
  for (let i = 0; i < instances.count; i += 1) {
    const document = instances.document[i]!;
    copies[document]! += 1;
    selected[document] = Math.max(selected[document]!, instances.take[i]!);
  }
  /** Tokens of each document that stand in the rows: up to which (a copy is cut from its end only), and in all. */
  const covered = new Uint32Array(table.count);
  const inRows = new Float64Array(table.count);
  let specialTokens = 0;
  let filled = 0;
  for (let p = 0; p < plan.document.length; p += 1) {
    const document = plan.document[p]!;
    const { from, to, bos, eos } = pieceTokens(plan, p);
    covered[document] = Math.max(covered[document]!, to);
    inRows[document]! += to - from;
    specialTokens += Number(bos) + Number(eos);
    filled += plan.length[p]!;
  }

  const cells = new Map<number, CellEntry>();
  for (let d = 0; d < table.count; d += 1) {
    if (!member(d)) continue;
    let cell = cells.get(cellOf[d]!);
    if (cell === undefined) {
      cell = { ...emptyEntry(), documents: 0, packedDocuments: 0 };
      cells.set(cellOf[d]!, cell);
    }
    const length = table.lengths[d]!;
    cell.documents += 1;
    cell.read += length;
    const once = copies[d] === 1 ? inRows[d]! : covered[d]!;
    cell.packedOnce += once;
    cell.packedInstances += inRows[d]!;
    if (inRows[d]! > 0) cell.packedDocuments += 1;
    const { dropped } = cell;
    const usable = usableTokens(length, sequences);
    if (usable === 0) dropped.overlong_excluded += length;
    else dropped.overlong_truncated += length - usable;
    dropped[length >= longFrom ? 'long_removed' : 'not_sampled'] += usable - selected[d]!;
    dropped.tail_discarded += selected[d]! - once;
  }

  const entries = [...cells].sort(([a], [b]) => a - b);
  const ledger: Ledger = {
    ...total(entries.map(([, entry]) => entry)),
    documents: entries.reduce((n, [, entry]) => n + entry.documents, 0),
    packedDocuments: entries.reduce((n, [, entry]) => n + entry.packedDocuments, 0),
    rows: plan.rows,
    width: plan.width,
    specialTokens,
    padding: plan.rows * plan.width - filled,
    cells: entries.map(
      ([number, entry]): LedgerCell => ({
        source: table.sources[Math.floor(number / buckets.length)]!,
        bucket: buckets[number % buckets.length]!,
        ...entry,
      }),
    ),
  };
  return ledger;
}

/** What doesn't balance, in words; empty if all does. Only a packing that discards tails may lose what was taken. */
export function imbalances(ledger: Ledger, { tails }: Pick<SequenceSpec, 'tails'>): string[] {
  const faults: string[] = [];
  const check = (what: string, left: number, right: number) => {
    if (left !== right) faults.push(`${what}: ${left} is not ${right}`);
  };
  const droppedOf = (entry: LedgerEntry) => dropReasons.reduce((n, reason) => n + entry.dropped[reason], 0);
  for (const cell of ledger.cells) {
    const name = `${cell.source}, from ${cell.bucket.from} tokens`;
    check(`${name}: read = packed once + dropped`, cell.read, cell.packedOnce + droppedOf(cell));
    for (const reason of dropReasons) check(`${name}: ${reason} >= 0`, Math.min(0, cell.dropped[reason]), 0);
    if (tails === 'carry') check(`${name}: no tail is discarded`, cell.dropped.tail_discarded, 0);
  }
  const sums = total(ledger.cells);
  check('read = sum of cells', ledger.read, sums.read);
  check('packed once = sum of cells', ledger.packedOnce, sums.packedOnce);
  check('packed instances = sum of cells', ledger.packedInstances, sums.packedInstances);
  check('read = packed once + dropped', ledger.read, ledger.packedOnce + droppedOf(ledger));
  const inRows = ledger.packedInstances + ledger.specialTokens + ledger.padding;
  check('rows * width = packed instances + special tokens + padding', ledger.rows * ledger.width, inRows);
  return faults;
}

function emptyEntry(): Entry {
  const dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<DropReason, number>;
  return { read: 0, packedOnce: 0, dropped, packedInstances: 0 };
}

function total(entries: readonly LedgerEntry[]): Entry {
  const sum = emptyEntry();
  for (const entry of entries) {
    sum.read += entry.read;
    sum.packedOnce += entry.packedOnce;
    sum.packedInstances += entry.packedInstances;
    for (const reason of dropReasons) sum.dropped[reason] += entry.dropped[reason];
  }
  return sum;
}
