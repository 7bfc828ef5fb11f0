/**
 * What packing takes and gives. Packing is planned before a token is read: lengths only.
 */
import type { DocumentTable, Instances, SequenceSpec } from '../types.ts';
import { type KeyedHash, keyedHash } from '../util/keyed-hash.ts';
import { orderByKey } from '../util/radix-sort.ts';
import { rowWidth, sequenceLength } from '../util/sequence.ts';
import type { RowWriter } from './row-writer.ts';

/** Copies of documents that are packed together. */
export interface PackInput {
  readonly table: DocumentTable;
  readonly instances: Instances;
  /** Which of the instances, ascending; null: all. */
  readonly items: Uint32Array | null;
  /** Tokens of a row to pack in. */
  readonly width: number;
  readonly sequences: SequenceSpec;
  readonly window: number;
  readonly seed: number;
}

/** Packed rows in the order of the run, one after another. */
export interface RowStream {
  readonly rows: number;
  /** Adds the pieces of the next row. */
  next(out: RowWriter): void;
}

/** Tokens of the sequence of an instance. A truncated document has a row and no more, even where it is only the EOS that found no room. */
export function instanceLength(
  { document, take }: Instances,
  i: number,
  table: DocumentTable,
  sequences: SequenceSpec,
): number {
  const length = sequenceLength(take[i]!, table.lengths[document[i]!]!, sequences);
  return sequences.overlong === 'truncate' ? Math.min(length, rowWidth(sequences)) : length;
}

/** A hash of documents for an order that depends on nothing but the documents, the window and the seed. */
export function orderHash(table: DocumentTable, window: number, seed: number): (document: number) => number {
  const hash: KeyedHash = keyedHash(seed, 'order');
  const { keysLow, keysHigh } = table;
  return (document) => hash(keysLow[document]!, keysHigh[document]!, window);
}

/** Instance numbers in that order. */
export function keyedOrder({ table, instances, items, window, seed }: PackInput): Uint32Array {
  const hash = orderHash(table, window, seed);
  const keys = new Uint32Array(items?.length ?? instances.count);
  for (let k = 0; k < keys.length; k += 1)
    keys[k] = hash(instances.document[items === null ? k : items[k]!]!);
  const order = orderByKey(keys);
  if (items !== null) for (let k = 0; k < order.length; k += 1) order[k] = items[order[k]!]!;
  return order;
}
