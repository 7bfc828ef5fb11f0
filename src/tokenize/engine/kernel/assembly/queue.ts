/**
 * The queue of pretokens on their way to the cache. If each were looked up at once, the processor would wait for one
 * cache line after the other: the table is far larger than the processor's caches, and the code between two lookups is
 * longer than the processor looks ahead. So the scanners only write down where pretokens end, and `flush` takes up to a
 * thousand of them through loops that each do one thing: make keys, touch all lines (WebAssembly has no prefetch, but
 * in such a short loop many loads run at the same time), look up. No loop calls a function, so their values stay in
 * registers. Documents lie end to end, so the queue continues over their ends, and short documents are as fast as long
 * ones.
 */
import * as cache from './cache';
import { emitLong, emitShort } from './pretoken';
import { emitScored, limitOf, NEAR_COUNT, scoreTable } from './scored';
import { carried, carryOn, endSum } from './unigram';

const CAPACITY: usize = 1024;

/**
 * Arrays at fixed addresses, so that the addresses are part of the load and store instructions.
 * PLACES: u32 each, where the first pretoken begins, then where each one ends; a scanner may write 64 more than it
 * keeps.
 * LINES: u32 each. KEYS: 16 bytes each, as in a slot of the cache.
 * ENDS: 8 bytes each, {tail of the queue at the end of a document, where its number of tokens goes; odd: it continues}.
 */
const PLACES: usize = 0x2000;
const LINES: usize = 0x3800;
const KEYS: usize = 0x5000;
const ENDS: usize = 0x9200;
const MOST_ENDS: u32 = 1024;

const TOO_LONG: u32 = cache.NEAR_BYTES + 1;

/** The tail of an empty queue. */
export const start: usize = PLACES;
/** A queue whose tail reaches this must be flushed; a block adds at most 64. */
export const full: usize = PLACES + (CAPACITY - 64) * 4;

/** The tail of a queue in which the first pretoken begins at `at`. */
// @ts-ignore: decorator
@inline
export function open(at: usize): usize {
  store<u32>(PLACES, at);
  return PLACES;
}

/** Adds the pretoken from the end of the last one to `to`; returns the new tail. */
// @ts-ignore: decorator
@inline
export function push(tail: usize, to: usize): usize {
  store<u32>(tail, to, 4);
  return tail + 4;
}

/** Adds pretokens that end at the set bits of `ends`, counted from `at`; returns the new tail. */
// @ts-ignore: decorator
@inline
export function pushAll(tail: usize, at: usize, ends: u64): usize {
  const count = <usize>popcnt<u64>(ends);
  // Always writes eight at a time, even if fewer are left: that has fewer branches that cannot be predicted.
  for (let to = tail; ends != 0; to += 32) {
    store<u32>(to, at + <usize>ctz<u64>(ends), 4);
    ends &= ends - 1;
    store<u32>(to, at + <usize>ctz<u64>(ends), 8);
    ends &= ends - 1;
    store<u32>(to, at + <usize>ctz<u64>(ends), 12);
    ends &= ends - 1;
    store<u32>(to, at + <usize>ctz<u64>(ends), 16);
    ends &= ends - 1;
    store<u32>(to, at + <usize>ctz<u64>(ends), 20);
    ends &= ends - 1;
    store<u32>(to, at + <usize>ctz<u64>(ends), 24);
    ends &= ends - 1;
    store<u32>(to, at + <usize>ctz<u64>(ends), 28);
    ends &= ends - 1;
    store<u32>(to, at + <usize>ctz<u64>(ends), 32);
    ends &= ends - 1;
  }
  return tail + (count << 2);
}

let endCount: u32 = 0;
/** Where the tokens of the document begin that ends next. */
let documentOut: usize = 0;

/** Begins a window of documents, whose tokens go to `out`. */
export function beginWindow(out: usize): void {
  endCount = 0;
  documentOut = out;
}

/**
 * Notes that a document ends with the last pretoken, or continues in the next window. Its number of tokens goes to
 * `count`.
 */
export function noteEnd(tail: usize, count: usize, goesOn: bool): void {
  const at = ENDS + (<usize>endCount << 3);
  store<u32>(at, <u32>tail);
  store<u32>(at, <u32>count | <u32>goesOn, 4);
  endCount += 1;
}

/** Whether the queue must be emptied before another document can end. */
export function isFullOfEnds(): bool {
  return endCount == MOST_ENDS;
}

/** Where the last pretoken ends. */
// @ts-ignore: decorator
@inline
export function last(tail: usize): usize {
  return load<u32>(tail);
}

/** Whether the lengths of pretokens, in bytes, are written in place of tokens. Tests see the pretokens in this way. */
export let isLengthsOnly: bool = false;

export function showPretokens(on: bool): void {
  isLengthsOnly = on;
}

function writeLengths(from: usize, end: usize, out: usize): usize {
  for (let k = from; k < end; k += 4) {
    store<u32>(out, load<u32>(k, PLACES + 4) - load<u32>(k, PLACES));
    out += 4;
  }
  return out;
}

