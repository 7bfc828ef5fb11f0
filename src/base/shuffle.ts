/**
 * A shuffle that is a function of seed, purpose and salt: Fisher and Yates', whose step `i` draws from a keyed hash of
 * `i`. There is no state to carry, so what is shuffled elsewhere, or in which order, changes nothing.
 * Cost: a hash and a swap an element.
 */
import type { KeyedHash } from './keyed-hash.ts';

export function shuffle(list: Uint32Array, hash: KeyedHash, salt: number): void {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor((hash(i, 0, salt) / 2 ** 32) * (i + 1));
    const item = list[i]!;
    list[i] = list[j]!;
    list[j] = item;
  }
}
