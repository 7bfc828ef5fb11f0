/**
 * The largest vocabulary that the kernel's tables can hold. `planKernel` refuses a larger one before anything is built,
 * because WebAssembly could not report the error. Cost: the length of each piece is read; the trie's edges are counted
 * only if the pieces have more bytes than the trie has room for edges.
 */

/** Token numbers have 21 bits; the trie stores a token's number + 1 in them (see `pairs.ts` and `trie.ts`). */
const mostTokens = 2 ** 21 - 2;
/** Half of the trie's slots. */
export const mostEdges: number = 2 ** 21;
const mostBytes = 2 ** 28;

/** @returns why the kernel cannot hold these pieces; null if it can */
export function findExceededBound(pieces: readonly (Uint8Array | undefined)[]): string | null {
  let count = 256;
  let bytes = 256;
  for (const piece of pieces) {
    if (piece === undefined) continue;
    count += 1;
    bytes += piece.length;
  }
  if (count > mostTokens) return `more than ${mostTokens - 256} pieces`;
  if (bytes > mostBytes) return `more than ${mostBytes} bytes of pieces`;
  if (bytes > mostEdges && countPrefixes(pieces) > mostEdges)
    return `pieces with more than ${mostEdges} different beginnings`;
  return null;
}

/**
 * Counts the edges of a trie: the different prefixes of the pieces, all 256 single bytes included. Stops after
 * `mostEdges`.
 */
function countPrefixes(pieces: readonly (Uint8Array | undefined)[]): number {
  const bits = 22;
  const mask = 2 ** bits - 1;
  // 1 + (the parent's slot << 8 | byte); the first 256 prefixes have no slot, and are their own parents.
  const slots = new Uint32Array(2 ** bits);
  const root = 2 ** bits;
  let count = 256;
  for (const piece of pieces) {
    if (piece === undefined) continue;
    let node = root + piece[0]!;
    for (let at = 1; at < piece.length; at += 1) {
      const key = node * 256 + piece[at]! + 1;
      let slot = Math.imul(key, 0x9e3779b1) >>> (32 - bits);
      while (slots[slot] !== 0 && slots[slot] !== key) slot = (slot + 1) & mask;
      if (slots[slot] === 0) {
        slots[slot] = key;
        count += 1;
        if (count > mostEdges) return count;
      }
      node = slot;
    }
  }
  return count;
}
