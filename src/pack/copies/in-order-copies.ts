/**
 * Runs packers that take items one by one, for mixes in which documents repeat. Items come in the order of their times
 * in the run (`spread.ts`); a document with one copy gets its time from a hash. Rows that hold a repeated document keep
 * their time.
 */
import { keyedHash } from '../../base/keyed-hash.ts';
import { orderByKey } from '../../base/radix-sort.ts';
import { takenTokens } from '../../base/sequence.ts';
import { type PackInput, sequenceLengths } from '../packers/packer.ts';
import type { Packer } from '../packers/pieces.ts';
import { anywhere, copyPlaces, copyTimes, type SpreadRows } from './spread.ts';

export function packCopiesInOrder(input: PackInput, slices: number, pack: Packer): SpreadRows {
  const { table, instances, items, width, sequences } = input;
  const takeOf = takenTokens(instances, table.lengths);
  const lengthOf = sequenceLengths(instances, table, sequences);
  const placeOf = copyPlaces(input);
  const instanceOf = (item: number) => (items === null ? item : items[item]!);
  const order = timeOrder(input);
  const lengths = new Uint32Array(order.length);
  const documents = new Uint32Array(order.length);
  for (const [k, item] of order.entries()) {
    lengths[k] = lengthOf(instanceOf(item));
    documents[k] = instances.document[instanceOf(item)]!;
  }
  const { item: itemOf, start, length, rowEnds } = pack(lengths, width, documents);
  const rows = rowEnds.length;
  const slice = new Int32Array(rows).fill(anywhere);
  for (let row = 0, p = 0; row < rows; row += 1) {
    for (; p < rowEnds[row]!; p += 1) {
      const item = order[itemOf[p]!]!;
      if (placeOf(item).copies > 1) slice[row] = Math.floor((row / rows) * slices);
    }
  }
  const piecesOf = (row: number) => {
    const from = row === 0 ? 0 : rowEnds[row - 1]!;
    return Array.from({ length: rowEnds[row]! - from }, (_, k) => from + k);
  };
  return {
    rows,
    pieces: itemOf.length,
    slice,
    give(row, _place, out) {
      for (const p of piecesOf(row)) {
        const i = instanceOf(order[itemOf[p]!]!);
        out.add(instances.document[i]!, takeOf(i), start[p]!, length[p]!);
      }
      out.endRow();
    },
    copiesIn(row) {
      return piecesOf(row).flatMap((p) => {
        const item = order[itemOf[p]!]!;
        const { document, from, copies } = placeOf(item);
        return copies === 1 ? [] : [{ document, copy: item - from }];
      });
    },
  };
}

/** Orders the items by their times. */
function timeOrder(input: PackInput): Uint32Array {
  const { table, instances, items, seed } = input;
  const times = copyTimes(input);
  const placeOf = copyPlaces(input);
  const hash = keyedHash(seed, 'order');
  const keys = new Uint32Array(items?.length ?? instances.count);
  for (let item = 0; item < keys.length; ) {
    const { document, from, copies } = placeOf(item);
    const once = hash(table.keysLow[document]!, table.keysHigh[document]!, 0);
    for (; item < from + copies; item += 1)
      keys[item] = copies === 1 ? once : times(document, 0, item - from, copies);
  }
  return orderByKey(keys);
}
