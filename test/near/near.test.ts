import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CorpusSketches, nearClusters } from '../../src/near/clusters.ts';
import { visitRepeats } from '../../src/near/repeats.ts';
import { equalBins, leastEqual } from '../../src/near/similarity.ts';
import { bands, bins, createSketcher, shingleTokens, signatureWords } from '../../src/near/sketch.ts';
import { fuzz } from '../support/fuzz.ts';
import { scramble } from '../support/table.ts';

type Document = readonly number[];

function sketchesOf(documents: readonly Document[]): CorpusSketches {
  const sketcher = createSketcher(documents.length);
  for (const document of documents) {
    sketcher.add(Uint32Array.from(document));
    sketcher.end();
  }
  const { bands: keys, signatures } = sketcher.finish();
  const count = documents.length;
  return { documents: count, signatures, band: (n) => keys.subarray(n * count, (n + 1) * count) };
}

/** Some tokens that look random; `name` names them. */
function tokens(name: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => scramble(name * 1e6 + i) % 50_000);
}

/** A copy in which some tokens are others. */
function edited(document: Document, edits: number, name: number): number[] {
  const copy = [...document];
  for (let n = 0; n < edits; n += 1) copy[scramble(name * 1000 + n) % copy.length] = 50_000 + n;
  return copy;
}

/** The definition: shingles of both over shingles of either. */
function jaccard(a: Document, b: Document): number {
  const shinglesOf = (document: Document) =>
    new Set(
      Array.from({ length: document.length - shingleTokens + 1 }, (_, i) =>
        document.slice(i, i + shingleTokens).join(),
      ),
    );
  const [one, other] = [shinglesOf(a), shinglesOf(b)];
  const both = [...one].filter((shingle) => other.has(shingle)).length;
  return both / (one.size + other.size - both);
}

const lengthsOf = (documents: readonly Document[]) => Uint32Array.from(documents, ({ length }) => length);

/** Families of near copies, whole documents, empty ones and very short ones, in any order. */
const corpora: fc.Arbitrary<Document[]> = fc
  .array(
    fc.record({
      family: fc.nat(6),
      length: fc.constantFrom(0, 1, 3, 7, 8, 30, 120, 400),
      edits: fc.constantFrom(0, 0, 1, 2, 5, 20),
      copy: fc.nat(1000),
    }),
    { minLength: 1, maxLength: 40, size: 'max' },
  )
  .map((made) =>
    made.map(({ family, length, edits, copy }) => {
      const whole = tokens(family, length);
      return length === 0 ? whole : edited(whole, edits, copy);
    }),
  );

describe('a sketch', () => {
  it('estimates the Jaccard similarity of the shingles', () => {
    for (const [n, edits] of [0, 1, 2, 4, 8, 16, 32, 64].entries()) {
      const a = tokens(n, 1000);
      const b = edited(a, edits, n);
      const { signatures } = sketchesOf([a, b]);
      const truth = jaccard(a, b);
      const estimate = (equalBins(signatures, 0, 1) / bins - 1 / 256) / (1 - 1 / 256);
      // Four standard deviations of a share of 128 draws.
      const off = 4 * Math.sqrt((truth * (1 - truth)) / bins) + 1e-9;
      expect(Math.abs(estimate - truth), `${edits} edits, ${truth}`).toBeLessThanOrEqual(off);
    }
  });

  it('is the same in however many pieces the tokens come, and for documents around it', () => {
    fc.assert(
      fc.property(corpora, fc.array(fc.nat(50), { minLength: 1 }), (documents, cuts) => {
        const whole = sketchesOf(documents);
        const sketcher = createSketcher(documents.length);
        for (const [d, document] of documents.entries()) {
          let at = 0;
          for (let n = d; at < document.length; n += 1) {
            const piece = document.slice(at, at + 1 + cuts[n % cuts.length]!);
            sketcher.add(Uint16Array.from(piece));
            at += piece.length;
          }
          sketcher.end();
        }
        const pieces = sketcher.finish();
        expect(pieces.signatures).toEqual(whole.signatures);
        for (const [d, document] of documents.entries()) {
          const alone = sketchesOf([document]);
          expect(whole.signatures.subarray(d * signatureWords, (d + 1) * signatureWords)).toEqual(
            alone.signatures,
          );
          for (let band = 0; band < bands; band += 1) expect(whole.band(band)[d]).toBe(alone.band(band)[0]);
        }
      }),
      fuzz(20),
    );
  });

  it('tells short documents apart', () => {
    const short = [[1], [1, 1], [2], [1, 2], [2, 1], tokens(1, 6), tokens(1, 7), tokens(1, 8)];
    const { signatures } = sketchesOf(short);
    for (let a = 0; a < short.length; a += 1)
      for (let b = 0; b < a; b += 1) expect(equalBins(signatures, a, b)).toBeLessThan(leastEqual(0.8));
  });
});

