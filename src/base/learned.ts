/**
 * What of a piece of a row is learned, which the shard writer, the ledger and `verify` must count alike. A text is learned
 * whole, with the BOS and EOS that rows put around it. Of a conversation the tokens of its outputs are learned, never a
 * BOS, and an EOS only if it follows an output: then it ends an answer. Padding is never learned.
 */
import type { SourceSpec } from '../nouns/recipe.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { sentinelsPerDocument } from './fim.ts';
import type { PieceTokens } from './sequence.ts';

/** By the index of a source: documents of at least so many tokens are learned whole. 0: all, as texts are. */
export type WholeFrom = readonly number[];

/** No document has so many tokens. JSON has no Infinity. */
const never = 0xffff_ffff;

/** undefined: no source holds conversations, so everything is learned. @param names sources of the documents, by index */
export function wholeFromOf(sources: readonly SourceSpec[], names: readonly string[]): WholeFrom | undefined {
  const chats = new Map(sources.flatMap(({ name, chat }) => (chat === undefined ? [] : [[name, chat]])));
  if (chats.size === 0) return undefined;
  return names.map((name) => {
    const chat = chats.get(name);
    if (chat === undefined || chat.loss === 'all') return 0;
    return chat.loss === 'outputs' ? never : chat.promptLossFrom;
  });
}

interface Piece extends PieceTokens {
  readonly document: number;
}

/** Calls `run` for each run of learned tokens of a piece, counted from the piece's first token. */
export function learnedRuns(
  { outputs, lengths, source }: DocumentTable,
  wholeFrom: WholeFrom,
  { document, bos, from, to, eos, fim }: Piece,
  run: (start: number, end: number) => void,
): void {
  const before = Number(bos);
  const length = lengths[document]!;
  if (outputs === undefined || length >= wholeFrom[source[document]!]!) {
    run(0, before + to - from + (fim ? sentinelsPerDocument : 0) + Number(eos));
    return;
  }
  const { offsets, ends } = outputs;
  for (let i = offsets[document]!; i + 1 < offsets[document + 1]!; i += 2) {
    const start = Math.max(from, ends[i]!);
    const isLast = ends[i + 1] === length;
    const end = Math.min(to, ends[i + 1]!);
    // The EOS of an answer may stand alone in a row, where the cut is right before it.
    const endsAnswer = eos && isLast && to === length && ends[i]! < length;
    if (start < end || endsAnswer) run(before + start - from, before + end - from + Number(eos && isLast));
  }
}

export function countLearned(table: DocumentTable, wholeFrom: WholeFrom, piece: Piece): number {
  let count = 0;
  learnedRuns(table, wholeFrom, piece, (start, end) => {
    count += end - start;
  });
  return count;
}
