/**
 * Stable order of numbers by 32-bit keys: the planner sorts every document, so this is a least-significant-digit
 * radix sort over typed arrays and not a comparison sort (which would box and call back).
 * Cost: three passes, 12 bytes an element of scratch; digits that all keys share are skipped.
 */

const digitBits = 11;
const digits = 1 << digitBits;

/** The permutation `p` for which `keys[p[0]] <= keys[p[1]] <= ...`; equal keys keep their order. */
export function orderByKey(keys: Uint32Array): Uint32Array {
  const n = keys.length;
  let order = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) order[i] = i;
  let next = new Uint32Array(n);
  const counts = new Uint32Array(digits);
  for (let shift = 0; shift < 32; shift += digitBits) {
    counts.fill(0);
    for (let i = 0; i < n; i += 1) counts[(keys[i]! >>> shift) & (digits - 1)]! += 1;
    if (n > 0 && counts[(keys[0]! >>> shift) & (digits - 1)] === n) continue;
    let start = 0;
    for (let d = 0; d < digits; d += 1) {
      const count = counts[d]!;
      counts[d] = start;
      start += count;
    }
    for (let i = 0; i < n; i += 1) {
      const item = order[i]!;
      const digit = (keys[item]! >>> shift) & (digits - 1);
      next[counts[digit]!] = item;
      counts[digit]! += 1;
    }
    [order, next] = [next, order];
  }
  return order;
}
