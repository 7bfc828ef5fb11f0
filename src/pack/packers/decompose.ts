/**
 * Dataset Decomposition (Pouransari et al. 2024, arXiv 2405.13226, section 2). A sequence is cut by its binary
 * expansion, largest first: as many pieces of L as fit, then at most one each of L/2, L/4, ... down to the smallest.
 * Each piece is a row, and the rows of one length are a shard set. Nothing is padded and no row has two documents. The
 * rest of a sequence, which is shorter than the smallest piece, is not packed; the ledger counts it as
 * `tail_discarded`.
 *
 * Rows of one length are in keyed order; where documents repeat, each copy comes at its time in the run (`spread.ts`).
 * Cost: a radix sort of the pieces of each length.
 */

import { keyedHash } from '../../base/keyed-hash.ts';
import { orderByKey } from '../../base/radix-sort.ts';
import { takenTokens } from '../../base/sequence.ts';
import type { Instances } from '../../nouns/mix.ts';
import type { SequenceSpec } from '../../nouns/recipe.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import type { DocumentTable } from '../../nouns/tokens.ts';
import { orderCopies } from '../copies/rows-of-copies.ts';
import { anywhere, copyPlaces, copyTimes, type SpreadRows, sliceCount, sliceOf } from '../copies/spread.ts';
import { type PhaseInput, sequenceLengths } from './packer.ts';
import { RowWriter } from './row-writer.ts';

/** The pieces of one width, as parallel arrays. Each piece becomes a row. */
interface Pieces {
  readonly item: Uint32Array;
  readonly start: Uint32Array;
}

/** Returns one plan per length that has rows, shortest first. */
export function decompose(phase: PhaseInput): RowPlan[] {
  const { instances, table, sequences, seed } = phase;
  const plans: RowPlan[] = [];
  const takeOf = takenTokens(instances, table.lengths);
  const slices = sliceCount(instances.mostCopies);
  for (let width = sequences.decompose!.smallest; width <= sequences.length; width *= 2) {
    const pieces = listPieces(instances, table, sequences, width);
    const { item, start } = pieces;
    if (item.length === 0) continue;
    const give = (piece: number, out: RowWriter) => {
      out.add(instances.document[item[piece]!]!, takeOf(item[piece]!), start[piece]!, width);
      out.endRow();
    };
    if (instances.mostCopies > 1) {
      const rows = spreadPieces({ instances, table, seed }, pieces, width, slices, give);
      plans.push(orderCopies([{ rows, perRow: 1 }], phase, { width, slices }));
      continue;
    }
    const out = new RowWriter(table, width, sequences, item.length);
    const hash = keyedHash(seed, 'row');
    const keys = new Uint32Array(item.length);
    for (let p = 0; p < keys.length; p += 1) {
      const document = instances.document[item[p]!]!;
      keys[p] = hash(table.keysLow[document]!, table.keysHigh[document]!, start[p]!);
    }
    for (const piece of orderByKey(keys)) give(piece, out);
    plans.push(out.finish());
  }
  return plans;
}

/** Lists the pieces of one width, in the order of items. */
function listPieces(
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  width: number,
): Pieces {
  const lengthOf = sequenceLengths(instances, table, sequences);
  const piecesOf = (i: number) => pieceCount(lengthOf(i), width, sequences.length);
  let count = 0;
  for (let i = 0; i < instances.count; i += 1) count += piecesOf(i);
  const item = new Uint32Array(count);
  const start = new Uint32Array(count);
  let p = 0;
  for (let i = 0; i < instances.count; i += 1) {
    const length = lengthOf(i);
    // The tokens before a piece are a multiple of twice its length, except that pieces of L follow one another.
    let at = width === sequences.length ? 0 : length - (length % (2 * width));
    for (let n = piecesOf(i); n > 0; n -= 1, at += width, p += 1) {
      item[p] = i;
      start[p] = at;
    }
  }
  return { item, start };
}

function spreadPieces(
  input: { instances: Instances; table: DocumentTable; seed: number },
  { item, start }: Pieces,
  width: number,
  slices: number,
  give: (piece: number, out: RowWriter) => void,
): SpreadRows {
  const places = copyPlaces({ ...input, items: null });
  const times = copyTimes(input);
  const slice = new Int32Array(item.length).fill(anywhere);
  for (let p = 0; p < item.length; p += 1) {
    const { document, from, copies } = places(item[p]!);
    if (copies > 1) slice[p] = sliceOf(times(document, start[p]! / width, item[p]! - from, copies), slices);
  }
  return {
    rows: item.length,
    pieces: item.length,
    slice,
    give: (row, _place, out) => give(row, out),
    copiesIn: () => [],
  };
}

function pieceCount(length: number, width: number, longest: number): number {
  return width === longest ? Math.floor(length / width) : Math.floor(length / width) % 2;
}
