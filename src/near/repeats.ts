/**
 * Which near copies `near_duplicates: remove` leaves out. Clusters are chains, so it is not enough to keep the first
 * document of each: a document is left out only if it is itself like one that stays. In the order of the corpus, each
 * document is compared with those of its cluster that stay so far.
 */
import { equalBins, leastEqual } from './similarity.ts';

/** So many documents that stay are looked at; in a longer chain, more stay. */
const mostCompared = 64;

/**
 * Visits the documents to leave out.
 * @param first as `nearClusters` gives it
 * @param barred nonzero for documents that may not be taken anyway: they neither stay nor are they left out
 */
export function visitRepeats(
  first: Uint32Array,
  signatures: Uint32Array,
  similarity: number,
  barred: Uint8Array,
  visit: (document: number) => void,
): void {
  const least = leastEqual(similarity);
  const staying = new Map<number, number[]>();
  const isFollowed = new Uint8Array(first.length);
  for (let d = 0; d < first.length; d += 1) if (first[d] !== d) isFollowed[first[d]!] = 1;
  for (let d = 0; d < first.length; d += 1) {
    const cluster = first[d]!;
    if (isFollowed[cluster] === 0 || barred[d] !== 0) continue;
    const stay = staying.get(cluster);
    if (stay === undefined) staying.set(cluster, [d]);
    else if (stay.some((other) => equalBins(signatures, other, d) >= least)) visit(d);
    else if (stay.length < mostCompared) stay.push(d);
  }
}
