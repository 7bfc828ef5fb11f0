/** Operations on sets of code points that unicode.ts does not have. */
import { complement, unite } from '../unicode/unicode.ts';
import type { CodePointSet } from './syntax.ts';

export const anyCharacter: CodePointSet = [[0, 0x10ffff]];

export function single(char: string): CodePointSet {
  const point = char.codePointAt(0)!;
  return [[point, point]];
}

/** The set of the characters of a text. */
export function charactersOf(text: string): CodePointSet {
  return unite(Array.from(text, (char) => single(char)[0]!));
}

export function intersect(a: CodePointSet, b: CodePointSet): CodePointSet {
  const out: [number, number][] = [];
  for (let i = 0, k = 0; i < a.length && k < b.length; ) {
    const first = Math.max(a[i]![0], b[k]![0]);
    const last = Math.min(a[i]![1], b[k]![1]);
    if (first <= last) out.push([first, last]);
    if (a[i]![1] < b[k]![1]) i += 1;
    else k += 1;
  }
  return out;
}

export function subtract(a: CodePointSet, b: CodePointSet): CodePointSet {
  return intersect(a, complement(b));
}

export function contains(set: CodePointSet, point: number): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[middle]![1] < point) low = middle + 1;
    else high = middle;
  }
  return low < set.length && set[low]![0] <= point;
}
