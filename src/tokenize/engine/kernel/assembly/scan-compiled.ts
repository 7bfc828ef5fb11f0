/**
 * Runs the steps that cut a text into pretokens: each part that a step makes is the whole text of the next step. A step
 * is a table made from its pattern (src/tokenize/pattern/compile.ts), or a hand-written scanner, which is always last.
 * A table needs one look-up per byte of ASCII and one more per character of several bytes; a match is known one
 * character after its end.
 */
import { NEAR_BYTES } from './cache';
import { encodeFamily } from './families';
import { empty, jump, leave, tail as lastTail } from './pretokens';
import { full, push } from './queue';
import { failedUpTo, matchEntry, scanLong, stoppedBy, undecided } from './scan-long';
import { isInert, Keep, LOOP, LOOP_SET, MATCH, Of, outside, ROW, STOP, stepAt, stepCount, wideColumn, widthOfByte } from './step-layout';
import { pushWords } from './words';

/** Bytes up to which the fast loop searches for a match; longer searches go to `scanLong`. */
const SHORT: usize = 128;

/**
 * Cuts text[at, end) by step `k` and those after it. Returns how far it came. `closed`: the text ends at `end`.
 * Otherwise more text follows, and parts that it could change are left.
 */
export function runStep(k: u32, at: usize, end: usize, closed: bool): usize {
  if (load<i32>(stepAt(k), Of.Family) != 0) return encodeFamily(stepAt(k), at, end, closed);
  const cutter = load<u32>(stepAt(k), Of.IsCutter);
  if (cutter != 0) {
    if (cutter == 2 && gaveUp) return runStep(k + 1, at, end, closed);
    if (cutter == 2 || k + 1 == stepCount()) return runCutter(k, at, end, closed, true);
    return runCutter(k, at, end, closed, false);
  }
  if (k + 1 == stepCount()) return runTable(k, at, end, closed, true);
  return runTable(k, at, end, closed, false);
}

/** Passes a part to the next step or the queue. Takes the queue's tail and returns the new one. */
// @ts-ignore: decorator
@inline
function emit(isLast: bool, k: u32, tail: usize, from: usize, to: usize): usize {
  if (!isLast && !isInert(stepAt(k), from, to)) {
    leave(tail);
    runStep(k + 1, from, to, true);
    return lastTail;
  }
  tail = jump(tail, from);
  tail = to - from > NEAR_BYTES ? pushWords(tail, from, to) : push(tail, to);
  return tail >= full ? empty(tail) : tail;
}

/** The next place from `at` on where a match may begin. `rows` is the address of the start row. */
// @ts-ignore: decorator
@inline
function skipGap(step: usize, bytes: usize, rows: usize, isBytes: bool, at: usize, end: usize): usize {
  const rejected = v128.load(step, Of.Rejected);
  while (at < end) {
    const b = <u32>load<u8>(at);
    const isWide = b >= 0x80 && !isBytes;
    const column = isWide ? wideColumn(step, at) : <u32>load<u8>(bytes + b);
    if ((load<u32>(rows + (column << 2)) & STOP) == 0) break;
    at += isWide ? widthOfByte(b) : 1;
    while (at + 16 <= end) {
      // Bytes outside of ASCII are tested one by one.
      const stops = outside(rejected, at);
      if (stops != 0) {
        at += <usize>ctz<u32>(stops);
        break;
      }
      at += 16;
    }
  }
  return at;
}

