/**
 * Traps are pieces that merging makes out of order. `pairs.ts` needs a token's merge to come after the merges of its
 * parts. In most vocabularies this always holds (the five of tiktoken, Qwen). Llama 3's, joined from two, has 222
 * pieces that are or may be made by a merge that comes before a merge of one of its parts: " nghiệ", ".:.:".
 *
 * The first merge out of order in a text makes a trap. So pretokens whose bytes contain no trap are still encoded by
 * the algorithms that need the order, and only the others by merging.
 */
import { equalBytes, K1 } from './hash';
import { At, directory, reserve, reserveZeroed, setDirectory } from './memory';
import { pieceAddress, pieceLength } from './pieces';

/** With more traps than this, the whole vocabulary counts as out of order, and all pretokens are merged. */
const CAPACITY: u32 = 4096;
const HINTS: u64 = 16;

export function reserveTraps(): void {
  setDirectory(At.Traps, reserve(CAPACITY * 8));
  setDirectory(At.TrapHeads, reserve(<usize>1 << <usize>(HINTS + 1)));
  setDirectory(At.TrapHints, reserveZeroed(<usize>1 << <usize>(HINTS - 3)));
  setDirectory(At.TrapBytes, 8);
  setDirectory(At.TrapCount, 0);
}

// @ts-ignore: decorator
@inline
export function hasTraps(): bool {
  return directory(At.TrapCount) != 0;
}

export function isTrap(id: u32): bool {
  const count = directory(At.TrapCount);
  if (count > CAPACITY) return true;
  for (let k: u32 = 0; k < count; k++) if (load<u32>(directory(At.Traps) + k * 8) == id) return true;
  return false;
}

// @ts-ignore: decorator
@inline
function hintOf(at: usize, bytes: u64): u64 {
  return ((load<u64>(at) << (64 - (bytes << 3))) * K1) >>> (64 - HINTS);
}

export function addTrap(id: u32): void {
  const count = directory(At.TrapCount);
  setDirectory(At.TrapCount, count + 1);
  if (count >= CAPACITY) return;
  store<u32>(directory(At.Traps) + count * 8, id);
  const bytes = min(directory(At.TrapBytes), pieceLength(id));
  setDirectory(At.TrapBytes, bytes);
  // Keys are as long as the shortest trap, so a shorter trap changes all keys.
  memory.fill(directory(At.TrapHints), 0, <usize>1 << <usize>(HINTS - 3));
  memory.fill(directory(At.TrapHeads), 0, <usize>1 << <usize>(HINTS + 1));
  for (let k: u32 = 0; k <= count; k++) {
    const trap = directory(At.Traps) + k * 8;
    const hint = hintOf(pieceAddress(load<u32>(trap)), bytes);
    const at = directory(At.TrapHints) + <usize>(hint >>> 3);
    store<u8>(at, load<u8>(at) | <u8>((<u32>1) << <u32>(hint & 7)));
    const head = directory(At.TrapHeads) + <usize>(hint << 1);
    store<u32>(trap, <u32>load<u16>(head), 4);
    store<u16>(head, k + 1);
  }
}

/** Whether these bytes may contain a trap: always true if there are too many traps. */
export function touchesTrap(at: usize, length: u32): bool {
  const count = directory(At.TrapCount);
  if (count > CAPACITY) return true;
  const bytes = directory(At.TrapBytes);
  const hints = directory(At.TrapHints);
  for (const end = at + length; at + bytes <= end; at++) {
    const hint = hintOf(at, bytes);
    if (((<u32>load<u8>(hints + <usize>(hint >>> 3)) >> <u32>(hint & 7)) & 1) == 0) continue;
    for (let k = <u32>load<u16>(directory(At.TrapHeads) + <usize>(hint << 1)); k != 0; ) {
      const trap = directory(At.Traps) + (k - 1) * 8;
      k = load<u32>(trap, 4);
      const id = load<u32>(trap);
      const size = pieceLength(id);
      if (at + size <= end && equalBytes(at, pieceAddress(id), size)) return true;
    }
  }
  return false;
}
