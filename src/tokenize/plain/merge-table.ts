/**
 * Tells which pairs of tokens merge, how early, and into what. Two functions hide whether a model has tiktoken's ranks
 * or a list.
 */
import type { BpeVocabulary, MergeList } from '../model.ts';

export interface MergeTable {
  /** The pair's priority: lower is earlier; Infinity: the pair does not merge. */
  priority(left: number, right: number): number;
  /** The token that the merge of this priority makes. */
  merged(priority: number): number;
}

export function createMergeTable({ merges, pieces }: Pick<BpeVocabulary, 'merges' | 'pieces'>): MergeTable {
  if (merges === 'ranks') return createRankTable(pieces, null);
  return 'order' in merges ? createRankTable(pieces, merges.order) : createListTable(pieces.length, merges);
}

function createRankTable(pieces: BpeVocabulary['pieces'], order: Uint32Array | null): MergeTable {
  const ids = createPieceIndex(pieces);
  const keys = pieces.map((piece) => (piece === undefined ? '' : bytesKey(piece)));
  const byOrder = new Map<number, number>();
  for (const id of ids.values()) byOrder.set(order?.[id] ?? id, id);
  return {
    priority: (left, right) => {
      const id = ids.get(keys[left]! + keys[right]!);
      return id === undefined ? Number.POSITIVE_INFINITY : (order?.[id] ?? id);
    },
    merged: (priority) => byOrder.get(priority)!,
  };
}

function createListTable(size: number, merges: MergeList): MergeTable {
  // Ids are below about 2^21, so left * size + right is an exact integer.
  const priorities = new Map<number, number>();
  for (let i = 0; i < merges.left.length; i += 1) {
    priorities.set(merges.left[i]! * size + merges.right[i]!, i);
  }
  return {
    priority: (left, right) => priorities.get(left * size + right) ?? Number.POSITIVE_INFINITY,
    merged: (priority) => merges.merged[priority]!,
  };
}

/** Key of a piece (see bytesKey) -> id; for several pieces with the same bytes, the first id. */
export function createPieceIndex(pieces: BpeVocabulary['pieces']): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  pieces.forEach((piece, id) => {
    if (piece === undefined) return;
    const key = bytesKey(piece);
    if (!ids.has(key)) ids.set(key, id);
  });
  return ids;
}

/**
 * Bytes as a string with one character per byte, for use as a Map key. Joining two keys is the same as joining their
 * bytes.
 */
export function bytesKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
