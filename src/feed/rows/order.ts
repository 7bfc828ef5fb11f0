/**
 * Computes the order of a set's rows in an epoch by index, without memory: any step can be found at once, on any
 * machine.
 *
 * Epoch 0 is the order in the shards, which the packer has shuffled, so reading is sequential. A later epoch is a keyed
 * permutation: a Feistel network over Z_a x Z_b with a * b >= rows. a and b are nearly equal, so that at most `a`
 * numbers are beyond the rows; these are sent through again until they fall inside ("cycle walking"; both from Black
 * and Rogaway, Ciphers with Arbitrary Finite Domains, 2002). Cost: 6 hashes per row, sometimes 12.
 *
 * Where documents repeat, the shards keep their copies as far apart as the run allows, and a free permutation would
 * bring them together. So the rows that hold a repeated document keep their order on a large scale: a later epoch
 * rotates these rows as a ring by a keyed number of rows, cuts the ring in stretches that the packer found short
 * enough, and permutes each stretch. All other rows are permuted freely among their own places. The kind of each place
 * follows from two numbers of the manifest (`base/interleave.ts`).
 */

import { interleave } from '../../base/interleave.ts';
import { type KeyedHash, keyedHash } from '../../base/keyed-hash.ts';
import type { RowRepeats } from '../../nouns/rows.ts';

const rounds = 6;

/**
 * Returns a bijection of [0, rows) to itself: the place in the set of the epoch's row number `index`.
 * @param repeats `repeats` of the set's manifest
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

/** Rotates the ring of rows, and permutes it inside stretches. */
function turnedStretches(
  hash: KeyedHash,
  epoch: number,
  { rows, stretch }: RowRepeats,
): (index: number) => number {
  // The salt `rounds` is one that no round of a permutation uses.
  const turn = Math.floor((hash(0, epoch, rounds) / 2 ** 32) * rows);
  return (index) => {
    const number = Math.floor(index / stretch);
    const first = number * stretch;
    const inside = permutation(hash, epoch, Math.min(stretch, rows - first), (number + 1) * (rounds + 1));
    return (first + inside(index - first) + turn) % rows;
  };
}

/** @param salt the first of `rounds` consecutive salts for the hashes */
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
