/**
 * Merging as it is defined: it merges the pair of neighbours with the lowest priority, the leftmost first, until no
 * pair is left. While tables are built, it decides which pieces merging can make. It encodes the few pretokens in which
 * merges may run out of order (`traps.ts`), and text of long tokens that fit together in too many ways (`windows.ts`).
 *
 * The pairs of one priority are a list, and a heap holds the priorities with a list: in repetitive text these are few.
 * A merge makes no pair of its own priority, because its product is longer than both of its parts. So no pair is added
 * to a list while the list is used up, and a list whose places are out of order is sorted once.
 */
import { K1 } from './hash';
import { At, directory, log2Ceil, release, reserve, reserveZeroed, setDirectory } from './memory';
import { merge } from './pairs';
import { findPiece, NONE } from './pieces';

/**
 * Bytes of a slot: left, right, priority, merged (numbers of pieces). It stores left + 1, so that 0 is an empty slot.
 */
const SLOT: usize = 16;
/**
 * log2 of the number of bits after the slots, one per hash of a pair: most pairs do not merge, and the bits stay
 * cached.
 */
const HINTS: u64 = 20;
const HINT_BYTES: usize = 1 << 17;

export function reserveMerges(count: u32): void {
  const bits = log2Ceil(count * 2 + 2);
  setDirectory(At.MergeSlots, reserveZeroed((SLOT << bits) + HINT_BYTES));
  setDirectory(At.MergeShift, 64 - bits);
}

/** Moves the slots from scratch down to the tables, because they are also needed after building. */
export function keepMerges(): void {
  const from = directory(At.MergeSlots);
  if (from == 0) return;
  const bytes = (SLOT << (64 - directory(At.MergeShift))) + HINT_BYTES;
  const to = reserve(bytes);
  memory.copy(to, from, bytes);
  setDirectory(At.MergeSlots, to);
}

// @ts-ignore: decorator
@inline
function hashOf(left: u32, right: u32): u64 {
  return (((<u64>right) << 32) | <u64>(left + 1)) * K1;
}

// @ts-ignore: decorator
@inline
function hintAt(hint: u64): usize {
  return directory(At.MergeSlots) + (SLOT << (64 - directory(At.MergeShift))) + <usize>(hint >>> 3);
}

/** The slot of a pair, or the empty slot where it would go. */
function mergeSlot(left: u32, right: u32, hash: u64): usize {
  const shift = directory(At.MergeShift);
  const mask = (<usize>1 << (64 - shift)) - 1;
  const key = ((<u64>right) << 32) | <u64>(left + 1);
  let i = <usize>(hash >>> shift);
  while (true) {
    const slot = directory(At.MergeSlots) + i * SLOT;
    const found = load<u64>(slot);
    if (found == key || found == 0) return slot;
    i = (i + 1) & mask;
  }
}

export function setMerge(left: u32, right: u32, priority: u32, merged: u32): void {
  const hash = hashOf(left, right);
  const slot = mergeSlot(left, right, hash);
  if (load<u64>(slot) != 0) return;
  store<u32>(slot, left + 1);
  store<u32>(slot, right, 4);
  store<u32>(slot, priority, 8);
  store<u32>(slot, merged, 12);
  const hint = hash >>> (64 - HINTS);
  store<u8>(hintAt(hint), load<u8>(hintAt(hint)) | <u8>((<u32>1) << <u32>(hint & 7)));
}

/** The slot of a pair that merges, or 0. */
function findMerge(left: u32, right: u32): usize {
  const hash = hashOf(left, right);
  const hint = hash >>> (64 - HINTS);
  if (((<u32>load<u8>(hintAt(hint)) >> <u32>(hint & 7)) & 1) == 0) return 0;
  const slot = mergeSlot(left, right, hash);
  return load<u64>(slot) == 0 ? 0 : slot;
}

/** Fields of a byte's place, for the token that begins there. */
const enum Place {
  Token = 0,
  End = 4,
  /** Start of the token that ends here. */
  Back = 8,
  /** For the pair with the next token: the product, and the priority (NONE: it does not merge). */
  Merged = 12,
  Priority = 16,
  /** Neighbours in the list of this priority. */
  Next = 20,
  Previous = 24,
}
const PLACE_BITS: usize = 5;
/** Fields of a slot of the table of lists. */
const enum List {
  /** The priority + 1, so that 0 is an empty slot. */
  Key = 0,
  First = 4,
  Last = 8,
  IsSorted = 12,
  IsInHeap = 13,
}
const LIST_BITS: usize = 4;

