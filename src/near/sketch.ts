/**
 * Sketches of documents, by which near copies are found: MinHash over shingles of token ids (Broder 1997). Tokens are in the
 * store already, so a sketch needs no second look at the text, and near copies have the same tokens except around their
 * edits. A shingle is 7 tokens, about the 5 words of FineWeb (Penedo et al. 2024, arXiv 2406.17557); a shorter document
 * is one shingle.
 *
 * One hash per shingle, not one per shingle and function: the upper bits of a shingle's hash choose one of 128 bins, and
 * a bin keeps the smallest of the rest (one-permutation hashing, Li, Owen and Zhang 2012, arXiv 1208.1259). A bin that
 * no shingle fell into takes the value of another one, which a hash chooses (optimal densification, Shrivastava 2017,
 * arXiv 1703.04664). The share of bins in which two documents agree estimates their Jaccard similarity.
 *
 * A sketch has two parts. Of 125 bins, each five make a band (a hash of them): documents that agree in a band are
 * candidates. The signature has a byte of each bin (b-bit minwise hashing, Li and König 2010): `similarity.ts` compares
 * candidates by it. Neither depends on the similarity that a recipe asks for, so one sketch serves all recipes.
 *
 * Cost: some nanoseconds per token; 100 bytes of bands and 128 of signature per document.
 */
import { scramble } from '../base/keyed-hash.ts';

export const bins = 128;
export const bands = 25;
const binsPerBand = 5;
export const shingleTokens = 7;
/** 32-bit words of a signature. */
export const signatureWords: number = bins / 4;
/** Part of the identity of sketches. Change it whenever they change. */
export const sketchVersion = 1;

const binShift = 32 - Math.log2(bins);
const valueMask = 2 ** binShift - 1;
/** Larger than all values; these and the hashes on the way to them are signed, which the engine computes without boxes. */
const empty = 0x7fff_ffff;
/** A polynomial over token ids: multiplier, and its power that the oldest token of a shingle has. */
const base = 0x9e37_79b1;
const oldest: number = Array.from({ length: shingleTokens - 1 }).reduce<number>(
  (power) => Math.imul(power, base),
  1,
);
/** Bins that an empty bin tries, `tries` for each, before it takes the next one that is not empty. */
const tries = 64;
const tried: Uint8Array = Uint8Array.from(
  { length: bins * tries },
  (_, n) => scramble(Math.imul(n + 1, base)) >>> binShift,
);

/** Sketches of consecutive documents. */
export interface Sketches {
  readonly documents: number;
  /** Band by band: the band's key of each document. */
  readonly bands: Uint32Array;
  /** Document by document, `signatureWords` words each. */
  readonly signatures: Uint32Array;
}

export interface Sketcher {
  /** Adds a document, or the next tokens of it. */
  add(tokens: Uint16Array | Uint32Array): void;
  /** Ends the document. */
  end(): void;
  /** The sketches of all documents. */
  finish(): Sketches;
}

export function createSketcher(documents: number): Sketcher {
  const keys = new Uint32Array(bands * documents);
  const signatures = new Uint32Array(signatureWords * documents);
  const least = new Int32Array(bins).fill(empty);
  const window = new Int32Array(shingleTokens);
  let document = 0;
  let seen = 0;
  let slot = 0;
  let hash = 0;

  const take = (shingle: number) => {
    let mixed = Math.imul(shingle ^ (shingle >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    mixed ^= mixed >>> 16;
    const bin = mixed >>> binShift;
    const value = mixed & valueMask;
    if (value < least[bin]!) least[bin] = value;
  };
  return {
    add(tokens) {
      for (let i = 0; i < tokens.length; i += 1) {
        const token = Math.imul(tokens[i]! + 1, 0x85eb_ca6b);
        // A slot that was never filled is 0.
        hash = (Math.imul(hash - Math.imul(window[slot]!, oldest), base) + token) | 0;
        window[slot] = token;
        slot = slot + 1 === shingleTokens ? 0 : slot + 1;
        seen += 1;
        if (seen >= shingleTokens) take(hash);
      }
    },
    end() {
      if (seen > 0) {
        // The number of tokens tells [a] from [a, a, a] with leading zeros.
        if (seen < shingleTokens) take((hash + Math.imul(seen, 0xc2b2_ae35)) | 0);
        densify(least);
        for (let band = 0; band < bands; band += 1) keys[band * documents + document] = bandKey(least, band);
        const at = document * signatureWords;
        for (let bin = 0; bin < bins; bin += 1)
          signatures[at + (bin >>> 2)]! |= (least[bin]! & 0xff) << (8 * (bin & 3));
        least.fill(empty);
        window.fill(0);
        hash = 0;
        slot = 0;
        seen = 0;
      }
      document += 1;
    },
    finish: () => ({ documents, bands: keys, signatures }),
  };
}

/** Fills each bin that is empty from one that is not. */
function densify(least: Int32Array): void {
  let free = 0;
  for (let bin = 0; bin < bins; bin += 1) if (least[bin] === empty) free += 1;
  if (free === 0) return;
  const filled = least.slice();
  for (let bin = 0; bin < bins; bin += 1) {
    if (filled[bin] !== empty) continue;
    let from = bin;
    for (let n = 0; n < tries && filled[from] === empty; n += 1) from = tried[bin * tries + n]!;
    while (filled[from] === empty) from = (from + 1) % bins;
    least[bin] = filled[from]!;
  }
}

function bandKey(least: Int32Array, band: number): number {
  let key = band;
  for (let n = 0; n < binsPerBand; n += 1)
    key = Math.imul(key ^ (key >>> 15) ^ least[band * binsPerBand + n]!, base);
  return scramble(key);
}
