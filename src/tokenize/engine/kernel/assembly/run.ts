/** Turns a run of known units into tokens, by the algorithm that is the fastest for it. */
import { NEAR_BYTES } from './cache';
import { encodeShort, SHORT_BYTES } from './merge-short';
import { At, directory } from './memory';
import { hasTraps, touchesTrap } from './traps';
import { encodeByWindows, encodeWithTraps } from './windows';
import { encodeByWords } from './words';

/** Writes the model's ids to `out`; returns their number. `length` is at least 1. */
export function encodeRun(at: usize, length: u32, out: usize): u32 {
  if (hasTraps() && touchesTrap(at, length)) return encodeWithTraps(at, length, out);
  let count: u32 = length <= NEAR_BYTES ? 0 : encodeByWords(at, length, out);
  if (count == 0) count = length <= SHORT_BYTES ? encodeShort(at, length, out) : encodeByWindows(at, length, out);
  const ids = directory(At.External);
  for (let k: u32 = 0; k < count; k++) {
    store<u32>(out + (<usize>k << 2), load<u32>(ids + (<usize>load<u32>(out + (<usize>k << 2)) << 2)));
  }
  return count;
}
