/**
 * Disjoint sets of numbers (union-find). A set is named by its smallest number, so its name does not depend on the order
 * in which sets were joined. Cost: 4 bytes per number, in shared memory; an operation is nearly constant.
 */
export interface Union {
  /** The smallest number of the set. */
  find(number: number): number;
  join(a: number, b: number): void;
  /** The smallest number of each number's set. Nothing may be joined afterwards. */
  finish(): Uint32Array;
}

export function createUnion(count: number): Union {
  const first = new Uint32Array(new SharedArrayBuffer(4 * count));
  for (let n = 0; n < count; n += 1) first[n] = n;
  const find = (number: number): number => {
    let at = number;
    while (first[at] !== at) {
      first[at] = first[first[at]!]!;
      at = first[at]!;
    }
    return at;
  };
  return {
    find,
    join(a, b) {
      const one = find(a);
      const other = find(b);
      if (one < other) first[other] = one;
      else first[one] = other;
    },
    finish() {
      for (let n = 0; n < count; n += 1) first[n] = find(n);
      return first;
    },
  };
}
