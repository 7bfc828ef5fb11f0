/**
 * Turns the number of copies of each document into the list of copies to pack.
 *
 * Cost: 4 bytes per copy, 4 more where cells have their own pack length, and 8 per copy that isn't whole.
 */

import { firstFrom } from '../base/sequence.ts';
import type { CellNumbers, Instances } from '../nouns/mix.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { usableIn } from './room.ts';
import type { PhaseSample } from './sample.ts';

/**
 * By cell number: `longest` and `beyond` of the cell's `RowRoom`, and its pack length; `packLength` is null if no cell
 * has its own.
 */
export interface CellRooms {
  readonly longest: Float64Array;
  readonly beyond: Float64Array;
  readonly packLength: Uint32Array | null;
  /** False: every document is usable as a whole. */
  readonly cuts: boolean;
}

export function listInstances(
  { copies, partial }: Pick<PhaseSample, 'copies' | 'partial'>,
  table: DocumentTable,
  cellOf: CellNumbers,
  rooms: CellRooms,
): Instances {
  const { longest, beyond, packLength, cuts } = rooms;
  let count = 0;
  let mostCopies = 1;
  for (let d = 0; d < copies.length; d += 1) {
    const n = copies[d]!;
    count += n;
    if (n > mostCopies) mostCopies = n;
  }
  const document = new Uint32Array(count);
  let i = 0;
  for (let d = 0; d < copies.length; d += 1) {
    for (let n = copies[d]!; n > 0; n -= 1, i += 1) document[i] = d;
  }
  const usable = cuts
    ? (d: number) => usableIn(table.lengths[d]!, longest[cellOf[d]!]!, beyond[cellOf[d]!]!)
    : null;
  return {
    count,
    document,
    parts: listParts(document, table.lengths, usable, partial),
    mostCopies,
    packLength: packLength === null ? null : ofCells(packLength, document, cellOf),
  };
}

/**
 * Lists the copies that aren't whole: all copies of documents that are usable only in part, and the copies in
 * `partial`.
 * @param documents the document of each copy, ascending
 * @param usable usable tokens of a document; null: every document is usable as a whole
 * @param partial documents whose last copy is taken in part: document -> tokens
 */
export function listParts(
  documents: Uint32Array,
  lengths: Uint32Array,
  usable: ((document: number) => number) | null,
  partial: ReadonlyMap<number, number>,
): Instances['parts'] {
  const lastCopies = [...partial].map(([d, tokens]) => ({ copy: firstFrom(documents, d + 1) - 1, tokens }));
  lastCopies.sort((a, b) => a.copy - b.copy);
  if (usable === null) {
    const cut = lastCopies.filter(({ copy, tokens }) => tokens !== lengths[documents[copy]!]!);
    return {
      copy: Uint32Array.from(cut, ({ copy }) => copy),
      take: Uint32Array.from(cut, ({ tokens }) => tokens),
    };
  }
  let count = lastCopies.length;
  for (let i = 0; i < documents.length; i += 1)
    if (usable(documents[i]!) < lengths[documents[i]!]!) count += 1;
  const copy = new Uint32Array(count);
  const take = new Uint32Array(count);
  let part = 0;
  let last = 0;
  for (let i = 0; i < documents.length; i += 1) {
    const d = documents[i]!;
    let tokens = usable(d);
    if (lastCopies[last]?.copy === i) {
      tokens = lastCopies[last]!.tokens;
      last += 1;
    }
    if (tokens === lengths[d]!) continue;
    copy[part] = i;
    take[part] = tokens;
    part += 1;
  }
  return { copy: copy.subarray(0, part), take: take.subarray(0, part) };
}

function ofCells(values: Uint32Array, documents: Uint32Array, cellOf: CellNumbers): Uint32Array {
  const out = new Uint32Array(documents.length);
  for (let i = 0; i < out.length; i += 1) out[i] = values[cellOf[documents[i]!]!]!;
  return out;
}
