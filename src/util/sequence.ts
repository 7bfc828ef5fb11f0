/**
 * The arithmetic of a document in rows, which the mix, the packers, the ledger and the shard writer must share.
 *
 * A document's sequence is [BOS] + the tokens taken, from its first + [EOS if all of it was taken].
 */
import type { RowPlan, SequenceSpec } from '../types.ts';

/** Tokens of a row. */
export function rowWidth(sequences: SequenceSpec): number {
  return sequences.length + (sequences.plusOne ? 1 : 0);
}

/** Tokens of the sequence of a document of `length` tokens of which `take` are taken. */
export function sequenceLength(
  take: number,
  length: number,
  special: { bos: boolean; eos: boolean },
): number {
  return take + (special.bos ? 1 : 0) + (special.eos && take === length ? 1 : 0);
}

/** True if the document, with its special tokens, is longer than a row. */
export function isOverlong(length: number, sequences: SequenceSpec): boolean {
  return sequenceLength(length, length, sequences) > rowWidth(sequences);
}

/** Tokens of a document that may be used. A truncated document fills its row and gets no EOS: it didn't end. */
export function usableTokens(length: number, sequences: SequenceSpec): number {
  if (!isOverlong(length, sequences) || sequences.overlong === 'fragment') return length;
  return sequences.overlong === 'truncate' ? rowWidth(sequences) - (sequences.bos ? 1 : 0) : 0;
}

/** The document's tokens [from, to) that a piece holds, and whether BOS stands before and EOS after them. */
export interface PieceTokens {
  readonly bos: boolean;
  readonly from: number;
  readonly to: number;
  readonly eos: boolean;
}

export function pieceTokens(plan: RowPlan, piece: number): PieceTokens {
  const bos = plan.bos ? 1 : 0;
  const start = plan.start[piece]!;
  const end = start + plan.length[piece]!;
  const take = plan.take[piece]!;
  return {
    bos: plan.bos && start === 0,
    from: Math.max(0, start - bos),
    to: Math.min(take, end - bos),
    eos: end > bos + take,
  };
}
