/**
 * Clusters of near copies. Documents that agree in a band are candidates; those whose signatures are alike enough are
 * joined, so a chance agreement of a band joins nothing. A cluster is a connected component, as in every tool of this
 * kind: A and C may be in one only because B is like both. For a split that is what is wanted, because B would leak on
 * either side. What is removed is decided pair by pair (`repeats.ts`).
 *
 * Candidates with one key are compared with the document before them, up to 64 back, and with the first: a text that is
 * there a million times costs 64 million look-ups, not 10^12. Documents that are in one cluster already are not compared.
 *
 * The result depends on the documents and their order alone. Cost: signatures (128 bytes), the clusters (4), and of one
 * band at a time the keys (4) and a sort (12 per document that shares a key); 25 passes.
 */
import { orderByKey } from '../base/radix-sort.ts';
import { createUnion } from '../base/union.ts';
import { equalBins, leastEqual } from './similarity.ts';
import { bands } from './sketch.ts';

/** Sketches of all documents of a corpus, by document number. */
export interface CorpusSketches {
  readonly documents: number;
  readonly signatures: Uint32Array;
  /** Keys of a band, of all documents. Valid until the next call. */
  band(number: number): Uint32Array;
}

/** How far back a document is compared with others of its key. */
const lookBack = 64;

/**
 * Returns the first document of each document's cluster: its own number if it is alone.
 * @param lengths tokens of each document: those without any are alone
 */
export function nearClusters(
  sketches: CorpusSketches,
  lengths: Uint32Array,
  similarity: number,
): Uint32Array {
  const { documents, signatures } = sketches;
  const clusters = createUnion(documents);
  const least = leastEqual(similarity);
  const compare = (a: number, b: number) => {
    if (clusters.find(a) === clusters.find(b)) return;
    if (equalBins(signatures, a, b) >= least) clusters.join(a, b);
  };
  for (let band = 0; band < bands; band += 1) {
    const keys = sketches.band(band);
    const shared = sharedKeys(keys, lengths);
    const order = orderByKey(shared.map((d) => keys[d]!));
    for (let i = 1, begin = 0; i < order.length; i += 1) {
      const d = shared[order[i]!]!;
      if (keys[d] !== keys[shared[order[begin]!]!]) begin = i;
      for (let k = i - 1; k >= Math.max(begin, i - lookBack); k -= 1) compare(shared[order[k]!]!, d);
      if (begin < i - lookBack) compare(shared[order[begin]!]!, d);
    }
  }
  return clusters.finish();
}

/** Documents, ascending, whose key another one may have. Most are alone, so most need no sort. */
function sharedKeys(keys: Uint32Array, lengths: Uint32Array): Uint32Array {
  const bits = Math.min(27, Math.max(8, 35 - Math.clz32(keys.length)));
  const mask = 2 ** bits - 1;
  const counts = new Uint8Array(2 ** bits);
  for (let d = 0; d < keys.length; d += 1) {
    const slot = keys[d]! & mask;
    if (lengths[d]! > 0 && counts[slot]! < 2) counts[slot]! += 1;
  }
  let count = 0;
  const isShared = (d: number) => lengths[d]! > 0 && counts[keys[d]! & mask] === 2;
  for (let d = 0; d < keys.length; d += 1) if (isShared(d)) count += 1;
  const shared = new Uint32Array(count);
  for (let d = 0, at = 0; at < count; d += 1) {
    if (!isShared(d)) continue;
    shared[at] = d;
    at += 1;
  }
  return shared;
}
