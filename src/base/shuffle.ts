/**
 * A shuffle that depends only on seed, purpose and salt: a Fisher-Yates shuffle whose step `i` draws from a keyed hash
 * of `i`. It carries no state, so other shuffles and their order don't affect it. Cost: a hash and a swap per element.
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
