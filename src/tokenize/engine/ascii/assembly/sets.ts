/** Sets of ASCII bytes, 16 bytes each: bit h of byte l stands for the byte (h << 4 | l). */

/** One bit for each byte that is not in the set; bytes outside of ASCII are in no set. */
// @ts-ignore: decorator
@inline
export function outside(set: v128, text: v128): u32 {
  const bit = i8x16.swizzle(
    i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0),
    i8x16.shr_u(text, 4),
  );
  const found = v128.and(i8x16.swizzle(set, v128.and(text, i8x16.splat(0x0f))), bit);
  return i8x16.bitmask(i8x16.eq(found, i8x16.splat(0)));
}
