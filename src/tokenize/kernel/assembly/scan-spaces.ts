/**
 * Text without a pattern that is cut at spaces (U+2581, which the host writes as a space), 64 bytes at a time: at each
 * one, or where a run of them begins after a byte that no piece reaches over.
 */
import { equal } from './block';
import * as cache from './cache';
import { empty, leave, tail as lastTail } from './pretokens';
import { full, push } from './queue';
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
  const near = cache.near;
  const nearShift = cache.nearShift;
  let tail = lastTail;
  let from = at;
  // The first byte begins a pretoken, whatever it is.
  for (let block = at + 1; block < end; block += 64) {
    let spaces = spacesAt(block, end);
    while (spaces != 0) {
      const to = block + <usize>ctz<u64>(spaces);
      spaces &= spaces - 1;
      tail = push(near, nearShift, tail, from, <u32>(to - from));
      from = to;
    }
    if (tail >= full) tail = empty(tail);
  }
  return finish(tail, from, end, closed);
}

/** The same before each run of spaces, but for runs after one of the step's bytes. */
export function cutAtWords(step: usize, at: usize, end: usize, closed: bool): usize {
  const near = cache.near;
  const nearShift = cache.nearShift;
  let tail = lastTail;
  let from = at;
  for (let block = at + 1; block < end; block += 64) {
    const spaces = spacesAt(block, end);
    let starts = spaces & ~((spaces << 1) | <u64>(load<u8>(block - 1) == 0x20));
    while (starts != 0) {
      const to = block + <usize>ctz<u64>(starts);
      starts &= starts - 1;
      const before = <usize>load<u8>(to - 1);
      if ((load<u8>(step + Of.NotAfter + (before >> 3)) >> <u8>(before & 7)) & 1) continue;
      tail = push(near, nearShift, tail, from, <u32>(to - from));
      from = to;
    }
    if (tail >= full) tail = empty(tail);
  }
  return finish(tail, from, end, closed);
}

// @ts-ignore: decorator
@inline
function finish(tail: usize, from: usize, end: usize, closed: bool): usize {
  if (closed && from < end) {
    tail = push(cache.near, cache.nearShift, tail, from, <u32>(end - from));
    from = end;
  }
  leave(tail);
  return from;
}
