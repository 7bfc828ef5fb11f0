/**
 * Leaves out what earlier runs have read (`mix.without`). A document of which a run has read anything is left out whole,
 * for a document that is read in part and then again from its middle on is what no mix asks for. What that costs in
 * tokens that nobody has read is counted.
 *
 * Documents are told as copies are (`document-set.ts`): by key and length. The number of a document, its place and its source
 * do not matter, because the corpus may have grown or moved. After a change of the tokenizer the keys alone decide: two
 * different texts share one with a probability of 2^-64, so a corpus of 10^8 documents loses none of its own by it.
 *
 * Cost: 7.4 bytes per document that was read, gone at the end, and one look-up per document.
 */
import { dropCode } from '../base/drop-code.ts';
import type { DropReason } from '../nouns/ledger.ts';
import type { LeftOut, ReadDocuments } from '../nouns/mix.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { documentSet } from './document-set.ts';

const reason: DropReason = 'already_read';

/**
 * Marks the documents that were read.
 * @param out as `eligibility` gives it; what it bars already keeps its reason
 * @param read by each earlier run; a document that several have read counts for the first
 */
export function leaveOutRead(
  table: DocumentTable,
  out: Uint8Array,
  read: readonly ReadDocuments[],
): LeftOut[] {
  return read.map((documents) => leaveOut(table, out, documents));
}

function leaveOut(table: DocumentTable, out: Uint8Array, read: ReadDocuments): LeftOut {
  const set = documentSet(read);
  for (let i = 0; i < read.count; i += 1) set.add(i);
  const code = dropCode(reason);
  const isHere = new Uint8Array(read.count);
  let documents = 0;
  let tokens = 0;
  let unread = 0;
  for (let d = 0; d < table.count; d += 1) {
    const found = set.find(table.keysLow[d]!, table.keysHigh[d]!, table.lengths[d]!);
    if (found < 0) continue;
    isHere[found] = 1;
    if (out[d] !== 0) continue;
    out[d] = code;
    documents += 1;
    tokens += table.lengths[d]!;
    unread += read.unread[found]!;
  }
  return { documents, tokens, unread, absent: isHere.reduce((sum, here) => sum - here, read.count) };
}
