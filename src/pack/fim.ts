/**
 * Packs rows in which some documents have their middle at the end (`base/fim.ts`). Such a document is three tokens longer,
 * and must lie in one row with its sentinels: cut in two, it would teach nothing. So only documents whose whole sequence fits
 * in a row are chosen; the others of the rate stay as they are, and are counted. Packing sees the longer lengths; the mix
 * and the ledger see the documents as they are, with sentinels as special tokens.
 *
 * Cost: 4 bytes per document while rows are packed, 4 per piece of a chosen document.
 */
import { type FimSetting, fimChoice, sentinelsPerDocument } from '../base/fim.ts';
import { sequenceLength } from '../base/sequence.ts';
import type { Instances } from '../nouns/mix.ts';
import type { SequenceSpec } from '../nouns/recipe.ts';
import type { FimCounts, RowPlan } from '../nouns/rows.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { packWidths } from './packers/packer.ts';
import { packRows } from './rows.ts';

export interface FimRows {
  readonly plans: RowPlan[];
  readonly counts: FimCounts;
}

export function packFim(
  instances: Instances,
  table: DocumentTable,
  sequences: SequenceSpec,
  fim: FimSetting,
  seed: number,
): FimRows {
  const lengths = table.lengths.slice();
  const isChosen = fimChoice(table, fim);
  const widthOf = packWidths(instances, sequences);
  const { document, count, parts } = instances;
  let left = 0;
  let part = 0;
  for (let i = 0; i < count; i += 1) {
    const d = document[i]!;
    while (parts.copy[part]! < i) part += 1;
    const isLast = i + 1 === count || document[i + 1] !== d;
    // Once per document: its copies are alike, and those of a document that is taken in part don't fit in a row.
    if (!isLast || !isChosen(d)) continue;
    const length = table.lengths[d]!;
    const isWhole = parts.copy[part] !== i;
    const fits = sequenceLength(length, length, sequences) + sentinelsPerDocument <= widthOf(i);
    if (isWhole && fits) lengths[d] = length + sentinelsPerDocument;
    else left += 1;
  }
  const longer = { ...table, lengths };
  const isFim = (d: number) => lengths[d] !== table.lengths[d];
  const plans = packRows(instances, longer, sequences, seed).map((plan) => ({
    ...plan,
    fim: piecesOf(plan, isFim),
  }));
  const pieces = plans.reduce((sum, plan) => sum + plan.fim.length, 0);
  return { plans, counts: { pieces, sentinels: pieces * sentinelsPerDocument, left } };
}

function piecesOf({ document, cuts }: RowPlan, isFim: (document: number) => boolean): Uint32Array {
  let count = 0;
  for (let p = 0; p < document.length; p += 1) if (isFim(document[p]!)) count += 1;
  const pieces = new Uint32Array(new SharedArrayBuffer(4 * count));
  for (let p = 0, i = 0; i < count; p += 1) {
    if (!isFim(document[p]!)) continue;
    pieces[i] = p;
    i += 1;
  }
  for (const piece of cuts.piece)
    if (isFim(document[piece]!))
      throw new Error(`a document with its middle at the end was cut: ${document[piece]!}`);
  return pieces;
}
