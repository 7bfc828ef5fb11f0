/**
 * All randomness of longmix: a keyed hash of (seed, purpose, item to decide about). A choice depends only on its own
 * document, so it is the same for any number of workers, in any order, and in every ablation arm.
 *
 * This is MurmurHash3 x86_32 (Austin Appleby, public domain) over 32-bit words. It omits the last step, which mixes in
 * the number of words, because the purpose fixes that number. 32 bits are enough to order documents, because the
 * document's number breaks ties.
 */

/** Purposes are part of the hash: renaming one changes every output that uses it. */
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
  | 'part'
  | 'chunk'
  | 'fim'
  | 'fim-place'
  | 'fim-mode'
  | 'group-low'
  | 'group-high';

export type KeyedHash = (low: number, high: number, salt: number) => number;

/** Returns a function from two 32-bit key words and a salt (such as a copy's number) to an integer in [0, 2^32). */
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

/** The final mixing step of the hash. Alone it is enough to derive many numbers from one hash plus a counter. */
export function scramble(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
