/**
 * Cuts text without a pattern: at spaces (U+2581, which the host writes as a space), or between any two bytes that no
 * piece joins (src/tokenize/engine/cut-bytes.ts).
 */
import { equal } from './block';
import { empty, jump, leave, tail as lastTail } from './pretokens';
import { full, last, push, pushAll } from './queue';
import { Of } from './step-layout';

/** One bit for each of the 64 bytes from `at` on that is a space and before `end`. */
// @ts-ignore: decorator
@inline
function spacesAt(at: usize, end: usize): u64 {
  const left = <u64>(end - at);
  const spaces = equal(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), 0x20);
  return left < 64 ? spaces & (((<u64>1) << left) - 1) : spaces;
}

/** Cuts text[at, end) before each space; returns how far it came; see `runStep`. */
export function cutAtSpaces(at: usize, end: usize, closed: bool): usize {
  let tail = jump(lastTail, at);
  // The first byte always begins a pretoken.
  for (let block = at + 1; block < end; block += 64) {
    tail = pushAll(tail, block, spacesAt(block, end));
    if (tail >= full) tail = empty(tail);
  }
  return finish(tail, end, closed);
}

/** Cuts between any two bytes that need not stay together. */
export function cutAtJoins(step: usize, at: usize, end: usize, closed: bool): usize {
  if (at >= end) return at;
  const joined = <usize>load<u32>(step, Of.Joined);
  let tail = jump(lastTail, at);
  let left = <usize>load<u8>(at);
  let place = at + 1;
  while (place < end) {
    const stop = min(end, place + 64);
    for (; place < stop; place++) {
      const right = <usize>load<u8>(place);
      const stays = (load<u8>(joined + ((left << 5) | (right >> 3))) >> <u8>(right & 7)) & 1;
      // Always write the place, and then keep it or not: a branch on this bit could not be predicted.
      const next = push(tail, place);
      tail = select<usize>(tail, next, stays != 0);
      left = right;
    }
    if (tail >= full) tail = empty(tail);
  }
  return finish(tail, end, closed);
}

// @ts-ignore: decorator
@inline
function finish(tail: usize, end: usize, closed: bool): usize {
  if (closed && last(tail) < end) tail = push(tail, end);
  const reached = last(tail);
  leave(tail);
  return reached;
}
