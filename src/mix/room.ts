/**
 * `usableTokens` of `base/sequence.ts` as two numbers, for loops over documents: a document of up to `longest` tokens
 * is usable as a whole; a longer one has at most `beyond` usable tokens.
 */

import { rowWidth, sequenceLength } from '../base/sequence.ts';
import type { SequenceSpec } from '../nouns/recipe.ts';

export interface RowRoom {
  /** Tokens of the longest document that fits in a row. */
  readonly longest: number;
  /** The most usable tokens of a longer document; Infinity where it is cut into rows. */
  readonly beyond: number;
  /** If a document is cut: its tokens in its first row, and in each row after that. */
  readonly first: number;
  readonly next: number;
}

/** @param packLength tokens of the inner rows that the documents are packed in; null: as `sequences` says */
export function rowRoom(sequences: SequenceSpec, packLength: number | null): RowRoom {
  const width = packLength ?? sequences.packLength ?? rowWidth(sequences);
  const first = width - (sequences.bos ? 1 : 0);
  return {
    longest: width - sequenceLength(0, 0, sequences),
    beyond: { fragment: Number.POSITIVE_INFINITY, truncate: first, exclude: 0 }[sequences.overlong],
    first,
    next: width,
  };
}

export function usableIn(length: number, longest: number, beyond: number): number {
  return length <= longest || length <= beyond ? length : beyond;
}
