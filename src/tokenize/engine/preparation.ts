import type { AddedToken, Metaspace, Normalizer } from '../model.ts';

/** The changes of a text before the kernel gets it. Plain data, because it is sent to other threads. */
export interface Preparation {
  readonly added: readonly AddedToken[];
  readonly normalizers: readonly Normalizer[];
  readonly addedNormalized: readonly AddedToken[];
  /**
   * `apart`: white space is dropped, and each word is a segment. `together`: white space is dropped, and a space is put
   * before each word; the kernel cuts at these spaces, so all words are one segment. null: white space stays.
   */
  readonly words: 'apart' | 'together' | null;
  /** Where a space is put before a segment; null: nowhere. */
  readonly prefix: Metaspace['prefix'] | null;
  /** Whether U+2581 becomes a space. */
  readonly metaspace: boolean;
}
