/** Which documents may be taken at all: within the bounds of length, and of documents with the same text only the first. */
import { type DropReason, dropReasons } from '../nouns/ledger.ts';
import type { DocumentRules } from '../nouns/recipe.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { documentSet } from './document-set.ts';

/** 0: may be taken; else 1 + the index of its reason in `dropReasons`. The bounds come first: a copy of a document out of bounds is none. */
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
