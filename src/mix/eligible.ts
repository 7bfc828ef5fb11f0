/**
 * Decides which documents may be taken at all: those within the bounds of length for which `where` holds, and only the
 * first of several documents with identical text. `scores.ts` then removes documents by their numbers.
 */
import { dropCode } from '../base/drop-code.ts';
import type { DocumentRules } from '../nouns/recipe.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import type { Holds } from './conditions.ts';
import { documentSet } from './document-set.ts';

/** A condition on the documents of a stretch of the table. */
export interface StretchCondition {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  readonly holds: Holds;
}

/**
 * Returns a code per document: 0 if it may be taken, else 1 + the index of the reason in `dropReasons`. Bounds are
 * checked first, then conditions, and a document that these remove doesn't make later documents duplicates.
 */
export function eligibility(
  table: DocumentTable,
  rules: DocumentRules,
  conditions: readonly StretchCondition[] = [],
): Uint8Array {
  const out = new Uint8Array(table.count);
  refuseOutOfBounds(table, rules, out);
  const isFalse = dropCode('where_false');
  for (const { first, end, holds } of conditions)
    for (let d = first; d < end; d += 1) if (out[d] === 0 && !holds(d)) out[d] = isFalse;
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
  const tooShort = dropCode('too_short');
  const tooLong = dropCode('too_long');
  for (let d = 0; d < table.count; d += 1) {
    const length = table.lengths[d]!;
    const source = table.source[d]!;
    if (length < least[source]!) out[d] = tooShort;
    else if (length > most[source]!) out[d] = tooLong;
  }
}

/** Marks duplicates: each document searches for a copy of itself among those before it. */
function refuseCopies(table: DocumentTable, out: Uint8Array): void {
  const duplicate = dropCode('duplicate');
  const set = documentSet(table);
  for (let d = 0; d < table.count; d += 1) {
    if (out[d] === 0 && set.add(d) !== d) out[d] = duplicate;
  }
}
