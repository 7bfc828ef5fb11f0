/**
 * Searches for a match that is long, or whose search goes far beyond its end. Example: `a*b|a` scans a whole megabyte
 * of the letter a, finds that no b follows, and takes one letter; then it would scan the rest again. So pairs of a
 * state and a place from which a search failed are remembered (Reps, "Maximal-munch" tokenization in linear time,
 * 1998), and a search that reaches one of them ends there. One place per 16 bytes is enough. The memory is fixed; text
 * whose places do not fit is scanned again.
 */
import { reserveZeroed } from './memory';
import { MATCH, Of, ROW, STOP, stepAt, wideColumn, widthOfByte } from './step-layout';

/** The most steps of a model; the host refuses more. */
const STEPS: usize = 16;
const SLOTS: usize = 1 << 17;
/** The most places remembered at a time. */
const MOST: u32 = 1 << 16;
/** Bytes. Shorter failed searches are not worth remembering. */
const SHORTEST: usize = 64;

/**
 * u64[SLOTS]: generation << 52 | state << 32 | place. Places 16 bytes apart, of one state, are in neighbouring slots.
 */
let slots: usize = 0;
/** By step: the place up to which searches are remembered, and their generation. */
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

/** The place up to which searches must go through `scanLong`. */
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

/** Whether the search reached the end of the known text, so that the text after it decides. */
export let undecided: bool = false;

/** Address of the entry that reported the match. */
export let matchEntry: usize = 0;
/** The entry that ended the search, if it has `STOP` and no match; else `STOP`. */
export let stoppedBy: u32 = STOP;

/**
 * Continues a search that began at `start` in the row `begun` and has reached `at` in the row `state`. So far its match
 * ends at `last` (0: no match yet), by the entry at `entryAt`. Returns the match's end, or 0.
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

/** Repeats the search and remembers the states after `from`, from which it failed. */
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
