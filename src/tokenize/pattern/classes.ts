/**
 * Character classes of a pattern: code points that no set of the pattern tells apart have one number, so that matching
 * asks for a number instead of a search in ranges.
 */
import type { CodePointSet } from './syntax.ts';

export interface CharacterClasses {
  readonly count: number;
  /** Class of each code point. */
  readonly of: Uint16Array;
  /** Whether one of the sets that were given has the characters of a class: `members(set)[class]`. */
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
  // Each set begins or ends at an edge; between two edges all sets are constant.
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
    // A set whose range ends where its next one begins is named twice and stays inside.
    for (const i of events.get(edge)!) inside[i]! ^= 1;
  }
  close(codePoints);
  const members = distinct.map((_, i) => Uint8Array.from(bits, (bit) => bit[i]!));
  return { count: known.size, of, members: (set) => members[numberOf.get(set)!]! };
}
