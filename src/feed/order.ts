/**
 * The order of a set's rows in an epoch, by index and without memory: any step can be found at once, on any machine.
 *
 * Epoch 0 is the order in the shards, which the packer has shuffled; reading it is sequential. A later epoch is a keyed
 * permutation: a Feistel network over Z_a x Z_b, a * b >= rows, a and b nearly equal, so that at most `a` numbers are
 * beyond the rows; those are sent through again until they fall inside ("cycle walking"; both from Black and Rogaway,
 * Ciphers with Arbitrary Finite Domains, 2002). Cost: 6 hashes a row, now and then 12.
 */
import { keyedHash } from '../util/keyed-hash.ts';

const rounds = 6;

/** A bijection of [0, rows) to itself: where in the set the `index`-th row of the epoch is. */
export function epochOrder(seed: number, epoch: number, rows: number): (index: number) => number {
  if (epoch === 0 || rows === 0) return (index) => index;
  const hash = keyedHash(seed, 'epoch');
  const a = Math.ceil(Math.sqrt(rows));
  const b = Math.ceil(rows / a);
  return (index) => {
    let at = index;
    do {
      let left = at % a;
      let right = Math.floor(at / a);
      for (let round = 0; round < rounds; round += 2) {
        left = (left + (hash(right, epoch, round) % a)) % a;
        right = (right + (hash(left, epoch, round + 1) % b)) % b;
      }
      at = right * a + left;
    } while (at >= rows);
    return at;
  };
}
