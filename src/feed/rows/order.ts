/**
 * The order of a set's rows in an epoch, by index and without memory: any step can be found at once, on any machine.
 *
 * Epoch 0 is the order in the shards, which the packer has shuffled; reading it is sequential. A later epoch is a keyed
 * permutation: a Feistel network over Z_a x Z_b, a * b >= rows, a and b nearly equal, so that at most `a` numbers are
 * beyond the rows; those are sent through again until they fall inside ("cycle walking"; both from Black and Rogaway,
 * Ciphers with Arbitrary Finite Domains, 2002). Cost: 6 hashes per row, now and then 12.
 *
 * Where documents repeat, the shards have their copies as far apart as the run allows, and a free permutation would bring
 * them together. So the rows that hold a repeated document keep their order in the large: a later epoch turns the ring of
 * them by a keyed number of rows, cuts it in stretches that the packer found short enough, and permutes each stretch. All
 * other rows are permuted freely among their own places. Which place is of which kind follows from two numbers of the
 * manifest (`base/interleave.ts`).
 */

import { interleave } from '../../base/interleave.ts';
import { type KeyedHash, keyedHash } from '../../base/keyed-hash.ts';
import type { RowRepeats } from '../../nouns/rows.ts';

const rounds = 6;

/**
 * A bijection of [0, rows) to itself: where in the set the `index`-th row of the epoch is.
 * @param repeats what the set's manifest says of them
 */
export function epochOrder(
  seed: number,
  epoch: number,
  rows: number,
  repeats: RowRepeats | null = null,
): (index: number) => number {
  if (epoch === 0 || rows === 0) return (index) => index;
  const hash = keyedHash(seed, 'epoch');
  if (repeats === null || repeats.rows === 0) return permutation(hash, epoch, rows, 0);
  const [bound, free] = interleave(repeats.rows, rows);
  const freely = permutation(hash, epoch, rows - repeats.rows, 0);
  const apart = turnedStretches(hash, epoch, repeats);
  return (index) => {
    const before = bound.before(index);
    return bound.before(index + 1) > before ? bound.nth(apart(before)) : free.nth(freely(index - before));
  };
}

/** The ring of rows, turned, and permuted inside stretches. */
function turnedStretches(
  hash: KeyedHash,
  epoch: number,
  { rows, stretch }: RowRepeats,
): (index: number) => number {
  // Numbers beyond those of the rounds.
  const turn = Math.floor((hash(0, epoch, rounds) / 2 ** 32) * rows);
  return (index) => {
    const number = Math.floor(index / stretch);
    const first = number * stretch;
    const inside = permutation(hash, epoch, Math.min(stretch, rows - first), (number + 1) * (rounds + 1));
    return (first + inside(index - first) + turn) % rows;
  };
}

/** @param salt of the hashes, the first of `rounds` */
function permutation(hash: KeyedHash, epoch: number, rows: number, salt: number): (index: number) => number {
  const a = Math.ceil(Math.sqrt(rows));
  const b = Math.ceil(rows / a);
  return (index) => {
    let at = index;
    do {
      let left = at % a;
      let right = Math.floor(at / a);
      for (let round = 0; round < rounds; round += 2) {
        left = (left + (hash(right, epoch, salt + round) % a)) % a;
        right = (right + (hash(left, epoch, salt + round + 1) % b)) % b;
      }
      at = right * a + left;
    } while (at >= rows);
    return at;
  };
}
