/**
 * Finds the tokens of a pretoken that is too long for `merge-short.ts`. Each window is merged by itself. If all
 * neighbours can stand side by side, within windows and across them, the result is the encoding of the whole (see
 * `pairs.ts`). The last tokens of a window might be different in a longer text, so they are not kept: the next window
 * begins before them. If its first token cannot follow the last token kept, the window begins one token earlier.
 *
 * This is about twice as fast as `backtrack.ts` if tokens are short (random letters), and slower if they are long
 * (spaces, one letter). Text of long tokens, and text in which windows often do not fit together, is left to
 * `backtrack.ts`, which is linear on any text, so this is linear, too.
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
/** Bytes per token from which on backtracking is faster. */
const LONG_TOKENS: u32 = 4;

/** Writes internal tokens to `out`; returns their number. For text in which no merge is out of order. */
export function encodeByWindows(at: usize, length: u32, out: usize): u32 {
  const records = directory(At.Records);
  let count: u32 = 0;
  let pos: u32 = 0;
  // A good window earns 1 and a bad one costs 4, so there is at most one bad window per four good ones.
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
 * The same with larger windows, each merged by the definition (`merge.ts`); writes internal tokens. For long tokens
 * that fit together in too many ways.
 */
function encodeByLargeWindows(at: usize, length: u32, out: usize): u32 {
  const records = directory(At.Records);
  let count: u32 = 0;
  let pos: u32 = 0;
  let credit: i32 = 3;
  // The window before: its start, its tokens, and their number.
  let before: u32 = NONE;
  let beforeOut: usize = 0;
  let made: u32 = 0;
  while (true) {
    const size = min(LARGE_WINDOW, length - pos);
    const next = out + (<usize>count << 2);
    // In repetitive text, take the tokens of the window before; only its last ones were overwritten.
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
 * The same for a text in which merges may be out of order; writes the model's ids. Windows that contain a trap are
 * merged by the definition. Two neighbours can stand side by side if their bytes alone become these two tokens. This
 * test is enough for any merges: a merge across a border has the lowest priority of all when it runs, so it also has
 * the lowest among the merges of these two tokens, which run in the same order when the two are alone.
 */
export function encodeWithTraps(at: usize, length: u32, out: usize): u32 {
  // The number of bytes of each token.
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
      // Try larger windows, and at last one window for the whole text.
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

/** Encodes a text by itself: writes the model's ids to `out` and their bytes to `lengths`; returns their number. */
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

/** Whether two tokens of these numbers of bytes, left and right of a border, stay the same when they are alone. */
function standApart(border: usize, left: u32, right: u32): bool {
  const both = left + right;
  const made = reserve(<usize>both << 3);
  const lengths = made + (<usize>both << 2);
  const isSame = encodeAlone(border - left, both, made, lengths) == 2 && load<u32>(lengths) == left;
  release(made);
  return isSame;
}
