/**
 * Stable sorting by 32-bit keys. The planner sorts every document, so this is a least-significant-digit radix sort over
 * typed arrays, not a comparison sort (which would box numbers and call a function per comparison).
 * Cost: three passes, 12 bytes of scratch per element; digits that all keys share are skipped.
 */

const digitBits = 11;
const digits = 1 << digitBits;

/** Returns the permutation `p` for which `keys[p[0]] <= keys[p[1]] <= ...`; equal keys keep their order. */
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

/**
 * Sorts `items` in [from, to), and `keys` with them, by keys that are spread evenly, such as hashes; equal keys keep
 * their order. One pass distributes the keys to about as many bins as there are keys, and insertion sort does the rest,
 * so that a short range never leaves the processor's cache. Cost: linear for hashes, quadratic for keys crowded
 * together.
 */
export class HashSorter {
  #keys = new Uint32Array(0);
  #items = new Uint32Array(0);
  #ends = new Uint32Array(0);

  sort(keys: Uint32Array, items: Uint32Array, from: number, to: number): void {
    const n = to - from;
    if (n > 24) this.#deal(keys, items, from, to);
    for (let i = from + 1; i < to; i += 1) {
      const key = keys[i]!;
      let at = i;
      if (keys[at - 1]! <= key) continue;
      const item = items[i]!;
      for (; at > from && keys[at - 1]! > key; at -= 1) {
        keys[at] = keys[at - 1]!;
        items[at] = items[at - 1]!;
      }
      keys[at] = key;
      items[at] = item;
    }
  }

  #deal(keys: Uint32Array, items: Uint32Array, from: number, to: number): void {
    const n = to - from;
    const bits = Math.min(24, 31 - Math.clz32(n));
    const shift = 32 - bits;
    const bins = 1 << bits;
    if (this.#keys.length < n) {
      this.#keys = new Uint32Array(n);
      this.#items = new Uint32Array(n);
    }
    if (this.#ends.length < bins) this.#ends = new Uint32Array(bins);
    const sortedKeys = this.#keys;
    const sortedItems = this.#items;
    const ends = this.#ends;
    ends.fill(0, 0, bins);
    for (let i = from; i < to; i += 1) ends[keys[i]! >>> shift]! += 1;
    let end = 0;
    for (let bin = 0; bin < bins; bin += 1) {
      end += ends[bin]!;
      ends[bin] = end;
    }
    for (let i = to - 1; i >= from; i -= 1) {
      const key = keys[i]!;
      const bin = key >>> shift;
      const at = ends[bin]! - 1;
      ends[bin] = at;
      sortedKeys[at] = key;
      sortedItems[at] = items[i]!;
    }
    keys.set(sortedKeys.subarray(0, n), from);
    items.set(sortedItems.subarray(0, n), from);
  }
}
