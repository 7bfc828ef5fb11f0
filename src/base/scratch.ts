/**
 * One array that the planner's stages pass on to each other. Node frees a large array late, often a stage after its
 * last use, because its bytes don't count in the heap that triggers garbage collection. At a hundred million documents
 * each such array is 400 MB.
 */
let kept: Uint32Array = new Uint32Array(0);

/** Returns an array of `length` numbers with undefined content. */
export function borrow(length: number): Uint32Array {
  const array = kept.length < length ? new Uint32Array(length) : kept.subarray(0, length);
  kept = new Uint32Array(0);
  return array;
}

/** Hands back an array that is no longer used. The next call of `borrow` gets it. */
export function giveBack(array: Uint32Array): void {
  kept = new Uint32Array(array.buffer);
}
