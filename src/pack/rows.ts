/**
 * Turns documents into rows. All packers stand in one table and share one signature. A recipe may use the packers that
 * `nouns/recipe.ts` names, and the compiler requires an entry for each. `docs/add-a-packer.md` says how to add one.
 */
import type { Instances } from '../nouns/mix.ts';
import type { Packing, SequenceSpec } from '../nouns/recipe.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentGroups, DocumentTable } from '../nouns/tokens.ts';
import { packCopiesBestFit, spreadCopiesBestFit } from './copies/best-fit-copies.ts';
import { packBestFit } from './packers/best-fit.ts';
import { packBestFitNaive } from './packers/best-fit-naive.ts';
import { packConcat, packConcatDiscard } from './packers/concat.ts';
import { decompose } from './packers/decompose.ts';
import { fitItems } from './packers/fit-items.ts';
import { inGroups } from './packers/groups.ts';
import { inOrder, inRows } from './packers/in-rows.ts';
import type { PackPhase } from './packers/packer.ts';
import { packPad } from './packers/pad.ts';

/** Tests compare those that fit best with the naive ones, whose time grows with the square of the number of rows. */
export const packers: Readonly<Record<Packing | 'best-fit-naive' | 'groups-naive', PackPhase>> = {
  'best-fit': inRows(packBestFit, spreadCopiesBestFit, packCopiesBestFit),
  'best-fit-naive': inOrder(() => packBestFitNaive),
  concat: inOrder(({ tails }) => (tails === 'discard' ? packConcatDiscard : packConcat)),
  pad: inOrder(() => packPad),
  decompose,
  groups: inGroups(fitItems),
  'groups-naive': inGroups(packBestFitNaive),
};

/** Returns one plan, or with `decompose` one plan per row length that has rows, shortest first. */
export function packRows(
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  seed: number,
  groups: DocumentGroups | null = null,
): RowPlan[] {
  return packers[sequences.packing]({ instances, table, sequences, seed, groups });
}
