/**
 * Decides which documents may be taken at all: those within the bounds of length, and only the first of several
 * documents with identical text.
 */
import { type DropReason, dropReasons } from '../nouns/ledger.ts';
import type { DocumentRules } from '../nouns/recipe.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { documentSet } from './document-set.ts';

/**
 * Returns a code per document: 0 if it may be taken, else 1 + the index of the reason in `dropReasons`. Bounds are
 * checked first, and a document out of bounds doesn't make later documents duplicates.
 */
export function eligibility(table: DocumentTable, rules: DocumentRules): Uint8Array {
  const out = new Uint8Array(table.count);
  refuseOutOfBounds(table, rules, out);
  if (rules.duplicates === 'remove') refuseCopies(table, out);
  return out;
}

function refuseOutOfBounds(
  table: DocumentTable,
  { minTokens, maxTokens }: DocumentRules,
  out: Uint8Array,
): void {
  const least = Float64Array.from(table.sources, (name) => minTokens.of.get(name) ?? minTokens.otherwise);
  const most = Float64Array.from(table.sources, (name) => maxTokens.of.get(name) ?? maxTokens.otherwise);
  const tooShort = codeOf('too_short');
  const tooLong = codeOf('too_long');
  for (let d = 0; d < table.count; d += 1) {
    const length = table.lengths[d]!;
    const source = table.source[d]!;
    if (length < least[source]!) out[d] = tooShort;
    else if (length > most[source]!) out[d] = tooLong;
  }
}

/** Marks duplicates: each document searches for a copy of itself among those before it. */
function refuseCopies(table: DocumentTable, out: Uint8Array): void {
  const duplicate = codeOf('duplicate');
  const set = documentSet(table);
  for (let d = 0; d < table.count; d += 1) {
    if (out[d] === 0 && set.add(d) !== d) out[d] = duplicate;
  }
}

function codeOf(reason: DropReason): number {
  return 1 + dropReasons.indexOf(reason);
}
