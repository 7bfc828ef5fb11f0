/**
 * Counts the tokens in the rows of finished plans, document by document. The loops here go over all pieces or all
 * documents, so they allocate nothing, and their results take 4 bytes per document.
 */

import { sentinelsPerDocument } from '../../base/fim.ts';
import { countLearned, type WholeFrom } from '../../base/learned.ts';
import { orderByKey } from '../../base/radix-sort.ts';
import { borrow } from '../../base/scratch.ts';
import { cutFrom, cutTo, pieceTokens } from '../../base/sequence.ts';
import type { CellNumbers, Instances } from '../../nouns/mix.ts';
import type { Packing } from '../../nouns/recipe.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import type { DocumentTable } from '../../nouns/tokens.ts';

/** Counts the tokens of all pieces, and those of them that are not special tokens. */
export function countTokens(plan: RowPlan): { inPieces: number; ofDocuments: number } {
  const { length, cuts } = plan;
  let inPieces = 0;
  for (let p = 0; p < length.length; p += 1) inPieces += length[p]!;
  let ofDocuments = inPieces - (length.length - cuts.piece.length) * specialsOf(plan);
  ofDocuments -= (plan.fim?.length ?? 0) * sentinelsPerDocument;
  for (let c = 0; c < cuts.piece.length; c += 1) {
    ofDocuments += cutTo(plan, c) - cutFrom(plan, c) - length[cuts.piece[c]!]!;
  }
  return { inPieces, ofDocuments };
}

/** Counts, per document, the tokens that stand in the plan's rows at least once. */
export function tokensOnce(
  plan: RowPlan,
  instances: Instances,
  packing: Packing,
  documents: number,
): Uint32Array {
  if (instances.mostCopies === 1) return mark(plan, borrow(documents).fill(0), 'sum');
  if (packing === 'decompose') return unions(plan, documents);
  const once = mark(plan, new Uint32Array(documents), 'farthest');
  // Copies lose tokens at their end only, so the farthest token is also the number of tokens. For a document with one
  // copy the sum is the same number, and it also shows if a piece before the end is missing.
  const sum = mark(plan, new Uint32Array(documents), 'sum');
  const { document, count } = instances;
  for (let i = 0; i < count; i += 1) {
    const d = document[i]!;
    if (d !== document[i + 1] && (i === 0 || d !== document[i - 1])) once[d] = sum[d]!;
  }
  return once;
}

/** Like `tokensOnce`, but for all rows of a phase, which hold each document from its first token up to some token. */
export function tokensOfPhase(
  plans: readonly RowPlan[],
  instances: Instances,
  packing: Packing,
  documents: number,
): Uint32Array {
  if (plans.length === 1 && packing !== 'decompose') {
    return tokensOnce(plans[0]!, instances, packing, documents);
  }
  const covered = new Uint32Array(documents);
  for (const plan of plans) mark(plan, covered, instances.mostCopies === 1 ? 'sum' : 'farthest');
  return covered;
}

/** Counts the learned tokens of all pieces, special tokens included. */
export function learnedTokens(plan: RowPlan, table: DocumentTable, wholeFrom: WholeFrom): number {
  let learned = 0;
  for (let p = 0; p < plan.document.length; p += 1)
    learned += countLearned(table, wholeFrom, { document: plan.document[p]!, ...pieceTokens(plan, p) });
  return learned;
}

/** Adds the document tokens in the rows, with every copy, to the sums of their cells. */
export function addByCell(plan: RowPlan, cellOf: CellNumbers, sums: Float64Array): void {
  const { document, length, cuts } = plan;
  const specials = specialsOf(plan);
  const fim = plan.fim ?? noPieces;
  let cut = 0;
  let filled = 0;
  for (let p = 0; p < document.length; p += 1) {
    let tokens = length[p]! - specials;
    if (fim[filled] === p) {
      tokens -= sentinelsPerDocument;
      filled += 1;
    }
    if (cuts.piece[cut] === p) {
      tokens = cutTo(plan, cut) - cutFrom(plan, cut);
      cut += 1;
    }
    sums[cellOf[document[p]!]!]! += tokens;
  }
}

/**
 * Updates `into` per document: `sum` adds its tokens in the rows; `farthest` raises the number to one past its farthest
 * token in the rows.
 */
function mark(plan: RowPlan, into: Uint32Array, what: 'sum' | 'farthest'): Uint32Array {
  const { document, length, cuts } = plan;
  const specials = specialsOf(plan);
  const sum = what === 'sum';
  const fim = plan.fim ?? noPieces;
  let cut = 0;
  let filled = 0;
  for (let p = 0; p < document.length; p += 1) {
    const d = document[p]!;
    let from = 0;
    let to = length[p]! - specials;
    if (fim[filled] === p) {
      to -= sentinelsPerDocument;
      filled += 1;
    }
    if (cuts.piece[cut] === p) {
      from = cutFrom(plan, cut);
      to = cutTo(plan, cut);
      cut += 1;
    }
    if (sum) into[d]! += to - from;
    else if (to > into[d]!) into[d] = to;
  }
  return into;
}

/**
 * Counts the tokens that stand in the rows at least once, for `decompose`: if copies of a document take different
 * numbers of tokens, the rows of one length may hold several separate stretches of it.
 */
function unions(plan: RowPlan, documents: number): Uint32Array {
  const starts = new Uint32Array(plan.document.length);
  const ends = new Uint32Array(plan.document.length);
  for (let p = 0; p < starts.length; p += 1) ends[p] = plan.length[p]! - specialsOf(plan);
  for (let c = 0; c < plan.cuts.piece.length; c += 1) {
    starts[plan.cuts.piece[c]!] = cutFrom(plan, c);
    ends[plan.cuts.piece[c]!] = cutTo(plan, c);
  }
  const byStart = orderByKey(starts);
  const byDocument = orderByKey(byStart.map((p) => plan.document[p]!));
  const once = new Uint32Array(documents);
  let end = 0;
  for (let i = 0; i < byDocument.length; i += 1) {
    const p = byStart[byDocument[i]!]!;
    const d = plan.document[p]!;
    if (i === 0 || plan.document[byStart[byDocument[i - 1]!]!] !== d) end = 0;
    const from = Math.max(end, starts[p]!);
    if (ends[p]! > from) {
      once[d]! += ends[p]! - from;
      end = ends[p]!;
    }
  }
  return once;
}

const noPieces = new Uint32Array(0);

function specialsOf({ bos, eos }: RowPlan): number {
  return Number(bos) + Number(eos);
}
