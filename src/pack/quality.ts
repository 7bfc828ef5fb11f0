/** How good a packing is, in the figures that the literature reports. */
import type { DocumentTable, RowPlan } from '../types.ts';
import { pieceTokens, sequenceLength } from '../util/sequence.ts';

export interface PackingQuality {
  /** Document tokens / (rows * width). */
  readonly fill: number;
  /** Rows more than a perfect concatenation needs, as a share of those (Ding et al. 2024, table 1). */
  readonly rowsOverConcat: number;
  /** Sequences that fit in a row, and those of them that were cut all the same. */
  readonly fitting: number;
  readonly fittingCut: number;
  readonly pieces: number;
  /** sum l / n and sum l^2 / (2 sum l) over the pieces' lengths l (Pouransari et al. 2024, section 3). */
  readonly meanPieceLength: number;
  readonly meanContextLength: number;
}

export function packingQuality(plan: RowPlan, table: DocumentTable): PackingQuality {
  const { width, rows } = plan;
  let documentTokens = 0;
  let sequenceTokens = 0;
  let squares = 0;
  let fitting = 0;
  let fittingCut = 0;
  for (let p = 0; p < plan.document.length; p += 1) {
    const length = plan.length[p]!;
    const { from, to } = pieceTokens(plan, p);
    documentTokens += to - from;
    sequenceTokens += length;
    squares += length * length;
    const sequence = sequenceLength(plan.take[p]!, table.lengths[plan.document[p]!]!, plan);
    // A cut sequence has several pieces; it is counted at its first.
    if (sequence <= width && plan.start[p] === 0) {
      fitting += 1;
      if (length < sequence) fittingCut += 1;
    }
  }
  const concatRows = Math.ceil(sequenceTokens / width);
  const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
  return {
    fill: ratio(documentTokens, rows * width),
    rowsOverConcat: ratio(rows - concatRows, concatRows),
    fitting,
    fittingCut,
    pieces: plan.document.length,
    meanPieceLength: ratio(sequenceTokens, plan.document.length),
    meanContextLength: ratio(squares, 2 * sequenceTokens),
  };
}
