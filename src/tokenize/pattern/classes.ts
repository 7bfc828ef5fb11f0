/**
 * The character classes of a pattern: code points that are in the same sets of the pattern share one number, so that
 * matching compares a number instead of searching in ranges.
 */
import type { CodePointSet } from './syntax.ts';

export interface CharacterClasses {
  readonly count: number;
  /** Class of each code point. */
  readonly of: Uint16Array;
  /** `members(set)[class]` is 1 if the set, one of those given, contains the characters of the class. */
  members(set: CodePointSet): Uint8Array;
}

const codePoints = 0x110000;

export function classify(sets: readonly CodePointSet[]): CharacterClasses {
  const byContent = new Map<string, number>();
  const numberOf = new Map<CodePointSet, number>();
  const distinct: CodePointSet[] = [];
  for (const set of new Set(sets)) {
    const content = set.join(' ');
    let number = byContent.get(content);
    if (number === undefined) {
      number = distinct.push(set) - 1;
      byContent.set(content, number);
    }
    numberOf.set(set, number);
  }
  // Sets begin and end only at edges: between two edges, all code points are in the same sets.
  const events = new Map<number, number[]>();
  distinct.forEach((set, i) => {
    for (const [first, last] of set) {
      for (const edge of [first, last + 1]) {
        const list = events.get(edge);
        if (list === undefined) events.set(edge, [i]);
        else list.push(i);
      }
    }
  });
  const of = new Uint16Array(codePoints);
  const inside = new Uint8Array(distinct.length);
  const known = new Map<string, number>();
  const bits: Uint8Array[] = [];
  let from = 0;
  const close = (to: number) => {
    if (to <= from) return;
    const key = inside.join('');
    let number = known.get(key);
    if (number === undefined) {
      number = known.size;
      known.set(key, number);
      bits.push(inside.slice());
    }
    of.fill(number, from, to);
    from = to;
  };
  for (const edge of [...events.keys()].sort((a, b) => a - b)) {
    close(edge);
    // A set whose range ends where its next range begins occurs twice at the edge, so it stays inside.
    for (const i of events.get(edge)!) inside[i]! ^= 1;
  }
  close(codePoints);
  const members = distinct.map((_, i) => Uint8Array.from(bits, (bit) => bit[i]!));
  return { count: known.size, of, members: (set) => members[numberOf.get(set)!]! };
}
