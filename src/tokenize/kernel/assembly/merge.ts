/**
 * Merging as it is defined: of all neighbours the pair with the lowest priority, the leftmost first, until none is
 * left. O(n log n) with a heap. It decides while tables are built which pieces merging can make, and encodes the few
 * pretokens in which merges may run out of order (`traps.ts`).
 */
import { K1 } from './hash';
import { At, directory, log2Ceil, release, reserve, reserveZeroed, setDirectory } from './memory';
import { findPiece, NONE } from './pieces';

/** A slot: left, right, priority, merged (numbers of pieces), left + 1 so that 0 is empty. */
export function reserveMerges(count: u32): void {
  const bits = log2Ceil(count * 2 + 2);
  setDirectory(At.MergeSlots, reserveZeroed((<usize>16) << bits));
  setDirectory(At.MergeShift, 64 - bits);
}

/** Moves the slots, which lie in scratch, down to where tables are reserved now: they are needed after building, too. */
export function keepMerges(): void {
  const from = directory(At.MergeSlots);
  if (from == 0) return;
  const bytes = (<usize>16) << (64 - directory(At.MergeShift));
  const to = reserve(bytes);
  memory.copy(to, from, bytes);
  setDirectory(At.MergeSlots, to);
}

function mergeSlot(left: u32, right: u32): usize {
  const shift = directory(At.MergeShift);
  const mask = (<usize>1 << (64 - shift)) - 1;
  const key = ((<u64>right) << 32) | <u64>(left + 1);
  let i = <usize>((key * K1) >>> shift);
  while (true) {
    const slot = directory(At.MergeSlots) + i * 16;
    const found = load<u64>(slot);
    if (found == key || found == 0) return slot;
    i = (i + 1) & mask;
  }
}

export function setMerge(left: u32, right: u32, priority: u32, merged: u32): void {
  const slot = mergeSlot(left, right);
  if (load<u64>(slot) != 0) return;
  store<u32>(slot, left + 1);
  store<u32>(slot, right, 4);
  store<u32>(slot, priority, 8);
  store<u32>(slot, merged, 12);
}

/** Nodes of a list over the text: {start, previous, next, id}, 16 bytes; the last one only marks the end. */
let nodes: usize = 0;
let heap: usize = 0;
let heaped: u32 = 0;
let text: usize = 0;

// @ts-ignore: decorator
@inline
function node(i: u32): usize {
  return nodes + <usize>i * 16;
}

/** Priority (high half) and merged id (low half) of node i with the next one. */
function pairAt(i: u32, count: u32): u64 {
  const next = load<u32>(node(i), 8);
  if (next >= count) return u64.MAX_VALUE;
  if (directory(At.MergeSlots) != 0) {
    const slot = mergeSlot(load<u32>(node(i), 12), load<u32>(node(next), 12));
    return load<u64>(slot) == 0 ? u64.MAX_VALUE : ((<u64>load<u32>(slot, 8)) << 32) | <u64>load<u32>(slot, 12);
  }
  const start = load<u32>(node(i));
  const id = findPiece(text + start, load<u32>(node(load<u32>(node(next), 8))) - start);
  return id == NONE ? u64.MAX_VALUE : ((<u64>id) << 32) | <u64>id;
}

function push(key: u64): void {
  let i = heaped++;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = load<u64>(heap + parent * 8);
    if (above <= key) break;
    store<u64>(heap + i * 8, above);
    i = parent;
  }
  store<u64>(heap + i * 8, key);
}

function pop(): u64 {
  const result = load<u64>(heap);
  heaped -= 1;
  const key = load<u64>(heap + heaped * 8);
  let i: u32 = 0;
  while (true) {
    let child: u32 = 2 * i + 1;
    if (child >= heaped) break;
    if (child + 1 < heaped && load<u64>(heap + child * 8 + 8) < load<u64>(heap + child * 8)) child += 1;
    if (load<u64>(heap + child * 8) >= key) break;
    store<u64>(heap + i * 8, load<u64>(heap + child * 8));
    i = child;
  }
  store<u64>(heap + i * 8, key);
  return result;
}

function pushPair(i: u32, count: u32): void {
  const pair = pairAt(i, count);
  if (pair != u64.MAX_VALUE) push((pair & 0xffffffff00000000) | <u64>i);
}

/** Writes the numbers of the pieces of `length` bytes to `out`, returns how many. */
export function encodeByMerging(at: usize, length: u32, out: usize): u32 {
  text = at;
  nodes = reserve((<usize>length + 1) * 16);
  heap = reserve((<usize>length + 1) * 24);
  heaped = 0;
  for (let i: u32 = 0; i <= length; i++) {
    store<u32>(node(i), i);
    store<u32>(node(i), i - 1, 4);
    store<u32>(node(i), i + 1, 8);
    if (i < length) store<u32>(node(i), load<u32>(directory(At.BytePieces) + <usize>load<u8>(at + i) * 4), 12);
  }
  for (let i: u32 = 0; i < length; i++) pushPair(i, length);
  while (heaped > 0) {
    const key = pop();
    const i = <u32>key;
    // Stale: the node is gone (id NONE), or its pair has changed since.
    if (load<u32>(node(i), 12) == NONE) continue;
    const pair = pairAt(i, length);
    if (pair == u64.MAX_VALUE || pair >>> 32 != key >>> 32) continue;
    const next = load<u32>(node(i), 8);
    const after = load<u32>(node(next), 8);
    store<u32>(node(i), <u32>pair, 12);
    store<u32>(node(i), after, 8);
    store<u32>(node(after), i, 4);
    store<u32>(node(next), NONE, 12);
    pushPair(i, length);
    if (i > 0) pushPair(load<u32>(node(i), 4), length);
  }
  let count: u32 = 0;
  for (let i: u32 = 0; i < length; i = load<u32>(node(i), 8)) {
    store<u32>(out + count * 4, load<u32>(node(i), 12));
    count += 1;
  }
  release(nodes);
  return count;
}

/** Whether merging makes the bytes of this piece into the piece. */
export function makesPiece(at: usize, length: u32, id: u32): bool {
  const out = reserve((<usize>length + 1) * 4);
  const count = encodeByMerging(at, length, out);
  const first = load<u32>(out);
  release(out);
  return count == 1 && first == id;
}
