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
import { type PackInput, type PackRows, packWidths } from './packer.ts';
import { packPad } from './pad.ts';
import { packInOrder } from './pieces.ts';
import { RowWriter } from './row-writer.ts';

const packers: Readonly<Record<Exclude<Packing, 'decompose'>, PackRows>> = {
  'best-fit': packBestFit,
  concat: (input, out) =>
    packInOrder(input, out, input.sequences.tails === 'discard' ? packConcatDiscard : packConcat),
  pad: (input, out) => packInOrder(input, out, packPad),
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
  const inputs = groups.map((items, g): PackInput => {
    const window = Math.floor(g / widths.length);
    return { table, instances, items, width: widths[g % widths.length]!, sequences, window, seed };
  });
  const most = inputs.map(mostPieces);
  const newWriter = (pieces: number) => new RowWriter(table, width, sequences, pieces);
  const pack = (input: PackInput, to: RowWriter) => {
    to.join(width / input.width);
    packers[packing](input, to);
    to.join(1);
  };
  const out = newWriter(most.reduce((sum, pieces) => sum + pieces, 0));
  for (let first = 0; first < inputs.length; first += widths.length) {
    if (widths.length === 1) {
      pack(inputs[first]!, out);
      continue;
    }
    const parts = widths.map((_, w) => {
      const part = newWriter(most[first + w]!);
      pack(inputs[first + w]!, part);
      return part.finish();
    });
    interleave(parts, inputs[first]!.window, seed, out);
  }
  return [out.finish()];
}

/** The rows of all parts, shuffled among each other. */
function interleave(parts: readonly RowPlan[], window: number, seed: number, out: RowWriter): void {
  const turns = new Uint32Array(parts.reduce((sum, { rows }) => sum + rows, 0));
  let turn = 0;
  for (const [part, { rows }] of parts.entries()) {
    turns.fill(part, turn, turn + rows);
    turn += rows;
  }
  shuffle(turns, keyedHash(seed, 'join'), window);
  const givers = parts.map((part) => giveRows(part, out));
  for (const part of turns) givers[part]!();
}

/** A function that adds the next row of a plan to `out`. */
function giveRows({ document, length, rowEnds, cuts }: RowPlan, out: RowWriter): () => void {
  let row = 0;
  let p = 0;
  let cut = 0;
  return () => {
    for (; p < rowEnds[row]!; p += 1) {
      if (cuts.piece[cut] === p) {
        out.addCut(document[p]!, cuts.take[cut]!, cuts.start[cut]!, length[p]!);
        cut += 1;
      } else out.addWhole(document[p]!, length[p]!);
    }
    row += 1;
    out.endRow();
  };
}

/** Tokens of the rows that documents are packed in, ascending. */
function innerWidths(instances: Instances, sequences: SequenceSpec): number[] {
  const widthOf = packWidths(instances, sequences);
  if (instances.packLength === null) return [widthOf(0)];
  const widths = new Set<number>();
  for (let i = 0; i < instances.count; i += 1) widths.add(widthOf(i));
  return [...widths].sort((a, b) => a - b);
}

/** Instance numbers of each window and, inside it, of each inner width; null: all, where there is one group. */
function groupInstances(
  instances: Instances,
  sequences: SequenceSpec,
  widths: readonly number[],
): (Uint32Array | null)[] {
  const { count, window, windows } = instances;
  if (windows * widths.length === 1) return [null];
  const numbers = new Map(widths.map((width, w) => [width, w]));
  const widthOf = packWidths(instances, sequences);
  const groupOf = (i: number) => window[i]! * widths.length + numbers.get(widthOf(i))!;
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

/** More pieces there can't be: a document has one more than there are ends of rows in it. */
function mostPieces({ table, instances, items, sequences, width }: PackInput): number {
  const { lengths } = table;
  const { document } = instances;
  const copies = items?.length ?? instances.count;
  let tokens = copies * (Number(sequences.bos) + Number(sequences.eos));
  if (items === null) for (let k = 0; k < copies; k += 1) tokens += lengths[document[k]!]!;
  else for (let k = 0; k < copies; k += 1) tokens += lengths[document[items[k]!]!]!;
  return copies + Math.ceil(tokens / width);
}
