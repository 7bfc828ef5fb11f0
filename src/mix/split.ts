/**
 * Decides which documents are held out for validation. The decision depends on the document key, so that all copies of
 * a document in the corpus are on one side, and a document keeps its side when the corpus grows.
 *
 * Documents that belong together (`units`) have the key of their first one, and with it one side. The share then counts
 * units. A document that belongs to no other has its own key, and the same side as without units.
 */

import { keyedHash } from '../base/keyed-hash.ts';
import { createUnion } from '../base/union.ts';
import type { DocumentKeys, DocumentTable } from '../nouns/tokens.ts';
import { documentSet } from './document-set.ts';

/** Returns 1 for each document of the validation split, 0 for each of the training split. */
export function heldOut(keys: DocumentKeys, share: number, seed: number): Uint8Array {
  const hash = keyedHash(seed, 'split');
  const limit = share * 2 ** 32;
  const held = new Uint8Array(keys.count);
  for (let document = 0; document < keys.count; document += 1) {
    if (hash(keys.keysLow[document]!, keys.keysHigh[document]!, 0) < limit) held[document] = 1;
  }
  return held;
}

/**
 * The keys by which documents that belong together are split together.
 * @param together lists that say of each document the first one that it belongs to
 * @param keys of the documents, or of their groups
 */
export function unitKeys(
  table: DocumentTable,
  together: readonly Uint32Array[],
  keys: DocumentKeys = table,
): DocumentKeys {
  const units = createUnion(table.count);
  for (const first of together) for (let d = 0; d < table.count; d += 1) units.join(first[d]!, d);
  // Else a copy in another group could be on the other side.
  const copies = documentSet(table);
  for (let d = 0; d < table.count; d += 1) units.join(copies.add(d), d);
  const first = units.finish();
  const keysLow = first.map((d) => keys.keysLow[d]!);
  return { count: table.count, keysLow, keysHigh: first.map((d) => keys.keysHigh[d]!) };
}
