/**
 * The set of open row capacities. It finds the smallest capacity that is at least c in O(log_32 width). This is the
 * segment tree of best-fit packing (Ding et al. 2024, arXiv 2404.10830, section 3.2), but with 32 children per node, so
 * that a node is one machine word. A search touches two or three words for any width in use. 8,192 capacities take
 * 1 KB.
 */
export class CapacityIndex {
  /** levels[0] has one bit per capacity. Bit i of levels[k] is set if word i of levels[k - 1] is not 0. */
  readonly #levels: Int32Array[] = [];

  constructor(largest: number) {
    let bits = largest + 1;
    do {
      bits = Math.ceil(bits / 32);
      this.#levels.push(new Int32Array(bits));
    } while (bits > 1);
  }

  add(capacity: number): void {
    let at = capacity;
    for (const words of this.#levels) {
      words[at >>> 5]! |= 1 << (at & 31);
      at >>>= 5;
    }
  }

  remove(capacity: number): void {
    let at = capacity;
    for (const words of this.#levels) {
      words[at >>> 5]! &= ~(1 << (at & 31));
      if (words[at >>> 5] !== 0) return;
      at >>>= 5;
    }
  }

  /** The smallest capacity in the set that is at least `capacity`; -1 if there is none. */
  atLeast(capacity: number): number {
    let at = capacity;
    for (let level = 0; level < this.#levels.length; level += 1) {
      const word = at >>> 5;
      if (word >= this.#levels[level]!.length) return -1;
      const found = this.#levels[level]![word]! & (-1 << (at & 31));
      if (found !== 0) return this.#descend(level, (word << 5) | lowestBit(found));
      at = word + 1;
    }
    return -1;
  }

  #descend(level: number, position: number): number {
    let at = position;
    for (let below = level - 1; below >= 0; below -= 1) at = (at << 5) | lowestBit(this.#levels[below]![at]!);
    return at;
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
