/**
 * Token ids of a document in whatever form a format has them -> one typed array, checked against the vocabulary. A column's
 * values are copied as one piece where they lie in a typed array; only JSON gives an array of numbers.
 */
import type { UnitIds } from '../../nouns/documents.ts';

/** Why a value is not a document's ids. */
export interface BadIds {
  readonly reason: string;
}

/** The list of a row, as Arrow's library gives it. */
interface Column extends Iterable<unknown> {
  readonly nullCount: number;
  toArray(): ArrayLike<number | bigint>;
}

/** The document of a value, without what its rows add themselves. */
export function documentIds(value: unknown, field: string, facts: UnitIds): Uint32Array | BadIds {
  const given = listOf(value);
  if (given === null) return { reason: `"${field}" is not a list of token ids but ${describe(value)}` };
  const ids = new Uint32Array(given.length);
  const bad = copyIds(given, ids, facts.vocabularySize);
  if (bad >= 0) {
    return {
      reason: `token ${bad + 1} of "${field}" is ${item(given[bad])}; ids are whole numbers from 0 to ${facts.vocabularySize - 1}`,
    };
  }
  return withoutEnds(ids, facts);
}

/** @returns the place of the first that is not an id of the vocabulary; -1: all are */
export function copyIds(from: ArrayLike<unknown>, into: Uint32Array, vocabularySize: number): number {
  if (isWhole(from)) {
    // One copy; what is negative becomes larger than any vocabulary.
    into.set(from);
    for (let i = 0; i < from.length; i += 1) if (into[i]! >= vocabularySize) return i;
    return -1;
  }
  for (let i = 0; i < from.length; i += 1) {
    const value = from[i];
    const id = typeof value === 'bigint' ? Number(value) : value;
    if (typeof id !== 'number' || !(id >= 0 && id < vocabularySize) || id !== Math.floor(id)) return i;
    into[i] = id;
  }
  return -1;
}

/** Whole numbers of at most 32 bits. */
function isWhole(
  from: ArrayLike<unknown>,
): from is Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array {
  return (
    from instanceof Uint16Array ||
    from instanceof Int32Array ||
    from instanceof Uint32Array ||
    from instanceof Int16Array ||
    from instanceof Uint8Array ||
    from instanceof Int8Array
  );
}

/** Without a BOS at its beginning and an EOS at its end: rows put them there, if the recipe asks for them. */
export function withoutEnds(ids: Uint32Array, { bosId, eosId }: UnitIds): Uint32Array {
  const start = bosId !== null && ids[0] === bosId ? 1 : 0;
  const end =
    eosId !== null && ids.length > start && ids[ids.length - 1] === eosId ? ids.length - 1 : ids.length;
  return ids.subarray(start, end);
}

/** Little-endian, as the store's keys are made of them. */
export function bytesOfIds(ids: Uint32Array): Uint8Array {
  return new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
}

function listOf(value: unknown): ArrayLike<unknown> | null {
  if (Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return value instanceof Uint8Array ? null : (value as unknown as ArrayLike<number>);
  }
  if (typeof value !== 'object' || value === null || !('toArray' in value)) return null;
  const column = value as Column;
  // What stands where a value is null is anything.
  return column.nullCount > 0 ? Array.from(column) : column.toArray();
}

function item(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  // Quotes show why a text that looks like an id is none.
  return typeof value === 'string' ? `the text ${JSON.stringify(value.slice(0, 40))}` : String(value);
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return value instanceof Uint8Array ? 'text or bytes' : `of type ${typeof value}`;
}
