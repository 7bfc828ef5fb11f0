/**
 * Documents to rows: sequences in a keyed order, packed window by window, rows and the pieces inside a row shuffled.
 *
 * Packing is global over a window of the run; there is one window unless documents repeat, then as many as copies,
 * so that copies of a document never meet in a row. Best-fit leaves rows sorted by length, and the
 * pieces of a row too; a trainer would see a curriculum that nobody asked for, hence both shuffles.
 */
import type { DocumentTable, Instances, Packing, RowPlan, SequenceSpec } from '../types.ts';
import { keyedHash } from '../util/keyed-hash.ts';
import { orderByKey } from '../util/radix-sort.ts';
import { rowWidth, sequenceLength } from '../util/sequence.ts';
import { packBestFit } from './best-fit.ts';
import { packConcat, packConcatDiscard } from './concat.ts';
import type { Packed, Packer } from './packer.ts';
import { packPad } from './pad.ts';

const packers: Readonly<Record<Packing, (sequences: SequenceSpec) => Packer>> = {
  'best-fit': () => packBestFit,
  concat: ({ tails }) => (tails === 'discard' ? packConcatDiscard : packConcat),
  pad: () => packPad,
  decompose: () => packPad,
};

export function packRows(
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  seed: number,
): RowPlan {
  const width = rowWidth(sequences);
  const pack = packers[sequences.packing](sequences);
  // A truncated document has a row and no more, even where it is only the EOS that found no room in it.
  const longest = sequences.overlong === 'truncate' ? width : Number.POSITIVE_INFINITY;
  const lengths = Uint32Array.from(instances.take, (take, i) =>
    Math.min(longest, sequenceLength(take, table.lengths[instances.document[i]!]!, sequences)),
  );
  const packed: Packed[] = [];
  for (const items of windowOrders(instances, table, seed)) {
    const inWindow = pack(
      Uint32Array.from(items, (i) => lengths[i]!),
      width,
    );
    // From the window's numbering back to instance numbers.
    for (let p = 0; p < inWindow.item.length; p += 1) inWindow.item[p] = items[inWindow.item[p]!]!;
    packed.push(inWindow);
  }
  return arrange(packed, instances, table, sequences, width, seed);
}

/** The instances of each window, in an order that depends on nothing but the documents and the seed. */
function windowOrders(instances: Instances, table: DocumentTable, seed: number): Uint32Array[] {
  const hash = keyedHash(seed, 'order');
  const keys = new Uint32Array(instances.count);
  const counts = new Uint32Array(instances.windows);
  for (let i = 0; i < instances.count; i += 1) {
    const document = instances.document[i]!;
    const window = instances.window[i]!;
    keys[i] = hash(table.keysLow[document]!, table.keysHigh[document]!, window);
    counts[window]! += 1;
  }
  const orders = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (const i of orderByKey(keys)) {
    const window = instances.window[i]!;
    orders[window]![counts[window]!] = i;
    counts[window]! += 1;
  }
  return orders;
}

/** The packed windows one after another, shuffled inside, in shared memory. */
function arrange(
  windows: readonly Packed[],
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  width: number,
  seed: number,
): RowPlan {
  const rows = windows.reduce((n, window) => n + window.rowEnds.length, 0);
  const pieces = windows.reduce((n, window) => n + window.item.length, 0);
  const column = (count: number) => new Uint32Array(new SharedArrayBuffer(count * 4));
  const plan: RowPlan = {
    width,
    rows,
    bos: sequences.bos,
    eos: sequences.eos,
    rowEnds: column(rows),
    document: column(pieces),
    take: column(pieces),
    start: column(pieces),
    length: column(pieces),
  };
  const rowHash = keyedHash(seed, 'row');
  const pieceHash = keyedHash(seed, 'within-row');
  let row = 0;
  let at = 0;
  for (const [w, window] of windows.entries()) {
    const hashOf = (hash: typeof rowHash, piece: number) => {
      const document = instances.document[window.item[piece]!]!;
      return hash(table.keysLow[document]!, table.keysHigh[document]!, window.start[piece]! + w);
    };
    const rowStart = (r: number) => (r === 0 ? 0 : window.rowEnds[r - 1]!);
    const rowKeys = Uint32Array.from(window.rowEnds, (_, r) => hashOf(rowHash, rowStart(r)));
    for (const r of orderByKey(rowKeys)) {
      const inRow: { piece: number; key: number }[] = [];
      for (let p = rowStart(r); p < window.rowEnds[r]!; p += 1)
        inRow.push({ piece: p, key: hashOf(pieceHash, p) });
      // A concatenated row keeps its order: its first piece goes on from another row, its last one goes on.
      if (sequences.packing === 'best-fit') inRow.sort((a, b) => a.key - b.key || a.piece - b.piece);
      for (const { piece } of inRow) {
        const instance = window.item[piece]!;
        plan.document[at] = instances.document[instance]!;
        plan.take[at] = instances.take[instance]!;
        plan.start[at] = window.start[piece]!;
        plan.length[at] = window.length[piece]!;
        at += 1;
      }
      plan.rowEnds[row] = at;
      row += 1;
    }
  }
  return plan;
}
