/** Added tokens in text, found in its bytes: what matches there matches as characters, too, for that is how UTF-8 is made. */
import type { AddedToken } from './model.ts';

export interface FoundToken {
  /** null: text, in which nothing else is to be found. */
  readonly id: number | null;
  readonly at: number;
  readonly length: number;
}

/** The leftmost added token in text[start, end), of those the longest. */
export function createAddedFinder(
  added: readonly AddedToken[],
): (text: Uint8Array, start: number, end: number) => FoundToken | null {
  if (added.length === 0) return () => null;
  /** A trie: node * 256 + byte -> child; the root is 0. */
  const children = new Map<number, number>();
  /** Id of the token that ends at a node; undefined: none does. */
  const ids: (number | null | undefined)[] = [undefined];
  for (const { id, text } of added) {
    let node = 0;
    for (const byte of Buffer.from(text)) {
      let child = children.get(node * 256 + byte);
      if (child === undefined) {
        child = ids.push(undefined) - 1;
        children.set(node * 256 + byte, child);
      }
      node = child;
    }
    ids[node] = id;
  }
  const begins = Uint8Array.from({ length: 256 }, (_, byte) => (children.has(byte) ? 1 : 0));
  const single = [...begins.keys()].filter((byte) => begins[byte] === 1);

  const at = (text: Uint8Array, start: number, end: number): FoundToken | null => {
    let found: FoundToken | null = null;
    let node: number | undefined = 0;
    for (let next = start; next < end; next += 1) {
      node = children.get(node * 256 + text[next]!);
      if (node === undefined) break;
      const id = ids[node];
      if (id !== undefined) found = { id, at: start, length: next + 1 - start };
    }
    return found;
  };
  if (single.length === 1) {
    return (text, start, end) => {
      // Within its end: indexOf would go on to the next document that has the byte, from every one that has none.
      const within = text.subarray(0, end);
      for (
        let from = within.indexOf(single[0]!, start);
        from >= 0;
        from = within.indexOf(single[0]!, from + 1)
      ) {
        const found = at(text, from, end);
        if (found !== null) return found;
      }
      return null;
    };
  }
  return (text, start, end) => {
    for (let from = start; from < end; from += 1) {
      if (begins[text[from]!] === 0) continue;
      const found = at(text, from, end);
      if (found !== null) return found;
    }
    return null;
  };
}