// @ts-ignore: decorator
@inline
function runTable(k: u32, from: usize, end: usize, closed: bool, isLast: bool): usize {
  const step = stepAt(k);
  const rows = <usize>load<u32>(step, Of.Rows);
  const bytes = <usize>load<u32>(step, Of.Bytes);
  const startRow = load<u32>(step, Of.StartRow);
  const isBytes = load<u32>(step, Of.IsBytes) != 0;
  const hasGaps = load<u32>(step, Of.HasGaps) != 0;
  const keep = load<u32>(step, Of.Keep);
  let high = failedUpTo(k);
  let tail = lastTail;
  /** Start of the part that is not passed on yet. */
  let part = from;
  /** With `Keep.Runs`: the end of the run of matches that begins at `part`; 0: there is none. */
  let runEnd: usize = 0;
  let at = from;
  while (at < end) {
    if (hasGaps) {
      at = skipGap(step, bytes, rows + startRow, isBytes, at, end);
      if (at >= end) break;
    }
    let last: usize = 0;
    let state = startRow;
    let place = at;
    let entry: u32 = 0;
    if (at < high) {
      last = scanLong(k, at, startRow, at, startRow, 0, 0, end, closed);
      high = failedUpTo(k);
      if (undecided) break;
    } else {
      const limit = min(end, at + SHORT);
      let isOpen = false;
      while (true) {
        entry = STOP;
        while (place < limit) {
          entry = load<u32>(rows + state + (<usize>load<u8>(bytes + <usize>load<u8>(place)) << 2));
          if ((entry & 7) != 0) break;
          state = entry;
          place += 1;
        }
        if (place >= limit) {
          if (place >= end && closed) {
            if ((load<u32>(rows + state, 4) & MATCH) != 0) last = place;
          } else {
            last = scanLong(k, at, startRow, place, state, last, 0, end, closed);
            high = failedUpTo(k);
            isOpen = undecided;
          }
          break;
        }
        const b = <u32>load<u8>(place);
        let width: usize = 1;
        if (b >= 0x80 && !isBytes) {
          entry = load<u32>(rows + state + (<usize>wideColumn(step, place) << 2));
          width = widthOfByte(b);
        }
        if ((entry & MATCH) != 0) last = place;
        if ((entry & STOP) != 0) break;
        state = entry & ROW;
        place += width;
        if ((entry & LOOP) != 0) {
          // Inside a word, find its end without a branch per character. Bytes after the text do no harm.
          const set = v128.load(rows + state, LOOP_SET);
          while (place < end) {
            const stops = outside(set, place);
            if (stops != 0) {
              place += <usize>ctz<u32>(stops);
              break;
            }
            place += 16;
          }
          place = min(place, end);
        }
      }
      if (isOpen) break;
    }
    if (last == 0) {
      at += isBytes ? 1 : widthOfByte(<u32>load<u8>(at));
      continue;
    }
    if (keep == Keep.Matches) {
      tail = emit(isLast, k, tail, at, last);
      part = last;
    } else if (keep == Keep.Both) {
      if (at > part) tail = emit(isLast, k, tail, part, at);
      tail = emit(isLast, k, tail, at, last);
      part = last;
    } else if (keep == Keep.Gaps) {
      if (at > part) tail = emit(isLast, k, tail, part, at);
      part = last;
    } else if (keep == Keep.GapWithMatch) {
      tail = emit(isLast, k, tail, part, last);
      part = last;
    } else if (keep == Keep.MatchWithGap) {
      if (at > part) tail = emit(isLast, k, tail, part, at);
      part = at;
    } else {
      if (runEnd != at) {
        if (runEnd != 0) {
          tail = emit(isLast, k, tail, part, runEnd);
          part = runEnd;
        }
        if (at > part) tail = emit(isLast, k, tail, part, at);
        part = at;
      }
      runEnd = last;
    }
    at = last;
  }
  // The rest is a part of a gap, or a match that is kept together with others.
  if (keep == Keep.Runs && runEnd != 0 && (closed || runEnd != at)) {
    tail = emit(isLast, k, tail, part, runEnd);
    part = runEnd;
    runEnd = 0;
  }
  const isDropped = keep == Keep.Matches;
  if (closed) {
    if (part < end && !isDropped) tail = emit(isLast, k, tail, part, end);
    part = end;
  } else if (isDropped) {
    part = at;
  } else if (!isLast && at > part && runEnd == 0 && keep != Keep.MatchWithGap) {
    // A search that begins inside a gap finds the same as one that went on, so the gap may be passed on in pieces.
    leave(tail);
    part = runStep(k + 1, part, at, false);
    tail = lastTail;
  }
  leave(tail);
  return part;
}

/** u32 per step: the row in which a cutter begins, if an earlier call left a part undecided. */
const carried: usize = memory.data(16 * 4, 16);

