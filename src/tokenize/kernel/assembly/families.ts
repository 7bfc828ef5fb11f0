/**
 * The hand-written scanners: blocks of ASCII where they decide, character by character elsewhere. They are there because
 * they are faster than the tables that scan-compiled.ts has for the same patterns; tests hold both equal.
 */
import { bits, equal, inRange, startsCl100k, startsGpt2, startsO200k } from './block';
import * as cache from './cache';
import { empty, leave, tail as lastTail } from './pretokens';
import { full, push } from './queue';
import { scanCl100k } from './scan-cl100k';
import { forget, looked } from './scan-common';
import { scanGpt2 } from './scan-gpt2';
import { scanO200k } from './scan-o200k';

/** The order is the host's (`step-tables.ts`); 0 is no family. */
export const enum Family {
  Gpt2 = 1,
  Cl100k = 2,
  Qwen2 = 3,
  O200k = 4,
  /** A pretoken begins at each space. */
  Spaces = 5,
}

/** Longest that a contraction can be, so how far past its end a token may look. */
const LOOKAHEAD: usize = 4;

/** Cuts text[at, end) into pretokens, returns how far it came; see `runStep`. */
export function encodeFamily(family: i32, at: usize, end: usize, closed: bool): usize {
  switch (family) {
    case Family.Gpt2:
      return runFamily(Family.Gpt2, at, end, closed);
    case Family.Cl100k:
      return runFamily(Family.Cl100k, at, end, closed);
    case Family.Qwen2:
      return runFamily(Family.Qwen2, at, end, closed);
    case Family.Spaces:
      return runSpaces(at, end, closed);
    default:
      return runFamily(Family.O200k, at, end, closed);
  }
}

/** U+2581, which the host wrote as a space, begins a pretoken. */
function runSpaces(at: usize, end: usize, closed: bool): usize {
  const near = cache.near;
  const nearShift = cache.nearShift;
  let tail = lastTail;
  let from = at;
  // The first byte begins a pretoken, whatever it is.
  for (let block = at + 1; block < end; block += 64) {
    const left = <u64>(end - block);
    let spaces = equal(
      v128.load(block), v128.load(block, 16), v128.load(block, 32), v128.load(block, 48), 0x20,
    );
    if (left < 64) spaces &= ((<u64>1) << left) - 1;
    while (spaces != 0) {
      const to = block + <usize>ctz<u64>(spaces);
      spaces &= spaces - 1;
      tail = push(near, nearShift, tail, from, <u32>(to - from));
      from = to;
    }
    if (tail >= full) tail = empty(tail);
  }
  if (closed && from < end) {
    tail = push(near, nearShift, tail, from, <u32>(end - from));
    from = end;
  }
  leave(tail);
  return from;
}

// @ts-ignore: decorator
@inline
function scan(family: i32, at: usize, end: usize): usize {
  if (family == Family.Gpt2) return scanGpt2(at, end);
  if (family == Family.O200k) return scanO200k(at, end);
  return scanCl100k(at, end, family == Family.Qwen2 ? 1 : 3);
}

// @ts-ignore: decorator
@inline
function runFamily(family: i32, at: usize, end: usize, closed: bool): usize {
  const near = cache.near;
  const nearShift = cache.nearShift;
  let tail = lastTail;
  forget();
  while (at < end) {
    if (load<i8>(at) >= 0) {
      const v0 = v128.load(at);
      const v1 = v128.load(at, 16);
      const v2 = v128.load(at, 32);
      const v3 = v128.load(at, 48);
      const left = <u64>(end - at);
      const n = min(min(<u64>64, ctz<u64>(bits(v0, v1, v2, v3))), left);
      const valid = ~(<u64>0) >>> (64 - n);
      const l0 = v128.or(v0, i8x16.splat(0x20));
      const l1 = v128.or(v1, i8x16.splat(0x20));
      const l2 = v128.or(v2, i8x16.splat(0x20));
      const l3 = v128.or(v3, i8x16.splat(0x20));
      const letter = inRange(l0, l1, l2, l3, 0x61, 26) & valid;
      const number = inRange(v0, v1, v2, v3, 0x30, 10) & valid;
      const space = equal(v0, v1, v2, v3, 0x20) & valid;
      const white = (inRange(v0, v1, v2, v3, 0x09, 5) & valid) | space;
      const other = valid & ~(letter | number | white);
      const apostrophe = equal(v0, v1, v2, v3, 0x27) & valid;
      let starts: u64;
      if (family == Family.Gpt2) {
        starts = startsGpt2(at, at + <usize>n, letter, number, space, white, other, apostrophe);
      } else {
        const newline = (equal(v0, v1, v2, v3, 0x0a) | equal(v0, v1, v2, v3, 0x0d)) & valid;
        const blank = white & ~newline;
        if (family == Family.O200k) {
          const upper = inRange(v0, v1, v2, v3, 0x41, 26) & valid;
          const slash = equal(v0, v1, v2, v3, 0x2f) & valid;
          starts = startsO200k(
            at, at + <usize>n, upper, letter, number, space, blank, newline, other, apostrophe, slash,
          );
        } else {
          const digits = family == Family.Qwen2 ? 1 : 3;
          starts = startsCl100k(
            at, at + <usize>n, letter, number, space, blank, newline, other, apostrophe, digits,
          );
        }
      }
      starts &= valid & ~(<u64>1);
      const last = closed && n == left;
      if (!last) {
        // White space at the end of what is known: what it becomes depends on what follows.
        const run = clz<u64>(~(white << (64 - n)));
        starts &= ~(<u64>0) >>> (63 - min(<u64>63, n - run));
        // And an apostrophe before it, where the pattern is such that a contraction moves what is before its end.
        if (family == Family.O200k || family == Family.Gpt2) {
          const open = apostrophe & ~(valid >>> 2);
          if (open != 0) starts &= (open & -open) - 1;
        }
      }
      if (last || starts != 0) {
        let from = at;
        while (starts != 0) {
          const to = at + <usize>ctz<u64>(starts);
          starts &= starts - 1;
          tail = push(near, nearShift, tail, from, <u32>(to - from));
          from = to;
        }
        if (last) {
          tail = push(near, nearShift, tail, from, <u32>(end - from));
          from = end;
        }
        at = from;
        if (tail >= full) tail = empty(tail);
        continue;
      }
    }
    // A pretoken with other than ASCII in it, or one that is longer than a block. In text of other scripts the
    // next one is likely of the same kind, and looking at a block first would be in vain.
    do {
      const to = scan(family, at, end);
      if (!closed && max(to, looked) + LOOKAHEAD > end) {
        leave(tail);
        return at;
      }
      tail = push(near, nearShift, tail, at, <u32>(to - at));
      at = to;
      if (tail >= full) tail = empty(tail);
    } while (at < end && (load<u16>(at) & 0x8080) != 0);
  }
  leave(tail);
  return at;
}
