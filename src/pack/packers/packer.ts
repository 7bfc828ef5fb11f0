/**
 * The input and output of packing. Packing needs lengths only, so it is planned before any token is read.
 */

import { keyedHash } from '../../base/keyed-hash.ts';
import { orderByKey } from '../../base/radix-sort.ts';
import { firstFrom, rowWidth, takenTokens } from '../../base/sequence.ts';
import type { Instances } from '../../nouns/mix.ts';
import type { SequenceSpec } from '../../nouns/recipe.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import type { DocumentGroups, DocumentTable } from '../../nouns/tokens.ts';
import type { RowWriter } from './row-writer.ts';

/** All copies of documents of a phase (or split). */
export interface PhaseInput {
  readonly instances: Instances;
  readonly table: DocumentTable;
  readonly sequences: SequenceSpec;
  readonly seed: number;
  /** null: each document is a group of its own. */
  readonly groups: DocumentGroups | null;
}

/** The type of every packer. It returns one plan per row length that it makes, shortest first. */
export type PackPhase = (input: PhaseInput) => RowPlan[];

/** Copies of documents that are packed together. */
export interface PackInput {
  readonly table: DocumentTable;
  readonly instances: Instances;
  /** Numbers of the instances to pack, ascending; null: all. */
  readonly items: Uint32Array | null;
  /** Tokens per row. */
  readonly width: number;
  readonly sequences: SequenceSpec;
  readonly seed: number;
}

/** Adds the packed rows to `out`, in the order of the run. */
export type PackRows = (input: PackInput, out: RowWriter) => void;

/** Returns a function that gives the tokens per row for a copy; per inner row where a pack length is set. */
export function packWidths(
  { packLength }: Pick<Instances, 'packLength'>,
  sequences: SequenceSpec,
): (copy: number) => number {
  const plain = sequences.packLength ?? rowWidth(sequences);
  return packLength === null ? () => plain : (copy) => packLength[copy]!;
}

/**
 * Returns a function that gives the tokens of an instance's sequence. With `truncate` a sequence is at most one row
 * long, even if only its EOS doesn't fit.
 */
export function sequenceLengths(
  instances: Instances,
  { lengths }: DocumentTable,
  sequences: SequenceSpec,
): (instance: number) => number {
  const bos = Number(sequences.bos);
  const eos = Number(sequences.eos);
  const longest = sequences.overlong === 'truncate' ? rowWidth(sequences) : Number.POSITIVE_INFINITY;
  const { document } = instances;
  const takeOf = takenTokens(instances, lengths);
  return (i) => {
    const taken = takeOf(i);
    const length = taken + bos + (taken === lengths[document[i]!] ? eos : 0);
    return Math.min(length, longest);
  };
}

/**
 * Writes the lengths of `sequenceLengths` to `out`, for the items from `first` on, as many as there are and fit in
 * `out`. A loop over all documents can't afford a call per document.
 * @returns how many lengths were written
 */
export function readLengths(
  { table, instances, items, sequences }: PackInput,
  first: number,
  out: Uint32Array,
): number {
  const { lengths } = table;
  const { document, parts } = instances;
  const count = Math.min(out.length, (items?.length ?? instances.count) - first);
  const bos = Number(sequences.bos);
  const specials = bos + Number(sequences.eos);
  const longest = sequences.overlong === 'truncate' ? rowWidth(sequences) : Number.POSITIVE_INFINITY;
  let part = firstFrom(parts.copy, items === null ? first : (items[first] ?? 0));
  for (let k = 0; k < count; k += 1) {
    const i = items === null ? first + k : items[first + k]!;
    let length = lengths[document[i]!]! + specials;
    while (parts.copy[part]! < i) part += 1;
    if (parts.copy[part] === i) length = parts.take[part]! + bos;
    out[k] = Math.min(length, longest);
  }
  return count;
}

/** Returns the instance numbers in an order that depends only on the documents and the seed. */
export function keyedOrder({ table, instances, items, seed }: PackInput): Uint32Array {
  const hash = keyedHash(seed, 'order');
  const keys = new Uint32Array(items?.length ?? instances.count);
  for (let k = 0; k < keys.length; k += 1) {
    const document = instances.document[items === null ? k : items[k]!]!;
    keys[k] = hash(table.keysLow[document]!, table.keysHigh[document]!, 0);
  }
  const order = orderByKey(keys);
  if (items !== null) for (let k = 0; k < order.length; k += 1) order[k] = items[order[k]!]!;
  return order;
}
