/**
 * Documents to rows, window by window: packing is global over a window of the run. There is one window unless documents
 * repeat, then as many as copies, so that copies of a document never meet in a row.
 *
 * Inner rows: where a pack length is set, documents are packed in rows of that length, and so many of these are put end
 * to end in a row of L (ProLong's 8 x 64K in 512K, Gao et al. 2024, arXiv 2410.02660). No piece goes over the edge of
 * an inner row when it is packed; but pieces stand end to end in a row, so what an inner row lacks to be full moves the
 * next one forward, and the padding of all of them is at the row's end. Rows of different pack lengths are never joined,
 * and every one of those has at most one row a window with fewer inner rows than there is room for.
 *
 * A packer shuffles the rows that it gives; here rows of different pack lengths are shuffled among each other.
 */
import type { DocumentTable, Instances, Packing, RowPlan, SequenceSpec } from '../types.ts';
import { keyedHash } from '../util/keyed-hash.ts';
import { rowWidth } from '../util/sequence.ts';
import { shuffle } from '../util/shuffle.ts';
import { packBestFit } from './best-fit.ts';
import { packConcat, packConcatDiscard } from './concat.ts';
import { decompose } from './decompose.ts';
import { instanceLength, type PackInput, type RowStream } from './packer.ts';
import { packPad } from './pad.ts';
import { packInOrder } from './pieces.ts';
import { type Capacity, RowWriter } from './row-writer.ts';

const packers: Readonly<Record<Exclude<Packing, 'decompose'>, (input: PackInput) => RowStream>> = {
  'best-fit': packBestFit,
  concat: (input) => packInOrder(input, input.sequences.tails === 'discard' ? packConcatDiscard : packConcat),
  pad: (input) => packInOrder(input, packPad),
};

/** One plan; with `decompose` one for each row length that has rows, shortest first. */
export function packRows(
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  seed: number,
): RowPlan[] {
  const { packing } = sequences;
  const widths = innerWidths(instances, sequences);
  const groups = groupInstances(instances, sequences, widths);
  if (packing === 'decompose') return decompose(instances, table, sequences, groups, seed);
  const width = rowWidth(sequences);
  const out = new RowWriter(table, width, sequences, capacity(instances, table, sequences, groups.length));
  for (let window = 0; window < instances.windows; window += 1) {
    const streams = widths.map((inner, w) => {
      const items = groups[window * widths.length + w]!;
      return packers[packing]({ table, instances, items, width: inner, sequences, window, seed });
    });
    const perRow = widths.map((inner) => width / inner);
    joinRows(streams, perRow, window, seed, out);
  }
  return [out.finish()];
}

/** Rows of each stream end to end, so many in a row; rows of different streams shuffled among each other. */
function joinRows(
  streams: readonly RowStream[],
  perRow: readonly number[],
  window: number,
  seed: number,
  out: RowWriter,
): void {
  const rowsOf = streams.map((stream, s) => Math.ceil(stream.rows / perRow[s]!));
  const turns = new Uint32Array(streams.length === 1 ? 0 : rowsOf.reduce((sum, rows) => sum + rows, 0));
  let turn = 0;
  for (const [s, rows] of rowsOf.entries()) {
    turns.fill(s, turn, turn + rows);
    turn += rows;
  }
  shuffle(turns, keyedHash(seed, 'join'), window);
  const left = streams.map(({ rows }) => rows);
  for (let t = 0; t < turn; t += 1) {
    const s = streams.length === 1 ? 0 : turns[t]!;
    const stream = streams[s]!;
    for (let n = Math.min(perRow[s]!, left[s]!); n > 0; n -= 1, left[s]! -= 1) stream.next(out);
    out.endRow();
  }
}

/** Tokens of the rows that documents are packed in, ascending. */
function innerWidths({ packLength }: Instances, sequences: SequenceSpec): number[] {
  const plain = sequences.packLength ?? rowWidth(sequences);
  if (packLength === null) return [plain];
  return [...new Set(packLength)].map((length) => length || plain).sort((a, b) => a - b);
}

/** Instance numbers of each window and, inside it, of each inner width; null: all, where there is one group. */
function groupInstances(
  instances: Instances,
  sequences: SequenceSpec,
  widths: readonly number[],
): (Uint32Array | null)[] {
  const { count, window, windows, packLength } = instances;
  if (windows * widths.length === 1) return [null];
  const plain = sequences.packLength ?? rowWidth(sequences);
  const numbers = new Map(widths.map((width, w) => [width, w]));
  const groupOf = (i: number) =>
    window[i]! * widths.length + (packLength === null ? 0 : numbers.get(packLength[i]! || plain)!);
  const counts = new Uint32Array(windows * widths.length);
  for (let i = 0; i < count; i += 1) counts[groupOf(i)]! += 1;
  const groups = Array.from(counts, (size) => new Uint32Array(size));
  counts.fill(0);
  for (let i = 0; i < count; i += 1) {
    const g = groupOf(i);
    groups[g]![counts[g]!] = i;
    counts[g]! += 1;
  }
  return groups;
}

/** What a plan may grow to. */
function capacity(
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  groups: number,
): Capacity {
  const plain = sequences.packLength ?? rowWidth(sequences);
  const specials = Number(sequences.bos) + Number(sequences.eos);
  let pieces = 0;
  let cuts = 0;
  let edges = groups;
  for (let i = 0; i < instances.count; i += 1) {
    const width = instances.packLength?.[i] || plain;
    const length = instanceLength(instances, i, table, sequences);
    const here = length <= width ? 1 : Math.ceil(length / width);
    pieces += here;
    if (here > 1 || length < specials + table.lengths[instances.document[i]!]!) cuts += here;
    edges += length / width;
  }
  // A row's end cuts a document into two pieces.
  const ends = sequences.packing === 'concat' ? Math.ceil(edges) : 0;
  return { rows: pieces + ends, pieces: pieces + ends, cuts: cuts + 2 * ends };
}
