/**
 * Pretokens on their way to the cache. Looking each up at once leaves the processor waiting for one cache line after
 * the other: the table is far larger than its caches, one line in eight is far, and what comes between two of these is
 * more than the processor looks ahead. So pretokens gather here: `push` makes keys, and `flush` first touches all
 * lines in a loop so short that many loads are under way at once (WebAssembly has no prefetch), then looks up. Warm,
 * o200k: 256 MB/s with the touch in `push`, 293 so.
 *
 * An entry, 32 bytes: the key's two halves, the line, the pretoken's address and length.
 */
import * as cache from './cache';
import { emitLong, emitShort } from './pretoken';

const CAPACITY: usize = 256;
const entries: usize = memory.data(256 * 32, 64);
/** A line that no key is equal to, for pretokens that are too long for `near`. */
const nowhere: usize = memory.data(64, 64);
/** 16 bytes a length: the first `length` bytes of a key. */
const masks: usize = memory.data(16 * 16, 16);

memory.fill(nowhere, 0xff, 64);
for (let length: u32 = 0; length < 16; length++) {
  for (let k: u32 = 0; k < length; k++) store<u8>(masks + length * 16 + k, 0xff);
}

export const start: usize = entries;
/** A queue that reaches this must be flushed; a block adds at most 64. */
export const full: usize = entries + (CAPACITY - 65) * 32;

/** Adds text[at, at + length) at `tail`, returns the new tail. */
// @ts-ignore: decorator
@inline
export function push(near: usize, nearShift: u64, tail: usize, at: usize, length: u32): usize {
  const fits = length <= cache.NEAR_BYTES;
  const mask = masks + (<usize>(length & 15) << 4);
  const low = load<u64>(at) & load<u64>(mask);
  const high = (load<u64>(at, 8) & load<u64>(mask, 8)) | ((<u64>length) << 56);
  const found = near + (<usize>(cache.nearHash(low, high) >>> nearShift) << 6);
  const line = select<usize>(found, nowhere, fits);
  store<u64>(tail, low);
  store<u64>(tail, high, 8);
  store<u32>(tail, <u32>line, 16);
  store<u32>(tail, <u32>at, 20);
  store<u32>(tail, length, 24);
  return tail + 32;
}

/** Keeps the loads that touch lines: without a use they would be dropped. */
let touched: u32 = 0;

/** Pretokens are not looked up, but their lengths in bytes are written in place of tokens: how tests see them. */
let isLengthsOnly: bool = false;

export function showPretokens(on: bool): void {
  isLengthsOnly = on;
}

function writeLengths(tail: usize, out: usize): usize {
  for (let entry = entries; entry < tail; entry += 32) {
    store<u32>(out, load<u32>(entry, 24));
    out += 4;
  }
  return out;
}

/** Writes the tokens of what is queued to `out`; returns where the next token goes. */
export function flush(tail: usize, out: usize): usize {
  if (isLengthsOnly) return writeLengths(tail, out);
  let sum: u32 = 0;
  for (let entry = entries; entry < tail; entry += 32) sum ^= load<u32>(<usize>load<u32>(entry, 16));
  touched = sum;
  for (let entry = entries; entry < tail; entry += 32) {
    const low = load<u64>(entry);
    const high = load<u64>(entry, 8);
    const line = <usize>load<u32>(entry, 16);
    const miss0 = (load<u64>(line) ^ low) | (load<u64>(line, 8) ^ high);
    const miss1 = (load<u64>(line, 32) ^ low) | (load<u64>(line, 40) ^ high);
    // Which of the two slots it is, without a branch: it can't be predicted.
    const slot = line + select<usize>(32, 0, miss0 != 0);
    if (select<u64>(miss1, 0, miss0 != 0) == 0) {
      v128.store(out, v128.load(slot, 16));
      const count = load<u32>(slot, 28);
      if (count != 0) out += <usize>count << 2;
      else out = emitLong(<usize>load<u32>(entry, 20), load<u32>(entry, 24), out);
    } else {
      const at = <usize>load<u32>(entry, 20);
      const length = load<u32>(entry, 24);
      if (line == nowhere) out = emitLong(at, length, out);
      else out = emitShort(at, length, out, line, low, high);
    }
  }
  return out;
}
