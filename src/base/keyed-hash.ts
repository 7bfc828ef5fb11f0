/**
 * All randomness of longmix: a keyed hash of (seed, purpose, what is decided about). A choice therefore depends on
 * nothing but its own document, so it is the same for any number of workers, in any order, and in every ablation arm.
 *
 * MurmurHash3 x86_32 (Austin Appleby, public domain) over 32-bit words, without its last step of mixing in their
 * number, which a purpose fixes; 32 bits are enough to order documents, because a tie is broken by the document's number.
 */

/** Purposes are part of the bytes that come out: renaming one changes every output. */
export type Purpose =
  | 'split'
  | 'sample'
  | 'spread'
  | 'order'
  | 'row'
  | 'within-row'
  | 'join'
  | 'schedule'
  | 'epoch'
  | 'inspect'
  | 'part';

export type KeyedHash = (low: number, high: number, salt: number) => number;

/** A function of two 32-bit key words and a salt (a copy's number, say) to an integer in [0, 2^32). */
export function keyedHash(seed: number, purpose: Purpose): KeyedHash {
  let start = mix(0, seed >>> 0);
  start = mix(start, Math.floor(seed / 2 ** 32));
  for (let i = 0; i < purpose.length; i += 1) start = mix(start, purpose.charCodeAt(i));
  return (low, high, salt) => scramble(mix(mix(mix(start, low), high), salt));
}

/** The same of a text, by its UTF-16 code units. */
export function textHash(purpose: Purpose, text: string): number {
  let hash = 0;
  for (const word of [purpose, text]) {
    for (let i = 0; i < word.length; i += 1) hash = mix(hash, word.charCodeAt(i));
    hash = mix(hash, word.length);
  }
  return scramble(hash);
}

function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** The last step of the hash alone: enough where a hash is the start and many numbers are needed from there on. */
export function scramble(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
