/**
 * One array that the planner's stages hand on. Node frees a large array late, often a stage after its last use, because
 * its bytes are no part of the heap that is watched; at a hundred million documents each such array is 400 MB.
 */
let kept: Uint32Array = new Uint32Array(0);

/** As many numbers, of any value. */
export function borrow(length: number): Uint32Array {
  const array = kept.length < length ? new Uint32Array(length) : kept.subarray(0, length);
  kept = new Uint32Array(0);
  return array;
}

/** Hands back what is no longer used: the next to borrow has it. */
export function giveBack(array: Uint32Array): void {
  kept = new Uint32Array(array.buffer);
}
