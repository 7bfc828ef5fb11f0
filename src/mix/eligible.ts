/**
 * Which documents may be taken at all: within the bounds of length, and of documents with the same text only the first.
 *
 * Copies are told by key (xxHash64 of the text) and length. Two different texts of a corpus of 10^8 documents share a
 * key with a probability below 0.03 %, and would have to be equally long too.
 *
 * Cost: one pass and a table of 1.6 slots (6.4 bytes) a document, gone at the end; no object a document. A probe is a
 * miss of the processor's cache; a document needs 1.8 of them (linear probing up to a load of 5/8).
 */
import { type DropReason, dropReasons } from '../nouns/ledger.ts';
import type { DocumentRules } from '../nouns/recipe.ts';
import type { DocumentTable } from '../nouns/tokens.ts';

const slotsPerDocument = 1.6;

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

/** An open-addressed set of documents: a document looks from the place of its key on for a copy of itself. */
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
