/**
 * The last step of MurmurHash3 (Austin Appleby, public domain): pseudorandom numbers from a counter. The initial
 * weights come from it, so a seed gives the same weights on every machine.
 */
export function scramble(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
