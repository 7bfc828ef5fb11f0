/**
 * The tokens of a pretoken that is too long for `merge-short.ts`: window after window is merged by itself, and where
 * all neighbours can stand side by side, within windows and across, this is the encoding of the whole (see `pairs.ts`).
 * What the end of a window would do in a longer text is not known, so its last tokens are not kept: the next window
 * begins before them. If its first token can't follow the last one kept, it begins a token earlier.
 *
 * That is about twice as fast as `backtrack.ts` where tokens are short (random letters), and slower where they are
 * long (spaces, one letter). Text of that kind, and text in which windows often don't fit together, goes there: it is
 * linear on any text, so this is too.
 */
import { encodeByBacktracking, GAVE_UP } from './backtrack';
import { equalBytes } from './hash';
import { At, directory, release, reserve } from './memory';
import { encodeByMerging, encodeInOrder } from './merge';
import { encodeShort, SHORT_BYTES } from './merge-short';
import { canFollow } from './pairs';
import { NONE, pieceLength } from './pieces';
import { touchesTrap } from './traps';

const WINDOW: u32 = 48;
/** Tokens at the end of a window that are not kept. */
const UNSURE: u32 = 2;
/** Bytes a token from which on backtracking is the faster one. */
const LONG_TOKENS: u32 = 4;

/** Writes internal tokens to `out`, returns how many; for text in which no merge is out of order. */
export function encodeByWindows(at: usize, length: u32, out: usize): u32 {
  const records = directory(At.Records);
  let count: u32 = 0;
  let pos: u32 = 0;
  // A good window earns 1, a bad one costs 4: so there is at most one bad window to four good ones.
  let credit: i32 = 3;
  while (true) {
    const size = min(WINDOW, length - pos);
    const next = out + (<usize>count << 2);
    const made = encodeShort(at + pos, size, next);
    const fits = count == 0 || canFollow(load<u32>(next - 4), load<u32>(next));
    if (fits && pos + size == length) return count + made;
    credit = fits && made * LONG_TOKENS > size ? min(credit + 1, 8) : credit - 4;
    if (credit < 0) {
      const all = encodeByBacktracking(at, length, out);
      return all == GAVE_UP ? encodeByLargeWindows(at, length, out) : all;
    }
    if (fits) {
      const kept = made > UNSURE ? made - UNSURE : 1;
      for (let k: u32 = 0; k < kept; k++) {
        pos += load<u32>(records + (<usize>load<u32>(next + (<usize>k << 2)) << 4), 8);
      }
      count += kept;
    } else {
      count -= 1;
      pos -= load<u32>(records + (<usize>load<u32>(next - 4) << 4), 8);
    }
  }
}

const LARGE_WINDOW: u32 = 2048;

/**
 * The same with larger windows, each merged as it is defined; writes internal tokens. For long tokens that fit together in
 * too many ways.
 */
function encodeByLargeWindows(at: usize, length: u32, out: usize): u32 {
  const records = directory(At.Records);
  let count: u32 = 0;
  let pos: u32 = 0;
  let credit: i32 = 3;
  // The window before: where it began, its tokens.
  let before: u32 = NONE;
  let beforeOut: usize = 0;
  let made: u32 = 0;
  while (true) {
    const size = min(LARGE_WINDOW, length - pos);
    const next = out + (<usize>count << 2);
    // Text that repeats itself: the tokens of the window before, which lie there but for the last ones.
    if (before != NONE && size == LARGE_WINDOW && equalBytes(at + before, at + pos, size)) {
      memory.copy(next, beforeOut, <usize>made << 2);
    } else {
      made = encodeInOrder(at + pos, size, next);
    }
    const fits = count == 0 || canFollow(load<u32>(next - 4), load<u32>(next));
    if (fits && pos + size == length) return count + made;
    credit = fits ? min(credit + 1, 8) : credit - 4;
    if (credit < 0) return encodeInOrder(at, length, out);
    before = fits ? pos : NONE;
    beforeOut = next;
    if (fits) {
      const kept = made > UNSURE ? made - UNSURE : 1;
      for (let k: u32 = 0; k < kept; k++) {
        pos += load<u32>(records + (<usize>load<u32>(next + (<usize>k << 2)) << 4), 8);
      }
      count += kept;
    } else {
      count -= 1;
      pos -= load<u32>(records + (<usize>load<u32>(next - 4) << 4), 8);
    }
  }
}

/**
 * The same for a text in which merges may be out of order; writes the model's ids. Windows that hold a trap are merged as it
 * is defined. Two neighbours can stand side by side if their bytes alone become these two. That is enough for any merges:
 * one across a border is the lowest of all when it runs, so it is the lowest of these two tokens' as well, whose own run
 * in the same order when they are alone.
 */
export function encodeWithTraps(at: usize, length: u32, out: usize): u32 {
  // By token: its bytes.
  const lengths = reserve((<usize>length + WINDOW) << 2);
  let window = WINDOW;
  let count: u32 = 0;
  let pos: u32 = 0;
  let credit: i32 = 3;
  while (true) {
    const size = min(window, length - pos);
    const next = <usize>count << 2;
    const made = encodeAlone(at + pos, size, out + next, lengths + next);
    const fits =
      count == 0 || standApart(at + pos, load<u32>(lengths + next - 4), load<u32>(lengths + next));
    if (fits && pos + size == length) {
      count += made;
      break;
    }
    credit = fits && (window > WINDOW || made * LONG_TOKENS > size) ? min(credit + 1, 8) : credit - 4;
    if (credit < 0) {
      // Larger ones, and at last one that is all of the text.
      window = window == WINDOW ? LARGE_WINDOW : length;
      count = pos = 0;
      credit = 3;
      continue;
    }
    if (fits) {
      const kept = made > UNSURE ? made - UNSURE : 1;
      for (let k: u32 = 0; k < kept; k++) pos += load<u32>(lengths + next + (<usize>k << 2));
      count += kept;
    } else {
      count -= 1;
      pos -= load<u32>(lengths + next - 4);
    }
  }
  release(lengths);
  return count;
}

/** Writes the model's ids of a text that is alone to `out`, their bytes to `lengths`; returns how many. */
function encodeAlone(at: usize, length: u32, out: usize, lengths: usize): u32 {
  const isShort = length <= SHORT_BYTES && !touchesTrap(at, length);
  const count = isShort ? encodeShort(at, length, out) : encodeByMerging(at, length, out);
  const records = directory(At.Records);
  const ids = directory(isShort ? At.External : At.Ids);
  for (let k: usize = 0; k < <usize>count << 2; k += 4) {
    const token = load<u32>(out + k);
    store<u32>(lengths + k, isShort ? load<u32>(records + (<usize>token << 4), 8) : pieceLength(token));
    store<u32>(out + k, load<u32>(ids + (<usize>token << 2)));
  }
  return count;
}

/** Whether two tokens of so many bytes, left and right of a border, stay the same when they are alone. */
function standApart(border: usize, left: u32, right: u32): bool {
  const both = left + right;
  const made = reserve(<usize>both << 3);
  const lengths = made + (<usize>both << 2);
  const isSame = encodeAlone(border - left, both, made, lengths) == 2 && load<u32>(lengths) == left;
  release(made);
  return isSame;
}
