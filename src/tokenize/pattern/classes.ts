/**
 * Character classes of a pattern: code points that no set of the pattern tells apart have one number, so that matching
 * asks for a number instead of a search in ranges.
 */
import type { CodePointSet } from './syntax.ts';

export interface CharacterClasses {
  readonly count: number;
  /** Class of each code point. */
  readonly of: Uint16Array;
  /** Whether a set has the characters of a class: `members(set)[class]`. The same set gives the same array. */
  members(set: CodePointSet): Uint8Array;
}

const codePoints = 0x110000;

export function classify(sets: readonly CodePointSet[]): CharacterClasses {
  const distinct = [...new Map(sets.map((set) => [JSON.stringify(set), set])).values()];
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
  const byKey = new Map<string, Uint8Array>(
    distinct.map((set, i) => [JSON.stringify(set), Uint8Array.from(bits, (bit) => bit[i]!)]),
  );
  return { count: known.size, of, members: (set) => byKey.get(JSON.stringify(set))! };
}