/**
 * Whether a table gave up in this document: the steps after it then continue with the text that they left undecided at
 * a window's end.
 */
let gaveUp: bool = false;

/** Resets the state for a new document. */
export function forgetCarried(): void {
  memory.fill(carried, 0, 16 * 4);
  gaveUp = false;
}

/**
 * The same by the table of a cutter, whose parts lie end to end. In most cases it goes on from one part into the next
 * without a new search.
 */
// @ts-ignore: decorator
@inline
function runCutter(k: u32, from: usize, end: usize, closed: bool, isLast: bool): usize {
  const step = stepAt(k);
  const rows = <usize>load<u32>(step, Of.Rows);
  const bytes = <usize>load<u32>(step, Of.Bytes);
  /** Distance from an entry to the place that holds the row in which a part after a match begins. */
  const toResumes = <usize>load<u32>(step, Of.Resumes) - rows;
  const isBytes = load<u32>(step, Of.IsBytes) != 0;
  let high = failedUpTo(k);
  let tail = lastTail;
  /** Where the part begins, and in which row; if an entry cut there, the row is that of `cutAt`. */
  let at = from;
  let begun = load<u32>(carried + (<usize>k << 2));
  let cutAt: usize = 0;
  store<u32>(carried + (<usize>k << 2), 0);
  /** The last place where the part may end, and the entry there. */
  let last: usize = 0;
  let lastAt: usize = 0;
  let state = begun;
  let place = at;
  let limit = at < high ? at : min(end, at + SHORT);
  while (at < end) {
    let entryAt: usize = 0;
    let entry: u32 = STOP;
    while (place < limit) {
      entryAt = rows + state + (<usize>load<u8>(bytes + <usize>load<u8>(place)) << 2);
      entry = load<u32>(entryAt);
      if ((entry & 7) != 0) break;
      state = entry;
      place += 1;
    }
    if (place >= limit) {
      if (place >= end && closed) {
        if ((load<u32>(rows + state, 4) & MATCH) != 0) {
          tail = emit(isLast, k, tail, at, end);
          at = end;
          break;
        }
        entry = STOP;
      } else {
        if (cutAt != 0) begun = load<u32>(cutAt + toResumes);
        last = scanLong(k, at, begun, place, state, last, lastAt, end, closed);
        lastAt = matchEntry;
        high = failedUpTo(k);
        if (undecided) {
          store<u32>(carried + (<usize>k << 2), begun);
          break;
        }
        entry = stoppedBy;
      }
    } else {
      const b = <u32>load<u8>(place);
      let width: usize = 1;
      if (b >= 0x80 && !isBytes) {
        entryAt = rows + state + (<usize>wideColumn(step, place) << 2);
        entry = load<u32>(entryAt);
        width = widthOfByte(b);
      }
      if ((entry & MATCH) != 0) {
        last = place;
        lastAt = entryAt;
        if ((entry & STOP) != 0) {
          tail = emit(isLast, k, tail, at, place);
          at = place;
          cutAt = entryAt;
          limit = min(end, at + SHORT);
          if (at < high) {
            limit = at;
            state = load<u32>(cutAt + toResumes);
            last = 0;
            continue;
          }
        }
      }
      if ((entry & (MATCH | STOP)) != STOP) {
        state = entry & ROW;
        place += width;
        if ((entry & LOOP) != 0) {
          const set = v128.load(rows + state, LOOP_SET);
          while (place < end) {
            const stops = outside(set, place);
            if (stops != 0) {
              place += <usize>ctz<u32>(stops);
              break;
            }
            place += 16;
          }
          place = min(place, end);
        }
        continue;
      }
    }
    if ((entry & ROW) != 0) {
      leave(tail);
      gaveUp = true;
      return runStep(k + 1, at, end, closed);
    }
    // The part ended at an earlier place, so continue from there.
    tail = emit(isLast, k, tail, at, last);
    at = last;
    place = at;
    cutAt = lastAt;
    state = load<u32>(cutAt + toResumes);
    last = 0;
    limit = at < high ? at : min(end, at + SHORT);
  }
  leave(tail);
  return at;
}
