/**
 * `usableTokens` of `base/sequence.ts` as two numbers, for loops over documents: of a document of up to `longest` tokens
 * all are usable, of a longer one `beyond` at most.
 */

import { rowWidth, sequenceLength } from '../base/sequence.ts';
import type { SequenceSpec } from '../nouns/recipe.ts';

export interface RowRoom {
  /** Tokens of the longest document that fits in a row. */
  readonly longest: number;
  /** Infinity where longer ones are cut into rows. */
  readonly beyond: number;
  /** Document tokens of the first row of a document that is cut, and of each row after it. */
  readonly first: number;
  readonly next: number;
}

/** @param packLength the rows that the documents are packed in first; null: as `sequences` says */
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
