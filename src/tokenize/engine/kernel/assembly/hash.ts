/**
 * Hashes by multiplying and taking the top bits. The multipliers are odd 64-bit constants (golden ratio and one of
 * xxHash's primes); the top bits of a product depend on all bits of the factor, so no further mixing is needed.
 */
export const K1: u64 = 0x9e3779b97f4a7c15;
export const K2: u64 = 0xc2b2ae3d27d4eb4f;

/** Hash of any number of bytes. It reads up to 8 bytes past the end, so every buffer is padded. */
export function hashBytes(at: usize, length: u32): u64 {
  let h: u64 = <u64>length * K2;
  let left = length;
  while (left >= 8) {
    h = rotl<u64>((h ^ load<u64>(at)) * K1, 29);
    at += 8;
    left -= 8;
  }
  if (left > 0) h = rotl<u64>((h ^ (load<u64>(at) & (((<u64>1) << (left << 3)) - 1))) * K1, 29);
  return (h ^ (h >>> 32)) * K2;
}

export function equalBytes(a: usize, b: usize, length: u32): bool {
  while (length >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    length -= 8;
  }
  if (length == 0) return true;
  return ((load<u64>(a) ^ load<u64>(b)) << (64 - (length << 3))) == 0;
}
