/**
 * Documents to rows: all packers, in one table and with one signature. The recipe offers those that `nouns/recipe.ts` names;
 * the compiler wants an entry for each of them. `docs/add-a-packer.md` says how to add one.
 */
import type { Instances } from '../nouns/mix.ts';
import type { Packing, SequenceSpec } from '../nouns/recipe.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { packCopiesBestFit, spreadCopiesBestFit } from './copies/best-fit-copies.ts';
import { packBestFit } from './packers/best-fit.ts';
import { packBestFitNaive } from './packers/best-fit-naive.ts';
import { packConcat, packConcatDiscard } from './packers/concat.ts';
import { decompose } from './packers/decompose.ts';
import { inOrder, inRows } from './packers/in-rows.ts';
import type { PackPhase } from './packers/packer.ts';
import { packPad } from './packers/pad.ts';

/** The naive one judges `best-fit` in tests: it takes the square of the number of rows. */
export const packers: Readonly<Record<Packing | 'best-fit-naive', PackPhase>> = {
  'best-fit': inRows(packBestFit, spreadCopiesBestFit, packCopiesBestFit),
  'best-fit-naive': inOrder(() => packBestFitNaive),
  concat: inOrder(({ tails }) => (tails === 'discard' ? packConcatDiscard : packConcat)),
  pad: inOrder(() => packPad),
  decompose,
};

/** One plan; with `decompose` one for each row length that has rows, shortest first. */
export function packRows(
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  seed: number,
): RowPlan[] {
  return packers[sequences.packing]({ instances, table, sequences, seed });
}