let places: usize = 0;
let lists: usize = 0;
let listMask: u32 = 0;
let heap: usize = 0;
let heaped: u32 = 0;
let text: usize = 0;
let textLength: u32 = 0;
/** Whether tokens are internal ones and no merge is out of order; else they are numbers of pieces. */
let isInOrder: bool = false;

// @ts-ignore: decorator
@inline
function place(i: u32): usize {
  return places + (<usize>i << PLACE_BITS);
}

function listOf(priority: u32): usize {
  let i = priority & listMask;
  while (true) {
    const list = lists + (<usize>i << LIST_BITS);
    const key = load<u32>(list, List.Key);
    if (key == priority + 1) return list;
    if (key == 0) {
      store<u32>(list, priority + 1, List.Key);
      store<u32>(list, NONE, List.First);
      return list;
    }
    i = (i + 1) & listMask;
  }
}

function pushHeap(key: u32): void {
  let i = heaped++;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = load<u32>(heap + parent * 4);
    if (above <= key) break;
    store<u32>(heap + i * 4, above);
    i = parent;
  }
  store<u32>(heap + i * 4, key);
}

function popHeap(): void {
  heaped -= 1;
  const key = load<u32>(heap + heaped * 4);
  let i: u32 = 0;
  while (true) {
    let child: u32 = 2 * i + 1;
    if (child >= heaped) break;
    if (child + 1 < heaped && load<u32>(heap + child * 4 + 4) < load<u32>(heap + child * 4)) child += 1;
    if (load<u32>(heap + child * 4) >= key) break;
    store<u32>(heap + i * 4, load<u32>(heap + child * 4));
    i = child;
  }
  store<u32>(heap + i * 4, key);
}

/** Looks up the pair at `i` and adds it to its list. */
function link(i: u32): void {
  const at = place(i);
  const next = load<u32>(at, Place.End);
  let merged = NONE;
  let priority = NONE;
  if (next < textLength) {
    const left = load<u32>(at, Place.Token);
    const right = load<u32>(place(next), Place.Token);
    if (isInOrder) {
      merged = merge(
        directory(At.PairHints),
        directory(At.PairSlots),
        directory(At.PairShift),
        left,
        right,
      );
      priority = merged;
    } else if (directory(At.MergeSlots) != 0) {
      const slot = findMerge(left, right);
      if (slot != 0) {
        priority = load<u32>(slot, 8);
        merged = load<u32>(slot, 12);
      }
    } else {
      merged = findPiece(text + i, load<u32>(place(next), Place.End) - i);
      priority = merged;
    }
  }
  add(i, merged, priority);
}

function add(i: u32, merged: u32, priority: u32): void {
  const at = place(i);
  store<u32>(at, merged, Place.Merged);
  store<u32>(at, priority, Place.Priority);
  if (priority == NONE) return;
  const list = listOf(priority);
  store<u32>(at, NONE, Place.Next);
  if (load<u32>(list, List.First) == NONE) {
    store<u32>(at, NONE, Place.Previous);
    store<u32>(list, i, List.First);
    store<u8>(list, 1, List.IsSorted);
    if (load<u8>(list, List.IsInHeap) == 0) {
      store<u8>(list, 1, List.IsInHeap);
      pushHeap(priority);
    }
  } else {
    const last = load<u32>(list, List.Last);
    store<u32>(at, last, Place.Previous);
    store<u32>(place(last), i, Place.Next);
    if (last > i) store<u8>(list, 0, List.IsSorted);
  }
  store<u32>(list, i, List.Last);
}

/** Removes the pair at `i`, if it merges, from its list. */
function unlink(i: u32): void {
  const at = place(i);
  const priority = load<u32>(at, Place.Priority);
  if (priority == NONE) return;
  const list = listOf(priority);
  const previous = load<u32>(at, Place.Previous);
  const next = load<u32>(at, Place.Next);
  if (previous == NONE) store<u32>(list, next, List.First);
  else store<u32>(place(previous), next, Place.Next);
  if (next == NONE) store<u32>(list, previous, List.Last);
  else store<u32>(place(next), previous, Place.Previous);
}

/** Cuts off the ascending run at the head of a list; returns the rest of the list. */
function cutRun(first: u32): u32 {
  let last = first;
  let next = load<u32>(place(last), Place.Next);
  while (next != NONE && next > last) {
    last = next;
    next = load<u32>(place(last), Place.Next);
  }
  store<u32>(place(last), NONE, Place.Next);
  return next;
}

