/**
 * Decides which documents may be taken at all: those within the bounds of length, and only the first of several
 * documents with identical text.
 *
 * Identical texts are recognized by key (xxHash64 of the text) and length. In a corpus of 10^8 documents, the
 * probability that any two different texts share a key is below 0.03 %, and they would have to be equally long too.
 *
 * Cost: one pass, and a temporary table of 1.6 slots (6.4 bytes) per document; no per-document objects. A probe is a
 * cache miss; a document needs 1.8 probes (linear probing up to a load of 5/8).
 */
import { type DropReason, dropReasons } from '../nouns/ledger.ts';
import type { DocumentRules } from '../nouns/recipe.ts';
import type { DocumentTable } from '../nouns/tokens.ts';

const slotsPerDocument = 1.6;

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

/**
 * Marks duplicates with an open-addressed hash set: each document searches for a copy of itself from its key's slot on.
 */
function refuseCopies({ count, keysLow, keysHigh, lengths }: DocumentTable, out: Uint8Array): void {
  const duplicate = codeOf('duplicate');
  const size = Math.ceil(count * slotsPerDocument) + 1;
  const perKey = size / 2 ** 32;
  /** Document number + 1; 0: free. */
  const slots = new Uint32Array(size);
  for (let d = 0; d < count; d += 1) {
    if (out[d] !== 0) continue;
    const low = keysLow[d]!;
    let slot = Math.floor(low * perKey);
    for (;;) {
      const other = slots[slot]! - 1;
      if (other < 0) {
        slots[slot] = d + 1;
        break;
      }
      if (keysLow[other] === low && keysHigh[other] === keysHigh[d] && lengths[other] === lengths[d]) {
        out[d] = duplicate;
        break;
      }
      slot = slot + 1 === size ? 0 : slot + 1;
    }
  }
}

function codeOf(reason: DropReason): number {
  return 1 + dropReasons.indexOf(reason);
}