/** Writes the tokens of all queued pretokens to `out`; returns where the next token goes. The queue is then empty. */
export function flush(tail: usize, out: usize): usize {
  const end = tail - PLACES;
  if (!isLengthsOnly) {
    makeKeys(end);
    touchLines(end);
  }
  let from: usize = 0;
  for (let i: u32 = 0; i < endCount; i++) {
    const at = ENDS + (<usize>i << 3);
    const to = <usize>load<u32>(at) - PLACES;
    const count = load<u32>(at, 4);
    out = lookUp(from, to, out);
    store<u32>(<usize>(count & ~1), <u32>(out - documentOut) >> 2);
    if ((count & 1) == 0 && scoreTable() != 0) endSum(out);
    documentOut = out;
    from = to;
  }
  endCount = 0;
  out = lookUp(from, end, out);
  store<u32>(PLACES, load<u32>(tail));
  return out;
}

/** Writes the tokens of the queued pretokens between two places of the queue. */
// @ts-ignore: decorator
@inline
function lookUp(from: usize, end: usize, out: usize): usize {
  if (isLengthsOnly) return writeLengths(from, end, out);
  if (scoreTable() != 0) return lookUpScored(from, end, out);
  for (let k = from; k < end; k += 4) {
    // This loop runs as long as the first slot has the key.
    let line: usize = 0;
    for (; k < end; k += 4) {
      line = load<u32>(k, LINES);
      if (i8x16.bitmask(i8x16.eq(v128.load(line), v128.load(k << 2, KEYS))) != 0xffff) break;
      v128.store(out, v128.load(line, 16));
      out += load<u32>(line, 28);
    }
    if (k >= end) break;
    const at = <usize>load<u32>(k, PLACES);
    const length = load<u32>(k, PLACES + 4) - <u32>at;
    if (length > cache.NEAR_BYTES) out = emitLong(at, length, out);
    else out = emitShort(at, length, out, line, load<u64>(k << 2, KEYS), load<u64>(k << 2, KEYS + 8));
  }
  return out;
}

/** The same for models in which a document's sum goes on from word to word (`scored.ts`). */
function lookUpScored(from: usize, end: usize, out: usize): usize {
  const scores = scoreTable();
  let sum = <f32>carried;
  for (let k = from; k < end; k += 4) {
    const line = <usize>load<u32>(k, LINES);
    if (i8x16.bitmask(i8x16.eq(v128.load(line), v128.load(k << 2, KEYS))) == 0xffff) {
      const word = load<u32>(line, 28);
      if (abs<f32>(sum) <= limitOf(word, NEAR_COUNT)) {
        v128.store(out, v128.load(line, 16));
        sum += load<f32>(scores + (<usize>load<u32>(line, 16) << 2));
        sum += load<f32>(scores + (<usize>load<u32>(line, 20) << 2));
        sum += load<f32>(scores + (<usize>load<u32>(line, 24) << 2));
        out += word & NEAR_COUNT;
        continue;
      }
    }
    const at = <usize>load<u32>(k, PLACES);
    const length = load<u32>(k, PLACES + 4) - <u32>at;
    carryOn(<f64>sum);
    out = emitScored(at, length, out, line, load<u64>(k << 2, KEYS), load<u64>(k << 2, KEYS + 8));
    sum = <f32>carried;
  }
  carryOn(<f64>sum);
  return out;
}

function makeKeys(end: usize): void {
  const near = cache.near;
  const nearMask = cache.nearMask;
  let at = load<u32>(PLACES);
  for (let k: usize = 0; k < end; k += 4) {
    const to = load<u32>(k, PLACES + 4);
    const length = min(to - at, TOO_LONG);
    const key = v128.or(v128.load(at), v128.load(<usize>length << 4, cache.PADDING));
    v128.store(k << 2, key, KEYS);
    const hash = cache.hashKey(i64x2.extract_lane(key, 0), i64x2.extract_lane(key, 1));
    store<u32>(k, <u32>cache.nearLine(near, nearMask, hash), LINES);
    at = to;
  }
}

/** Uses the loaded values: the compiler would drop loads without a use. */
let touched: u32 = 0;

/**
 * Touches eight lines per turn, and loads two addresses at once: with fewer instructions and loads between two touches,
 * the processor runs more touches at the same time (6 % of all the time). It touches up to seven extra lines of an
 * earlier flush.
 */
function touchLines(end: usize): void {
  let sum: u32 = 0;
  for (let k: usize = 0; k < end; k += 32) {
    const a = load<u64>(k, LINES);
    const b = load<u64>(k, LINES + 8);
    const c = load<u64>(k, LINES + 16);
    const d = load<u64>(k, LINES + 24);
    sum ^= load<u32>(<usize>a) ^ load<u32>(<usize>(a >>> 32));
    sum ^= load<u32>(<usize>b) ^ load<u32>(<usize>(b >>> 32));
    sum ^= load<u32>(<usize>c) ^ load<u32>(<usize>(c >>> 32));
    sum ^= load<u32>(<usize>d) ^ load<u32>(<usize>(d >>> 32));
  }
  touched = sum;
}
