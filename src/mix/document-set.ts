/**
 * A set of documents that tells copies: by key (xxHash64 of the text) and length. Two different texts of a corpus of 10^8
 * documents share a key with a probability below 0.03 %, and would have to be equally long too.
 *
 * Cost: an open-addressed table of 1.6 slots (6.4 bytes) per document; no object per document. A probe is a miss of the
 * processor's cache; a document needs 1.8 of them (linear probing up to a load of 5/8).
 */
import type { DocumentTable } from '../nouns/tokens.ts';

const slotsPerDocument = 1.6;

export interface DocumentSet {
  /** The number of the copy that is in the set already; else adds the document, and gives its own number. */
  add(document: number): number;
  /** The number of the document in the set that has this key and length; -1: none. */
  find(low: number, high: number, length: number): number;
}

/**
 * An empty set for documents of a table, which looks from the place of a key on.
 * @param table `lengths` null: the key alone decides
 */
export function documentSet({
  count,
  keysLow,
  keysHigh,
  lengths,
}: Pick<DocumentTable, 'count' | 'keysLow' | 'keysHigh'> & {
  readonly lengths: Uint32Array | null;
}): DocumentSet {
  const size = Math.ceil(count * slotsPerDocument) + 1;
  const perKey = size / 2 ** 32;
  /** Document number + 1; 0: free. */
  const slots = new Uint32Array(size);
  /** The slot of the document, or the free one where it would be. */
  const slotOf = (low: number, high: number, length: number): number => {
    let slot = Math.floor(low * perKey);
    for (;;) {
      const other = slots[slot]! - 1;
      if (other < 0) return slot;
      const isSame = keysLow[other] === low && keysHigh[other] === high;
      if (isSame && (lengths === null || lengths[other] === length)) return slot;
      slot = slot + 1 === size ? 0 : slot + 1;
    }
  };
  return {
    add(document) {
      const slot = slotOf(keysLow[document]!, keysHigh[document]!, lengths?.[document] ?? 0);
      if (slots[slot] === 0) slots[slot] = document + 1;
      return slots[slot]! - 1;
    },
    find: (low, high, length) => slots[slotOf(low, high, length)]! - 1,
  };
}
