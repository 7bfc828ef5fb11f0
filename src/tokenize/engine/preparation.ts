import type { AddedToken, Metaspace, Normalizer } from '../model.ts';

/** What is done with a text before the kernel gets it. Plain data: it crosses threads. */
export interface Preparation {
  readonly added: readonly AddedToken[];
  readonly normalizers: readonly Normalizer[];
  readonly addedNormalized: readonly AddedToken[];
  /**
   * White space is dropped, and each word between it is a segment; `together`: a space is put before each, where the kernel
   * cuts, so they are one segment. null: white space stays.
   */
  readonly words: 'apart' | 'together' | null;
  /** Where a space is put before a segment; null: nowhere. */
  readonly prefix: Metaspace['prefix'] | null;
  /** U+2581 becomes a space. */
  readonly metaspace: boolean;
}
