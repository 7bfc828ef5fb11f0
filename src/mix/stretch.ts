/**
 * Finds stretches of a cell's documents in the order of a keyed hash (equal hashes, such as those of copies of a
 * document, keep the order of the corpus). Only the ends of a stretch matter, so the cell isn't sorted: tokens are
 * summed by the upper bits of the hash, and only the documents with the bits at which the stretch ends are sorted.
 *
 * Cost: two passes over the cell, 4 bytes per document of the largest cell, and 512 KiB.
 */

import type { KeyedHash } from '../base/keyed-hash.ts';
import { orderByKey } from '../base/radix-sort.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { type RowRoom, usableIn } from './room.ts';

/** A place in the order: before all documents with a larger hash, or with the same hash and at least this number. */
export interface Edge {
  readonly hash: number;
  readonly document: number;
}

export const firstEdge: Edge = { hash: 0, document: 0 };
export const lastEdge: Edge = { hash: 2 ** 32, document: 0 };

/** A cell's documents (ascending), their hashes, the lengths of all documents, and the room that rows have for them. */
export interface OrderedCell {
  readonly documents: Uint32Array;
  readonly hashes: Uint32Array;
  readonly lengths: Uint32Array;
  readonly room: RowRoom;
}

export interface Reach {
  readonly end: Edge;
  readonly tokens: number;
  /** The last document, if only a part of it is taken, and the tokens of that part. */
  readonly partial: { readonly document: number; readonly take: number } | null;
}

const mostBits = 16;
const sums: Float64Array = new Float64Array(2 ** mostBits);

export function hashDocuments(
  documents: Uint32Array,
  { keysLow, keysHigh }: DocumentTable,
  priority: KeyedHash,
  out: Uint32Array,
): Uint32Array {
  for (let i = 0; i < documents.length; i += 1) {
    const d = documents[i]!;
    out[i] = priority(keysLow[d]!, keysHigh[d]!, 0);
  }
  return out.subarray(0, documents.length);
}

/**
 * Finds how far a stretch of `wanted` tokens goes from `start`, at most to `limit`. It ends at the nearest end of a
 * document or, with `cut`, at the nearest end of a row in a document that spans several rows.
 */
export function reach(cell: OrderedCell, start: Edge, limit: Edge, wanted: number, cut: boolean): Reach {
  if (wanted < 0) return { end: start, tokens: 0, partial: null };
  const { documents, hashes, lengths, room } = cell;
  const { longest, beyond } = room;
  // About eight documents per sum.
  const bits = Math.min(mostBits, Math.max(1, 29 - Math.clz32(documents.length)));
  const shift = 32 - bits;
  sums.fill(0, 0, 2 ** bits);
  for (let i = 0; i < documents.length; i += 1) {
    const hash = hashes[i]!;
    const d = documents[i]!;
    if (isBefore(hash, d, start.hash, start.document) || !isBefore(hash, d, limit.hash, limit.document))
      continue;
    sums[hash >>> shift]! += usableIn(lengths[d]!, longest, beyond);
  }
  let tokens = 0;
  let bin = 0;
  while (bin < 2 ** bits && tokens + sums[bin]! <= wanted) {
    tokens += sums[bin]!;
    bin += 1;
  }
  if (bin === 2 ** bits) return { end: limit, tokens, partial: null };

  const inBin: number[] = [];
  for (let i = 0; i < documents.length; i += 1) {
    const hash = hashes[i]!;
    const d = documents[i]!;
    if (hash >>> shift !== bin) continue;
    if (isBefore(hash, d, start.hash, start.document) || !isBefore(hash, d, limit.hash, limit.document))
      continue;
    inBin.push(i);
  }
  for (const n of orderByKey(Uint32Array.from(inBin, (i) => hashes[i]!))) {
    const document = documents[inBin[n]!]!;
    const hash = hashes[inBin[n]!]!;
    const usable = usableIn(lengths[document]!, longest, beyond);
    if (tokens + usable <= wanted) {
      tokens += usable;
      continue;
    }
    const spansRows = beyond === Number.POSITIVE_INFINITY && lengths[document]! > longest;
    const take = nearest(wanted - tokens, usable, cut && spansRows ? room : null);
    return {
      end: { hash, document: take > 0 ? document + 1 : document },
      tokens: tokens + take,
      partial: take > 0 && take < usable ? { document, take } : null,
    };
  }
  throw new Error('a stretch ends in none of its documents');
}

/** Returns how much of a document of `tokens` to take if `left` tokens (fewer) are still wanted. */
export function nearest(left: number, tokens: number, rows: RowRoom | null): number {
  if (left <= 0) return 0;
  if (rows === null) return left >= tokens / 2 ? tokens : 0;
  if (left < rows.first / 2) return 0;
  return Math.min(tokens, rows.first + Math.max(0, Math.round((left - rows.first) / rows.next)) * rows.next);
}

export function isBefore(hash: number, document: number, edgeHash: number, edgeDocument: number): boolean {
  return hash < edgeHash || (hash === edgeHash && document < edgeDocument);
}
