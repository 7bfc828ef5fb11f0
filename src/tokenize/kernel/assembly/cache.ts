/**
 * Pretoken -> tokens, in two tables of fixed size, so memory stays bounded on any corpus.
 *
 * `near`: pretokens of up to 15 bytes (11.7 of 11.75 million in the corpus) that make up to 3 tokens. A slot is 32 bytes: the
 * bytes with zeros after them and the length as the 16th (so "a" and "a\0" differ), 3 tokens, their number. Two slots
 * share a cache line; a new entry takes the first and pushes the older one to the second. One line is all that a hit
 * touches, and the three tokens are written with one store whatever their number.
 *
 * `far`: up to 48 bytes and up to 16 tokens, 128 bytes a slot, direct-mapped.
 */
import { equalBytes, K1, K2 } from './hash';
import { reserveZeroed } from './memory';

export const NEAR_BYTES: u32 = 15;
export const NEAR_TOKENS: u32 = 3;
export const FAR_BYTES: u32 = 48;
export const FAR_TOKENS: u32 = 16;

export let near: usize = 0;
/** 64 - log2 of the number of lines. */
export let nearShift: u64 = 0;
export let far: usize = 0;
export let farShift: u64 = 0;

/** Sizes as log2 of bytes. */
export function reserveCaches(nearBits: u32, farBits: u32): void {
  near = reserveZeroed(<usize>1 << nearBits);
  nearShift = 64 - <u64>(nearBits - 6);
  far = reserveZeroed(<usize>1 << farBits);
  farShift = 64 - <u64>(farBits - 7);
}

// @ts-ignore: decorator
@inline
export function nearHash(low: u64, high: u64): u64 {
  return low * K1 + high * K2;
}

export function nearInsert(line: usize, low: u64, high: u64, tokens: usize, count: u32): void {
  v128.store(line + 32, v128.load(line));
  v128.store(line + 48, v128.load(line, 16));
  store<u64>(line, low);
  store<u64>(line, high, 8);
  v128.store(line + 16, v128.load(tokens));
  store<u32>(line, count, 28);
}

/** The slot of these bytes: `farHit` says whether it holds them. */
export function farSlot(hash: u64): usize {
  return far + (<usize>(hash >>> farShift) << 7);
}

export function farHit(slot: usize, at: usize, length: u32): bool {
  return load<u32>(slot, 48) == length && equalBytes(slot, at, length);
}

/** Copies the tokens of a slot, returns where the next token goes. Steps of 16 bytes: `memory.copy` is a call. */
export function farCopy(slot: usize, out: usize): usize {
  const count = load<u32>(slot, 52);
  for (let k: usize = 0; k < (<usize>count << 2); k += 16) v128.store(out + k, v128.load(slot + 56 + k));
  return out + (<usize>count << 2);
}

export function farInsert(slot: usize, at: usize, length: u32, tokens: usize, count: u32): void {
  if (count > FAR_TOKENS) return;
  for (let k: usize = 0; k < length; k += 16) v128.store(slot + k, v128.load(at + k));
  store<u32>(slot, length, 48);
  store<u32>(slot, count, 52);
  for (let k: usize = 0; k < (<usize>count << 2); k += 8) store<u64>(slot + 56 + k, load<u64>(tokens + k));
}
