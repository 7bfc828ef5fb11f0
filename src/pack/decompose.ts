/**
 * Dataset Decomposition (Pouransari et al. 2024, arXiv 2405.13226, section 2): a sequence is cut by its binary
 * expansion, largest first: as many pieces of L as fit, then at most one of L/2, of L/4, ... of the smallest. A piece is
 * a row; rows of one length are a shard set; nothing is padded and no row has two documents. What is left in the end is
 * shorter than the smallest piece and not packed: the ledger has it as `tail_discarded`.
 *
 * Rows of a length are in keyed order, window by window. Cost: a radix sort of the pieces of each length.
 */
import type { DocumentTable, Instances, RowPlan, SequenceSpec } from '../types.ts';
import { keyedHash } from '../util/keyed-hash.ts';
import { orderByKey } from '../util/radix-sort.ts';
import { takenTokens } from '../util/sequence.ts';
import { sequenceLengths } from './packer.ts';
import { RowWriter } from './row-writer.ts';

/** One plan a length that has rows, shortest first. */
export function decompose(
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  windows: readonly (Uint32Array | null)[],
  seed: number,
): RowPlan[] {
  const plans: RowPlan[] = [];
  const takeOf = takenTokens(instances, table.lengths);
  const lengthOf = sequenceLengths(instances, table, sequences);
  for (let width = sequences.decompose!.smallest; width <= sequences.length; width *= 2) {
    const piecesOf = (i: number) => pieceCount(lengthOf(i), width, sequences.length);
    let rows = 0;
    for (let i = 0; i < instances.count; i += 1) rows += piecesOf(i);
    if (rows === 0) continue;
    const out = new RowWriter(table, width, sequences, rows);
    const hash = keyedHash(seed, 'row');
    for (const [window, items] of windows.entries()) {
      const count = items?.length ?? instances.count;
      let pieces = 0;
      for (let k = 0; k < count; k += 1) pieces += piecesOf(items === null ? k : items[k]!);
      const item = new Uint32Array(pieces);
      const start = new Uint32Array(pieces);
      const keys = new Uint32Array(pieces);
      let p = 0;
      for (let k = 0; k < count; k += 1) {
        const i = items === null ? k : items[k]!;
        const document = instances.document[i]!;
        const length = lengthOf(i);
        // Everything before a piece is a multiple of twice its length; only pieces of L follow one another.
        let at = width === sequences.length ? 0 : length - (length % (2 * width));
        for (let n = piecesOf(i); n > 0; n -= 1, at += width, p += 1) {
          item[p] = i;
          start[p] = at;
          keys[p] = hash(table.keysLow[document]!, table.keysHigh[document]!, at + window);
        }
      }
      for (const piece of orderByKey(keys)) {
        const i = item[piece]!;
        out.add(instances.document[i]!, takeOf(i), start[piece]!, width);
        out.endRow();
      }
    }
    plans.push(out.finish());
  }
  return plans;
}

function pieceCount(length: number, width: number, longest: number): number {
  return width === longest ? Math.floor(length / width) : Math.floor(length / width) % 2;
}
