/**
 * Decides which documents are held out for validation. The decision depends on the document key, so that all copies of
 * a document in the corpus are on one side, and a document keeps its side when the corpus grows.
 */

import { keyedHash } from '../base/keyed-hash.ts';
import type { DocumentTable } from '../nouns/tokens.ts';

/** Returns 1 for each document of the validation split, 0 for each of the training split. */
export function heldOut(table: DocumentTable, share: number, seed: number): Uint8Array {
  const hash = keyedHash(seed, 'split');
  const limit = share * 2 ** 32;
  const held = new Uint8Array(table.count);
  for (let document = 0; document < table.count; document += 1) {
    if (hash(table.keysLow[document]!, table.keysHigh[document]!, 0) < limit) held[document] = 1;
  }
  return held;
}