/** Sorts a list: merges neighbouring runs until one is left. */
function sort(list: usize): void {
  let first = load<u32>(list, List.First);
  let last: u32 = NONE;
  let runs: u32 = 0;
  do {
    let rest = first;
    first = last = NONE;
    runs = 0;
    while (rest != NONE) {
      let a = rest;
      let b = cutRun(a);
      rest = b == NONE ? NONE : cutRun(b);
      runs += 1;
      while (a != NONE || b != NONE) {
        // NONE is larger than any place.
        const least = min(a, b);
        if (least == a) a = load<u32>(place(a), Place.Next);
        else b = load<u32>(place(b), Place.Next);
        if (last == NONE) first = least;
        else store<u32>(place(last), least, Place.Next);
        store<u32>(place(least), last, Place.Previous);
        last = least;
      }
    }
    store<u32>(place(last), NONE, Place.Next);
  } while (runs > 1);
  store<u32>(list, first, List.First);
  store<u32>(list, last, List.Last);
  store<u8>(list, 1, List.IsSorted);
}

/** Writes the numbers of the pieces of `length` bytes to `out`; returns how many there are. */
export function encodeByMerging(at: usize, length: u32, out: usize): u32 {
  isInOrder = false;
  const isListed = directory(At.MergeSlots) != 0;
  const most = isListed ? (<u32>1) << (64 - directory(At.MergeShift)) : directory(At.Pieces);
  return encodeAll(at, length, out, most);
}

/** The same with internal tokens, for text in which no merge is out of order. */
export function encodeInOrder(at: usize, length: u32, out: usize): u32 {
  isInOrder = true;
  return encodeAll(at, length, out, directory(At.Tokens));
}

/** @param priorities the number of priorities at most */
function encodeAll(at: usize, length: u32, out: usize, priorities: u32): u32 {
  text = at;
  textLength = length;
  places = reserve((<usize>length + 1) << PLACE_BITS);
  // Each pair at the beginning adds an entry, and so does each side of a merge.
  const most = min(3 * length, priorities);
  const listBits = log2Ceil(min(4 * length, priorities));
  listMask = ((<u32>1) << listBits) - 1;
  lists = reserve((<usize>1) << (<usize>listBits + LIST_BITS));
  memory.fill(lists, 0, (<usize>1) << (<usize>listBits + LIST_BITS));
  heap = reserve(<usize>most << 2);
  heaped = 0;
  for (let i: u32 = 0; i <= length; i++) {
    store<u32>(place(i), i + 1, Place.End);
    store<u32>(place(i), i - 1, Place.Back);
    if (i == length) break;
    const byte = <u32>load<u8>(at + i);
    store<u32>(
      place(i),
      isInOrder ? byte : load<u32>(directory(At.BytePieces) + (byte << 2)),
      Place.Token,
    );
  }
  if (isInOrder) {
    const bytePairs = directory(At.BytePairs);
    for (let i: u32 = 0; i + 1 < length; i++) {
      const key = load<u32>(bytePairs + (<usize>load<u16>(at + i) << 2));
      const merged = key == NONE ? NONE : key >>> 6;
      add(i, merged, merged);
    }
    store<u32>(place(length - 1), NONE, Place.Priority);
  } else {
    for (let i: u32 = 0; i < length; i++) link(i);
  }
  while (heaped > 0) {
    const list = listOf(load<u32>(heap));
    if (load<u32>(list, List.First) == NONE) {
      store<u8>(list, 0, List.IsInHeap);
      popHeap();
      continue;
    }
    if (load<u8>(list, List.IsSorted) == 0) sort(list);
    const i = load<u32>(list, List.First);
    const next = load<u32>(place(i), Place.End);
    const end = load<u32>(place(next), Place.End);
    unlink(i);
    unlink(next);
    store<u32>(place(i), load<u32>(place(i), Place.Merged), Place.Token);
    store<u32>(place(i), end, Place.End);
    store<u32>(place(end), i, Place.Back);
    if (i > 0) {
      const before = load<u32>(place(i), Place.Back);
      unlink(before);
      link(before);
    }
    link(i);
  }
  let count: u32 = 0;
  for (let i: u32 = 0; i < length; i = load<u32>(place(i), Place.End)) {
    store<u32>(out + count * 4, load<u32>(place(i), Place.Token));
    count += 1;
  }
  release(places);
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
