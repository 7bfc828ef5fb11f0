/**
 * A match that is long, or is looked for far beyond its end: `a*b|a` looks through all of a megabyte of the letter a, finds
 * that no b follows, and takes one letter; then it would look through the rest again. So a state and a place that led to
 * nothing are remembered (Reps, "Maximal-munch" tokenization in linear time, 1998), and a search that comes to one ends
 * there. One place in 16 bytes is enough, and the memory is fixed: what does not fit is looked through once more.
 */
import { reserveZeroed } from './memory';
import { MATCH, Of, ROW, STOP, stepAt, wideColumn, widthOfByte } from './step-layout';

/** Steps that a model may have; the host refuses more. */
const STEPS: usize = 16;
const SLOTS: usize = 1 << 17;
/** Places remembered at a time. */
const MOST: u32 = 1 << 16;
/** Shorter searches in vain are not worth it. */
const SHORTEST: usize = 64;

/** u64[SLOTS]: generation << 52 | state << 32 | place; a place is a slot's neighbour of the place before it. */
let slots: usize = 0;
/** By step: up to which place searches are remembered, and their generation. */
const known: usize = memory.data(16 * 8, 16);
let generation: u32 = 0;

export const FAILED_BYTES: usize = SLOTS * 8;

export function reserveFailed(): void {
  slots = reserveZeroed(FAILED_BYTES);
  generation = 0;
}

export function forgetFailed(): void {
  memory.fill(known, 0, STEPS * 8);
}

/** Up to here `scanLong` must be asked. */
// @ts-ignore: decorator
@inline
export function failedUpTo(k: u32): usize {
  return <usize>load<u32>(known + (<usize>k << 3));
}

// @ts-ignore: decorator
@inline
function slotOf(state: u32, at: usize): usize {
  return slots + ((((at >>> 4) + <usize>(state * 0x9e37)) & (SLOTS - 1)) << 3);
}

// @ts-ignore: decorator
@inline
function keyOf(k: u32, state: u32, at: usize): u64 {
  return ((<u64>load<u32>(known + (<usize>k << 3), 4)) << 52) | ((<u64>(state >>> 2)) << 32) | <u64>at;
}

/** The search came to the end of what is known, and what follows decides. */
export let undecided: bool = false;

/** Where the entry is that reported the match that was found. */
export let matchEntry: usize = 0;
/** The entry that ended the search, if it has `STOP` and no match; else `STOP`. */
export let stoppedBy: u32 = STOP;

/**
 * A search that began at `start` in the row `begun`, is at `at` in this state, and found `last` (0: no match yet) at the entry
 * `entryAt`. Returns the match's end, or 0.
 */
export function scanLong(
  k: u32, start: usize, begun: u32, at: usize, state: u32, last: usize, entryAt: usize, end: usize, closed: bool,
): usize {
  const step = stepAt(k);
  const rows = <usize>load<u32>(step, Of.Rows);
  const bytes = <usize>load<u32>(step, Of.Bytes);
  const isBytes = load<u32>(step, Of.IsBytes) != 0;
  const high = failedUpTo(k);
  undecided = false;
  matchEntry = entryAt;
  stoppedBy = STOP;
  while (true) {
    if (at >= end) {
      if (!closed) {
        undecided = true;
        return 0;
      }
      if ((load<u32>(rows + state, 4) & MATCH) != 0) last = at;
      break;
    }
    const b = <u32>load<u8>(at);
    const isWide = b >= 0x80 && !isBytes;
    const column = isWide ? wideColumn(step, at) : <u32>load<u8>(bytes + b);
    const place = rows + state + (column << 2);
    const entry = load<u32>(place);
    if ((entry & MATCH) != 0) {
      last = at;
      matchEntry = place;
    }
    if ((entry & STOP) != 0) {
      if ((entry & MATCH) == 0) stoppedBy = entry;
      break;
    }
    state = entry & ROW;
    const next = at + (isWide ? widthOfByte(b) : 1);
    const crosses = next >>> 4 != at >>> 4;
    at = next;
    if (crosses && at < high && load<u64>(slotOf(state, at)) == keyOf(k, state, at)) break;
  }
  if (at - max(last, start) >= SHORTEST) remember(k, start, begun, at, max(last, start));
  return last;
}

/** Walks the same way again, and notes the states after `from`, which all led to nothing. */
function remember(k: u32, start: usize, begun: u32, upTo: usize, from: usize): void {
  const step = stepAt(k);
  const rows = <usize>load<u32>(step, Of.Rows);
  const bytes = <usize>load<u32>(step, Of.Bytes);
  const isBytes = load<u32>(step, Of.IsBytes) != 0;
  if (start >= failedUpTo(k)) {
    generation += 1;
    if (generation == 4096) {
      memory.fill(slots, 0, FAILED_BYTES);
      memory.fill(known, 0, STEPS * 8);
      generation = 1;
    }
    store<u32>(known + (<usize>k << 3), generation, 4);
  }
  let state = begun;
  let count: u32 = 0;
  let at = start;
  while (at < upTo && count < MOST) {
    const b = <u32>load<u8>(at);
    const isWide = b >= 0x80 && !isBytes;
    const column = isWide ? wideColumn(step, at) : <u32>load<u8>(bytes + b);
    state = load<u32>(rows + state + (column << 2)) & ROW;
    const next = at + (isWide ? widthOfByte(b) : 1);
    const crosses = next >>> 4 != at >>> 4;
    at = next;
    if (crosses && at > from && at < upTo) {
      store<u64>(slotOf(state, at), keyOf(k, state, at));
      count += 1;
    }
  }
  store<u32>(known + (<usize>k << 3), <u32>max(at, failedUpTo(k)));
}
