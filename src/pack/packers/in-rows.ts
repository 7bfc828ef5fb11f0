/**
 * Builds a packer for all documents of a phase from a packer for rows of one width. Packing is global: it covers all
 * documents, and all copies where documents repeat. For repeated documents other packers are used (`copies/`), which
 * keep the copies of a document apart.
 *
 * Inner rows: where a pack length is set, documents are packed in rows of that length, and L / pack length of these
 * inner rows are put end to end in a row of L (ProLong's 8 x 64K in 512K, Gao et al. 2024, arXiv 2410.02660). No piece
 * crosses the edge of an inner row when it is packed. But pieces stand end to end in the row, so an inner row that
 * isn't full moves the next one forward, and the padding of all inner rows is at the row's end. Inner rows of different
 * pack lengths are never joined, and each pack length has at most one row with fewer inner rows than fit.
 *
 * A packer shuffles its own rows; this file shuffles the rows of different pack lengths among each other.
 */

import { keyedHash } from '../../base/keyed-hash.ts';
import { rowWidth } from '../../base/sequence.ts';
import { shuffle } from '../../base/shuffle.ts';
import type { Instances } from '../../nouns/mix.ts';
import type { SequenceSpec } from '../../nouns/recipe.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import { packCopiesInOrder } from '../copies/in-order-copies.ts';
import { type InnerRows, orderCopies } from '../copies/rows-of-copies.ts';
import { type SpreadRows, sliceCount } from '../copies/spread.ts';
import { type PackInput, type PackPhase, type PackRows, packWidths } from './packer.ts';
import { type Packer, packInOrder } from './pieces.ts';
import { RowWriter } from './row-writer.ts';

/** Packs copies where documents repeat. The order of the rows is decided later. */
type PackCopies = (input: PackInput, slices: number) => SpreadRows;

/** Builds a packer from one that takes items one by one in their order. */
export function inOrder(packerOf: (sequences: SequenceSpec) => Packer): PackPhase {
  return inRows(
    (input, out) => packInOrder(input, out, packerOf(input.sequences)),
    (input, slices) => packCopiesInOrder(input, slices, packerOf(input.sequences)),
  );
}

/**
 * @param packRows used where no document repeats
 * @param packCopies used where documents repeat
 * @param packWhole a faster way for repeated documents if all rows have one width
 */
export function inRows(
  packRows: PackRows,
  packCopies: PackCopies,
  packWhole?: (input: PackInput, slices: number) => RowPlan,
): PackPhase {
  return (phase) => {
    const { instances, table, sequences, seed } = phase;
    const widths = innerWidths(instances, sequences);
    const inputs = groupInstances(instances, sequences, widths).map((items, w): PackInput => {
      return { table, instances, items, width: widths[w]!, sequences, seed };
    });
    const width = rowWidth(sequences);
    if (instances.mostCopies > 1) {
      const slices = sliceCount(instances.mostCopies);
      if (packWhole !== undefined && inputs.length === 1 && inputs[0]!.width === width)
        return [packWhole(inputs[0]!, slices)];
      const groups = inputs.map((input): InnerRows => {
        return { rows: packCopies(input, slices), perRow: width / input.width };
      });
      return [orderCopies(groups, phase, { width, slices })];
    }
    const most = inputs.map(mostPieces);
    const newWriter = (pieces: number) => new RowWriter(table, width, sequences, pieces);
    const pack = (input: PackInput, to: RowWriter) => {
      to.join(width / input.width);
      packRows(input, to);
      to.join(1);
    };
    const out = newWriter(most.reduce((sum, pieces) => sum + pieces, 0));
    if (inputs.length === 1) pack(inputs[0]!, out);
    else {
      const parts = inputs.map((input, w) => {
        const part = newWriter(most[w]!);
        pack(input, part);
        return part.finish();
      });
      interleave(parts, seed, out);
    }
    return [out.finish()];
  };
}

/** Adds the rows of all parts to `out`, shuffled among each other. Each part keeps the order of its own rows. */
function interleave(parts: readonly RowPlan[], seed: number, out: RowWriter): void {
  const turns = new Uint32Array(parts.reduce((sum, { rows }) => sum + rows, 0));
  let turn = 0;
  for (const [part, { rows }] of parts.entries()) {
    turns.fill(part, turn, turn + rows);
    turn += rows;
  }
  shuffle(turns, keyedHash(seed, 'join'), 0);
  const givers = parts.map((part) => giveRows(part, out));
  for (const part of turns) givers[part]!();
}

/** Returns a function that adds the next row of a plan to `out`. */
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

/** Returns the widths, in tokens, of the rows that documents are packed in, ascending. */
function innerWidths(instances: Instances, sequences: SequenceSpec): number[] {
  const widthOf = packWidths(instances, sequences);
  if (instances.packLength === null) return [widthOf(0)];
  const widths = new Set<number>();
  for (let i = 0; i < instances.count; i += 1) widths.add(widthOf(i));
  return [...widths].sort((a, b) => a - b);
}

/** Returns the instance numbers of each inner width, or `[null]`, which means all instances, if there is one width. */
function groupInstances(
  instances: Instances,
  sequences: SequenceSpec,
  widths: readonly number[],
): (Uint32Array | null)[] {
  const { count } = instances;
  if (widths.length === 1) return [null];
  const numbers = new Map(widths.map((width, w) => [width, w]));
  const widthOf = packWidths(instances, sequences);
  const groupOf = (i: number) => numbers.get(widthOf(i))!;
  const counts = new Uint32Array(widths.length);
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

/** An upper bound of the number of pieces: a document has one piece more than there are ends of rows in it. */
function mostPieces({ table, instances, items, sequences, width }: PackInput): number {
  const { lengths } = table;
  const { document } = instances;
  const copies = items?.length ?? instances.count;
  let tokens = copies * (Number(sequences.bos) + Number(sequences.eos));
  if (items === null) for (let k = 0; k < copies; k += 1) tokens += lengths[document[k]!]!;
  else for (let k = 0; k < copies; k += 1) tokens += lengths[document[items[k]!]!]!;
  return copies + Math.ceil(tokens / width);
}
