/**
 * The arithmetic of documents in rows, which the mix, the packers, the ledger and the shard writer must share.
 *
 * A document's sequence is [BOS] + the tokens taken (from its first token on) + [EOS if all its tokens were taken].
 */
import type { Instances } from '../nouns/mix.ts';
import type { SequenceSpec } from '../nouns/recipe.ts';
import type { RowPlan } from '../nouns/rows.ts';
import { sentinelsPerDocument } from './fim.ts';

/** Tokens per row. */
export function rowWidth(sequences: SequenceSpec): number {
  return sequences.length + (sequences.plusOne ? 1 : 0);
}

/** Tokens of the sequence of a document, if `take` of its `length` tokens are taken. */
export function sequenceLength(
  take: number,
  length: number,
  special: { bos: boolean; eos: boolean },
): number {
  return take + (special.bos ? 1 : 0) + (special.eos && take === length ? 1 : 0);
}

/** Tokens of a sequence after its full rows: 1 to `width`. */
export function lastPiece(length: number, width: number): number {
  return length <= width ? length : ((length - 1) % width) + 1;
}

/** True if the document, with its special tokens, is longer than a row. */
export function isOverlong(length: number, sequences: SequenceSpec): boolean {
  return sequenceLength(length, length, sequences) > rowWidth(sequences);
}

/** Usable tokens of a document. A truncated document fills its row and gets no EOS, because its end is missing. */
export function usableTokens(length: number, sequences: SequenceSpec): number {
  if (!isOverlong(length, sequences) || sequences.overlong === 'fragment') return length;
  return sequences.overlong === 'truncate' ? rowWidth(sequences) - (sequences.bos ? 1 : 0) : 0;
}

/** Returns a function that gives the tokens that a copy takes of its document. It is fast if copies come in order. */
export function takenTokens(
  { document, parts: { copy, take } }: Instances,
  lengths: Uint32Array,
): (copy: number) => number {
  let part = 0;
  return (i) => {
    if (copy[part]! < i || (part > 0 && copy[part - 1]! >= i)) part = firstFrom(copy, i);
    return copy[part] === i ? take[part]! : lengths[document[i]!]!;
  };
}

/** The document's tokens [from, to) that a piece holds, and whether BOS stands before and EOS after them. */
export interface PieceTokens {
  readonly bos: boolean;
  readonly from: number;
  readonly to: number;
  readonly eos: boolean;
  /** The tokens [0, to) have their middle at the end, and sentinels among them (`fim.ts`). */
  readonly fim: boolean;
}

export function pieceTokens(plan: RowPlan, piece: number): PieceTokens {
  const bos = plan.bos ? 1 : 0;
  const length = plan.length[piece]!;
  const cut = firstFrom(plan.cuts.piece, piece);
  if (plan.cuts.piece[cut] !== piece) {
    const fim = plan.fim !== undefined && plan.fim[firstFrom(plan.fim, piece)] === piece;
    const to = length - bos - (plan.eos ? 1 : 0) - (fim ? sentinelsPerDocument : 0);
    return { bos: plan.bos, from: 0, to, eos: plan.eos, fim };
  }
  const start = plan.cuts.start[cut]!;
  return {
    bos: plan.bos && start === 0,
    from: cutFrom(plan, cut),
    to: cutTo(plan, cut),
    eos: start + length > bos + plan.cuts.take[cut]!,
    fim: false,
  };
}

/** The document's tokens [cutFrom, cutTo) that the piece number `plan.cuts.piece[cut]` holds. */
export function cutFrom({ cuts, bos }: RowPlan, cut: number): number {
  const start = cuts.start[cut]!;
  return bos && start > 0 ? start - 1 : start;
}

export function cutTo({ cuts, bos, length }: RowPlan, cut: number): number {
  const end = cuts.start[cut]! + length[cuts.piece[cut]!]! - (bos ? 1 : 0);
  return Math.min(cuts.take[cut]!, end);
}

/** Index of the first of the ascending numbers that is at least `least`; their count if there is none. */
export function firstFrom(numbers: Uint32Array | Float64Array, least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
