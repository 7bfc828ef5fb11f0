/**
 * A table of documents that is made in memory: lengths are log-normal, in random order, the same in every run.
 * A source: its name, the median of its lengths, the standard deviation of their logarithm, its part of the documents.
 */
import { createDocumentTable } from '../../dist/store/reader.js';

/** Sources with SlimPajama's median lengths. @param books how many of some 10,000 documents are books */
export const slimPajama = (books) => [
  ['c4', 315, 1.361, 2811],
  ['cc', 1066, 0.928, 5638],
  ['stackexchange', 507, 1.206, 335],
  ['wikipedia', 409, 1.279, 359],
  ['github', 520, 1.198, 529],
  ['arxiv', 14_565, 0.6, 363],
  ['books', 121_602, 1, books],
];

export function makeTable(documents, sources) {
  const made = createDocumentTable(
    documents,
    sources.map(([name]) => name),
    1,
  );
  made.partStarts[1] = documents;
  const upTo = [];
  for (const [, , , share] of sources) upTo.push((upTo.at(-1) ?? 0) + share);
  for (let d = 0; d < documents; d += 1) {
    const [a, b] = [scramble(d), scramble(~d)];
    // Three uniform numbers; the key words are two of them.
    const which = ((d * 0.6180339887498949) % 1) * upTo.at(-1);
    let s = 0;
    while (s < sources.length - 1 && upTo[s] < which) s += 1;
    const normal = Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * b) / 2 ** 32);
    made.lengths[d] = Math.max(1, Math.round(sources[s][1] * Math.exp(sources[s][2] * normal)));
    made.keysLow[d] = a;
    made.keysHigh[d] = b;
    made.source[d] = s;
  }
  return made;
}

/** Chris Wellons' lowbias32. */
export function scramble(value) {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
