/**
 * Text without a pattern that is cut at spaces (U+2581, which the host writes as a space), 64 bytes at a time: at each
 * one, or where a run of them begins after a byte that no piece reaches over.
 */
import { equal } from './block';
import { empty, jump, leave, tail as lastTail } from './pretokens';
import { full, last, push, pushAll } from './queue';
import { Of } from './step-layout';

/** Bits of the bytes at `at` that are spaces, for the bytes before `end`. */
// @ts-ignore: decorator
@inline
function spacesAt(at: usize, end: usize): u64 {
  const left = <u64>(end - at);
  const spaces = equal(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), 0x20);
  return left < 64 ? spaces & (((<u64>1) << left) - 1) : spaces;
}

/** Cuts text[at, end) before each space, returns how far it came; see `runStep`. */
export function cutAtSpaces(at: usize, end: usize, closed: bool): usize {
  let tail = jump(lastTail, at);
  // The first byte begins a pretoken, whatever it is.
  for (let block = at + 1; block < end; block += 64) {
    tail = pushAll(tail, block, spacesAt(block, end));
    if (tail >= full) tail = empty(tail);
  }
  return finish(tail, end, closed);
}

/** The same before each run of spaces, but for runs after one of the step's bytes. */
export function cutAtWords(step: usize, at: usize, end: usize, closed: bool): usize {
  let tail = jump(lastTail, at);
  for (let block = at + 1; block < end; block += 64) {
    const spaces = spacesAt(block, end);
    let starts = spaces & ~((spaces << 1) | <u64>(load<u8>(block - 1) == 0x20));
    while (starts != 0) {
      const to = block + <usize>ctz<u64>(starts);
      starts &= starts - 1;
      const before = <usize>load<u8>(to - 1);
      const isKept = (load<u8>(step + Of.NotAfter + (before >> 3)) >> <u8>(before & 7)) & 1;
      // Written in any case, and kept or not: the bit can't be predicted.
      const next = push(tail, to);
      tail = select<usize>(tail, next, isKept != 0);
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
