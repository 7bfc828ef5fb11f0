/**
 * Best-fit decreasing over the histogram of lengths. Pieces go, longest first, to the open row that they fill best; if
 * no open row has room, a new row is opened (Ding et al. 2024, "Fewer Truncations Improve Language Modeling", arXiv
 * 2404.10830). Pieces of one length are interchangeable, and so are rows that hold the same lengths. Such rows form a
 * kind, and one step fills as many rows of a kind, with as many pieces each, as possible. The result has the same rows
 * as the search piece by piece (`best-fit-naive.ts`; tests hold the two equal; between rows of equal room both take the
 * one filled last). The cost is a step per change of kind, not per piece: a hundred million documents are packed in
 * some million steps.
 */
import { Column } from '../../base/column.ts';
import { CapacityIndex } from './capacity-index.ts';

/**
 * Kinds of rows. The contents of a row of a kind are a chain of links, which begins with the last one put in. Kinds
 * share the ends of chains.
 */
export interface RowKinds {
  readonly kinds: number;
  readonly rows: number;
  /** Per kind: its number of rows, the pieces of each, and its chain's first link. */
  readonly rowsOf: Uint32Array;
  readonly piecesOf: Uint32Array;
  readonly links: Int32Array;
  /**
   * Four numbers per link: a list of pieces, their length, their count, where the next link begins (-1: no next link).
   */
  readonly chain: Int32Array;
}

const none = -1;

/** @param counts number of pieces of each length; lengths go from 1 to `counts.length - 1`, which is the row width */
export function fitLengths(counts: Uint32Array): RowKinds {
  const width = counts.length - 1;
  const open = new CapacityIndex(width);
  // Open kinds with equal room form a stack.
  const top = new Int32Array(width + 1).fill(none);
  let rowsOf = new Uint32Array(1024);
  let links = new Int32Array(1024);
  let below = new Int32Array(1024);
  let kinds = 0;
  const chain = new Column();
  let rows = 0;

  const newKind = (rowCount: number): number => {
    if (kinds === rowsOf.length) {
      rowsOf = grown(rowsOf, new Uint32Array(2 * kinds));
      links = grown(links, new Int32Array(2 * kinds));
      below = grown(below, new Int32Array(2 * kinds));
    }
    rowsOf[kinds] = rowCount;
    kinds += 1;
    return kinds - 1;
  };
  /** Adds `pieces` pieces to each row of a kind, whose rows had `room` tokens left and the chain `link`. */
  const fill = (kind: number, link: number, room: number, length: number, pieces: number) => {
    links[kind] = chain.length;
    // All pieces of a length are one list.
    chain.push(length);
    chain.push(length);
    chain.push(pieces);
    chain.push(link);
    const left = room - pieces * length;
    if (left === 0) return;
    if (top[left] === none) open.add(left);
    below[kind] = top[left]!;
    top[left] = kind;
  };

  for (let length = width; length > 0; length -= 1) {
    let pieces = counts[length]!;
    while (pieces > 0) {
      const found = open.atLeast(length);
      const room = found === none ? width : found;
      const each = Math.floor(room / length);
      const enough = Math.floor(pieces / each);
      if (found === none) {
        if (enough > 0) fill(newKind(enough), none, room, length, each);
        const rest = pieces - enough * each;
        if (rest > 0) fill(newKind(1), none, room, length, rest);
        rows += enough + (rest > 0 ? 1 : 0);
        break;
      }
      const kind = top[room]!;
      const link = links[kind]!;
      const has = rowsOf[kind]!;
      if (enough >= has) {
        pop(room, kind);
        fill(kind, link, room, length, each);
        pieces -= has * each;
        continue;
      }
      // The last pieces of this length split the kind: rows with `each` pieces, one row with fewer, untouched rows.
      const rest = pieces - enough * each;
      rowsOf[kind] = has - enough - (rest > 0 ? 1 : 0);
      if (rowsOf[kind] === 0) pop(room, kind);
      if (enough > 0) fill(newKind(enough), link, room, length, each);
      if (rest > 0) fill(newKind(1), link, room, length, rest);
      break;
    }
  }
  const piecesOf = new Uint32Array(kinds);
  for (let kind = 0; kind < kinds; kind += 1) {
    for (let link = links[kind]!; link >= 0; link = chain.at(link + 3)) piecesOf[kind]! += chain.at(link + 2);
  }
  return { kinds, rows, rowsOf, piecesOf, links, chain: chain.toInt32() };

  function pop(room: number, kind: number): void {
    top[room] = below[kind]!;
    if (top[room] === none) open.remove(room);
  }
}

function grown<T extends Uint32Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
