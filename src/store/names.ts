/** A dictionary column that grows, for few distinct strings that come in runs. */
import type { Dictionary, Int32, Utf8, Vector } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import { numberColumn } from './columns.ts';

export interface Names {
  /** Distinct names, in the order in which they came. */
  readonly names: readonly string[];
  /** Adds the name, or null, for `times` more documents. */
  add(name: string | null, times: number): void;
  vector(dictionaryId: number): Vector<Dictionary<Utf8, Int32>>;
}

export function createNames(): Names {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const indices = numberColumn();
  /** Documents without a name. */
  const missing = numberColumn();
  let count = 0;
  return {
    names,
    add(name, times) {
      if (times === 0) return;
      let index = name === null ? 0 : numbers.get(name);
      if (name === null) for (let i = 0; i < times; i += 1) missing.repeat(count + i, 1);
      else if (index === undefined) {
        index = names.length;
        names.push(name);
        numbers.set(name, index);
      }
      indices.repeat(index!, times);
      count += times;
    },
    vector(dictionaryId) {
      const { Dictionary, Int32, Utf8, makeData, makeVector, vectorFromArray } = arrow;
      // Give the dictionary an id: by default Arrow takes it from a process-wide counter, and the bytes would depend on
      // what the process wrote before.
      const type = new Dictionary(new Utf8(), new Int32(), dictionaryId);
      const dictionary = vectorFromArray(names, new Utf8());
      const { buffer, length } = indices.values();
      const without = missing.values();
      return makeVector(
        makeData({
          type,
          length,
          nullCount: without.length,
          nullBitmap: without.length === 0 ? null : validity(length, without),
          data: new Int32Array(buffer, 0, length),
          dictionary,
        }),
      );
    },
  };
}

/** One bit per value, lowest bit first; 1: the value is not null. */
function validity(count: number, missing: Uint32Array): Uint8Array {
  const bits = new Uint8Array((count + 7) >> 3).fill(0xff);
  for (const at of missing) bits[at >> 3]! &= ~(1 << (at & 7));
  return bits;
}

/** The distinct names of a dictionary column. */
export function nameList(dictionary: Vector<Utf8>): string[] {
  return Array.from(dictionary, (name) => name ?? '');
}
