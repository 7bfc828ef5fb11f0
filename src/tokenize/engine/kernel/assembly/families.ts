/**
 * The hand-written scanners: they work on blocks of ASCII where these decide, and character by character elsewhere.
 * They exist because they are faster than the tables of scan-compiled.ts for the same patterns; tests check that both
 * agree.
 */
import { bits, either, equal, inRange, startsCl100k, startsGpt2, startsO200k } from './block';
import { empty, jump, leave, tail as lastTail } from './pretokens';
import { full, last, push, pushAll } from './queue';
import { scanCl100k } from './scan-cl100k';
import { forget, looked } from './scan-common';
import { scanGpt2 } from './scan-gpt2';
import { scanO200k } from './scan-o200k';
import { cutAtJoins, cutAtSpaces } from './scan-spaces';
import { Of } from './step-layout';

/** The host uses the same numbers (`step-tables.ts`); 0 means that the step has tables. */
export const enum Family {
  Gpt2 = 1,
  Cl100k = 2,
  Qwen2 = 3,
  O200k = 4,
  /** A pretoken begins at each space. */
  Spaces = 5,
  /** A pretoken begins between any two bytes that need not stay together. */
  Joins = 6,
}

/** Bytes of the longest contraction: a token may depend on text up to this far after its end. */
const LOOKAHEAD: usize = 4;

/** Cuts text[at, end) into pretokens; returns how far it came; see `runStep`. */
export function encodeFamily(step: usize, at: usize, end: usize, closed: bool): usize {
  switch (load<i32>(step, Of.Family)) {
    case Family.Gpt2:
      return runFamily(Family.Gpt2, at, end, closed);
    case Family.Cl100k:
      return runFamily(Family.Cl100k, at, end, closed);
    case Family.Qwen2:
      return runFamily(Family.Qwen2, at, end, closed);
    case Family.Spaces:
      return cutAtSpaces(at, end, closed);
    case Family.Joins:
      return cutAtJoins(step, at, end, closed);
    default:
      return runFamily(Family.O200k, at, end, closed);
  }
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
  let tail = jump(lastTail, at);
  forget();
  while (at < end) {
    tail = blocks(family, at, end, closed, tail);
    at = last(tail);
    if (tail >= full) {
      tail = empty(tail);
      continue;
    }
    // This pretoken is not all ASCII, or is longer than a block. In text of other scripts the next pretoken is probably
    // of the same kind, so trying a block first would not pay.
    while (at < end) {
      const to = scan(family, at, end);
      if (!closed && max(to, looked) + LOOKAHEAD > end) {
        leave(tail);
        return at;
      }
      tail = push(tail, to);
      at = to;
      if (tail >= full) tail = empty(tail);
      if (at >= end || (load<u16>(at) & 0x8080) == 0) break;
    }
  }
  leave(tail);
  return at;
}

/**
 * Adds pretokens from `at` on to the queue, block by block, as long as blocks of ASCII decide and the queue has room.
 * Returns the new tail.
 */
// @ts-ignore: decorator
@inline
function blocks(family: i32, at: usize, end: usize, closed: bool, tail: usize): usize {
  while (at < end && tail < full && load<i8>(at) >= 0) {
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
      const newline = either(v0, v1, v2, v3, 0x0a, 0x0d) & valid;
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
    const ends = closed && n == left;
    if (!ends) {
      // White space at the end of the known text: how it is cut depends on the text after it.
      const run = clz<u64>(~(white << (64 - n)));
      starts &= ~(<u64>0) >>> (63 - min(<u64>63, n - run));
      // The same for an apostrophe near the end, in patterns whose contractions can move earlier cuts.
      if (family == Family.O200k || family == Family.Gpt2) {
        const open = apostrophe & ~(valid >>> 2);
        if (open != 0) starts &= (open & -open) - 1;
      }
      if (starts == 0) break;
    }
    tail = pushAll(tail, at, starts);
    if (ends) {
      tail = push(tail, end);
      break;
    }
    at += 63 - <usize>clz<u64>(starts);
  }
  return tail;
}
