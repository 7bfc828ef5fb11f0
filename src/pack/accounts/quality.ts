/** How good a packing is, in the figures that the literature reports. */

import { firstFrom, sequenceLength } from '../../base/sequence.ts';
import type { Instances } from '../../nouns/mix.ts';
import type { SequenceSpec } from '../../nouns/recipe.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import type { DocumentTable } from '../../nouns/tokens.ts';
import { packWidths } from '../packers/packer.ts';
import { countTokens } from './tally.ts';

export interface PackingQuality {
  /** Document tokens / (rows * width). */
  readonly fill: number;
  /** Rows beyond those of a perfect concatenation, as a share of the latter (Ding et al. 2024, table 1). */
  readonly rowsOverConcat: number;
  /**
   * Sequences that fit in the row that they are packed in (an inner row, if any), and how many of them were cut anyway.
   */
  readonly fitting: number;
  readonly fittingCut: number;
  readonly pieces: number;
  /** sum l / n and sum l^2 / (2 sum l) over the pieces' lengths l (Pouransari et al. 2024, section 3). */
  readonly meanPieceLength: number;
  readonly meanContextLength: number;
}

/** Measures the rows of one plan, or of several plans together, which `packRows` made from the instances. */
export function packingQuality(
  plans: readonly RowPlan[],
  table: DocumentTable,
  instances: Instances,
  sequences: SequenceSpec,
): PackingQuality {
  const packWidthOf = packWidths(instances, sequences);
  let rows = 0;
  let rowTokens = 0;
  let concatRows = 0;
  let pieces = 0;
  let documentTokens = 0;
  let sequenceTokens = 0;
  let squares = 0;
  let fitting = 0;
  let fittingCut = 0;
  for (const plan of plans) {
    const { width, length, document, cuts } = plan;
    const { inPieces, ofDocuments } = countTokens(plan);
    for (let p = 0; p < length.length; p += 1) squares += length[p]! ** 2;
    fitting += length.length - cuts.piece.length;
    for (let c = 0; c < cuts.piece.length; c += 1) {
      const p = cuts.piece[c]!;
      // A cut sequence has several pieces; count it at its first piece.
      if (cuts.start[c] !== 0) continue;
      const d = document[p]!;
      const sequence = sequenceLength(cuts.take[c]!, table.lengths[d]!, plan);
      // All copies of a document have the same pack width, so the first copy's is enough.
      if (sequence > width || sequence > packWidthOf(firstFrom(instances.document, d))) continue;
      fitting += 1;
      if (length[p]! < sequence) fittingCut += 1;
    }
    rows += plan.rows;
    rowTokens += plan.rows * width;
    concatRows += Math.ceil(inPieces / width);
    pieces += length.length;
    sequenceTokens += inPieces;
    documentTokens += ofDocuments;
  }
  const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
  return {
    fill: ratio(documentTokens, rowTokens),
    rowsOverConcat: ratio(rows - concatRows, concatRows),
    fitting,
    fittingCut,
    pieces,
    meanPieceLength: ratio(sequenceTokens, pieces),
    meanContextLength: ratio(squares, 2 * sequenceTokens),
  };
}