it('equalBins counts equal bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: bins, maxLength: bins }),
      fc.uint8Array({ minLength: bins, maxLength: bins }),
      fc.uint8Array({ minLength: bins, maxLength: bins, max: 1 }),
      (a, other, takes) => {
        const b = a.map((byte, i) => (takes[i] === 0 ? byte : other[i]!));
        const both = new Uint32Array(Uint8Array.from([...a, ...b]).buffer);
        expect(equalBins(both, 0, 1)).toBe(a.filter((byte, i) => byte === b[i]).length);
      },
    ),
    fuzz(50),
  );
});

/** Pair by pair: candidates are those that share a band's key, and those that are alike enough are joined. */
function plainClusters(sketches: CorpusSketches, lengths: Uint32Array, similarity: number): number[] {
  const { documents, signatures } = sketches;
  const cluster = Array.from({ length: documents }, (_, d) => d);
  const keys = Array.from({ length: bands }, (_, band) => Uint32Array.from(sketches.band(band)));
  for (let a = 0; a < documents; a += 1)
    for (let b = a + 1; b < documents; b += 1) {
      if (lengths[a] === 0 || lengths[b] === 0 || !keys.some((band) => band[a] === band[b])) continue;
      if (equalBins(signatures, a, b) < leastEqual(similarity)) continue;
      const [from, to] = [Math.max(cluster[a]!, cluster[b]!), Math.min(cluster[a]!, cluster[b]!)];
      for (let d = 0; d < documents; d += 1) if (cluster[d] === from) cluster[d] = to;
    }
  return cluster;
}

describe('nearClusters', () => {
  it('joins the same documents as a comparison of all pairs', () => {
    fc.assert(
      fc.property(corpora, fc.constantFrom(0.5, 0.7, 0.8, 0.95, 1), (documents, similarity) => {
        const lengths = lengthsOf(documents);
        const sketches = sketchesOf(documents);
        expect([...nearClusters(sketches, lengths, similarity)]).toEqual(
          plainClusters(sketches, lengths, similarity),
        );
      }),
      fuzz(100),
    );
  });

  it('finds near copies, and nothing else', () => {
    const originals = Array.from({ length: 300 }, (_, n) => tokens(n, 200));
    const copies = originals.map((document, n) => edited(document, 1, n));
    const documents = [...originals, ...copies];
    const first = nearClusters(sketchesOf(documents), lengthsOf(documents), 0.8);
    expect([...first]).toEqual([...originals.keys(), ...originals.keys()]);
  });

  it('joins a text that is there many times, though it looks back only 64 documents', () => {
    const documents = Array.from({ length: 500 }, (_, n) => (n % 2 === 0 ? tokens(1, 40) : tokens(2, 40)));
    const first = nearClusters(sketchesOf(documents), lengthsOf(documents), 0.8);
    expect([...first]).toEqual(documents.map((_, n) => n % 2));
  });
});

describe('visitRepeats', () => {
  const repeatsOf = (documents: readonly Document[], similarity: number, barred: Uint8Array) => {
    const sketches = sketchesOf(documents);
    const first = nearClusters(sketches, lengthsOf(documents), similarity);
    const out: number[] = [];
    visitRepeats(first, sketches.signatures, similarity, barred, (document) => void out.push(document));
    return { out, first, sketches };
  };

  it('leaves out each document that is like an earlier one which stays, and no other', () => {
    fc.assert(
      fc.property(corpora, fc.constantFrom(0.6, 0.8, 1), fc.nat(5), (documents, similarity, every) => {
        const barred = Uint8Array.from(documents, (_, d) => Number(every > 0 && d % every === 0));
        const { out, first, sketches } = repeatsOf(documents, similarity, barred);
        const stays: number[] = [];
        const expected: number[] = [];
        for (let d = 0; d < documents.length; d += 1) {
          if (barred[d] === 1) continue;
          const isRepeat = stays.some(
            (other) =>
              first[other] === first[d] && equalBins(sketches.signatures, other, d) >= leastEqual(similarity),
          );
          (isRepeat ? expected : stays).push(d);
        }
        expect(out).toEqual(expected);
      }),
      fuzz(100),
    );
  });

  it('keeps both ends of a chain', () => {
    const start = tokens(1, 300);
    const chain = [start];
    for (let n = 1; n < 12; n += 1) chain.push(edited(chain[n - 1]!, 2, n));
    const { out, first } = repeatsOf(chain, 0.8, new Uint8Array(chain.length));
    expect(new Set(first)).toEqual(new Set([0]));
    expect(jaccard(chain[0]!, chain.at(-1)!)).toBeLessThan(0.6);
    // Else a document would be left out for one that is not like it.
    expect(out.length).toBeLessThan(chain.length - 1);
    expect(out.length).toBeGreaterThan(0);
  });
});
