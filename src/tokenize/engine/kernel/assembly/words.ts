/**
 * Finds the tokens of a pretoken of several words (a pattern that matches whole sentences, with a vocabulary that has
 * pieces with spaces inside). The tokens of each word are cached. They are put side by side if the last token of a word
 * and the first token of the next can stand so (`pairs.ts`). If they cannot, the two words are encoded as one, and so
 * on.
 *
 * Why no token changes: tokens are the encoding of their bytes if and only if all neighbours can stand side by side.
 * Inside a word they can, because they are its encoding; between words this is tested. Cost: a look-up and a test per
 * word, in place of merges of all its bytes. A text whose words join to more than 64 bytes is left to `windows.ts`, so
 * each word is encoded a few times at most.
 *
 * Words are in the cache of pretokens (`cache.ts`) under separate keys, because their tokens are the kernel's numbers,
 * of which a slot has room for six.
 */
import * as cache from './cache';
import { At, directory, reserve, setDirectory } from './memory';
import { encodeShort, SHORT_BYTES } from './merge-short';
import { canFollow } from './pairs';
import { empty } from './pretokens';
import { full, isLengthsOnly, push } from './queue';

/** log2 of the number of bits of `SpaceBorders` (src/tokenize/engine/cut-bytes.ts), which the host writes. */
const BORDER_BITS: u32 = 17;

export function reserveBorders(): usize {
  const at = reserve((<usize>1 << BORDER_BITS) >>> 3);
  setDirectory(At.Borders, <u32>at);
  return at;
}

// @ts-ignore: decorator
@inline
function hasBorder(borders: usize, left: u32, right: u32): bool {
  const bit = ((left * 0x9e3779b1) ^ right) * 0x85ebca6b >>> (32 - BORDER_BITS);
  return ((<u32>load<u8>(borders + <usize>(bit >>> 3)) >>> (bit & 7)) & 1) != 0;
}

/**
 * Whether a piece may span a cut before the space at `at`. Bytes outside of the pretoken can also make the answer true.
 */
// @ts-ignore: decorator
@inline
function mayJoin(borders: usize, at: usize): bool {
  const one = <u32>load<u8>(at - 1);
  const two = <u32>load<u8>(at - 2) | (one << 8) | (2 << 16);
  const after = load<u32>(at, 1);
  const right1 = (after & 0xff) | (1 << 24);
  const right2 = (after & 0xffff) | (2 << 24);
  const right3 = (after & 0xffffff) | (3 << 24);
  return (
    hasBorder(borders, one, 0) ||
    hasBorder(borders, one, right1) ||
    hasBorder(borders, one, right2) ||
    hasBorder(borders, one, right3) ||
    hasBorder(borders, two, 0) ||
    hasBorder(borders, two, right1) ||
    hasBorder(borders, two, right2) ||
    hasBorder(borders, two, right3)
  );
}

/**
 * Queues the pretoken from the last one's end to `to`, cut before each space where no piece spans the cut: the proof in
 * cut-bytes.ts holds for a pretoken as for a text. Returns the new tail, which may be full.
 */
export function pushWords(tail: usize, from: usize, to: usize): usize {
  const borders = <usize>directory(At.Borders);
  if (borders == 0 || isLengthsOnly) return push(tail, to);
  for (let block = from + 1; block < to; block += 16) {
    let spaces = <u32>i8x16.bitmask(i8x16.eq(v128.load(block), i8x16.splat(0x20)));
    while (spaces != 0) {
      const at = block + <usize>ctz<u32>(spaces);
      if (at >= to) break;
      spaces &= spaces - 1;
      if (!mayJoin(borders, at)) tail = push(tail, at);
    }
    if (tail >= full) tail = empty(tail);
  }
  return push(tail, to);
}

/** This bit differs in the key of a word: byte 15 of a pretoken's key is always 0xff. */
const WORD: u64 = 1 << 62;
/** A slot has three tokens of 21 bits in each half. All bits set: no token. */
const BITS: u64 = 21;
const NO_TOKEN: u64 = (1 << BITS) - 1;
const MOST: u32 = 6;

/** A stack of the last words: where each begins (u32), and the number of tokens before it (u32). */
const DEPTH: u32 = 64;
const stack: usize = memory.data(64 * 8, 16);

/** The end of the word that begins at `at`: the place before a single space. */
// @ts-ignore: decorator
@inline
function wordEnd(at: usize, end: usize): usize {
  for (let to = at + 1; to + 1 < end; to++) {
    if (load<u8>(to) == 0x20 && load<u8>(to, 1) != 0x20 && load<u8>(to - 1) != 0x20) return to;
  }
  return end;
}

/** Writes the tokens of one word of at most SHORT_BYTES to `out`; returns their number. */
function encodeWord(at: usize, length: u32, out: usize): u32 {
  if (length > cache.NEAR_BYTES) return encodeShort(at, length, out);
  const key = v128.or(v128.load(at), v128.load(<usize>length << 4, cache.PADDING));
  const low = <u64>i64x2.extract_lane(key, 0);
  const high = <u64>i64x2.extract_lane(key, 1) ^ WORD;
  const line = cache.nearLine(cache.near, cache.nearMask, cache.hashKey(low, high));
  if (cache.isFirst(line, low, high) || cache.nearFind(line, low, high)) {
    let count: u32 = 0;
    for (let half: usize = 16; half < 32; half += 8) {
      let packed = load<u64>(line + half);
      for (let k = 0; k < 3; k++) {
        const token = packed & NO_TOKEN;
        if (token == NO_TOKEN) return count;
        store<u32>(out + (<usize>count << 2), <u32>token);
        count += 1;
        packed >>>= BITS;
      }
    }
    return count;
  }
  const count = encodeShort(at, length, out);
  if (count <= MOST) {
    const slot = cache.nearSlot(line);
    store<u64>(slot, low);
    store<u64>(slot, high, 8);
    for (let half: u32 = 0; half < 2; half++) {
      let packed: u64 = 0;
      for (let k: u32 = 0; k < 3; k++) {
        const i = half * 3 + k;
        const token = i < count ? <u64>load<u32>(out + (<usize>i << 2)) : NO_TOKEN;
        packed |= token << (<u64>k * BITS);
      }
      store<u64>(slot + (<usize>half << 3), packed, 16);
    }
  }
  return count;
}

/**
 * Writes the kernel's numbers of the tokens to `out`; returns how many there are. 0: this pretoken needs another
 * algorithm.
 */
export function encodeByWords(at: usize, length: u32, out: usize): u32 {
  if (directory(At.Borders) == 0) return 0;
  const end = at + length;
  let to = wordEnd(at, end);
  if (to == end) return 0;
  let count: u32 = 0;
  let depth: u32 = 0;
  let from = at;
  while (true) {
    let before = count;
    while (true) {
      if (to - from > SHORT_BYTES) return 0;
      const next = out + (<usize>before << 2);
      count = before + encodeWord(from, <u32>(to - from), next);
      if (before == 0 || canFollow(load<u32>(next - 4), load<u32>(next))) break;
      // Join it with the word before.
      if (depth == 0) return 0;
      depth -= 1;
      from = <usize>load<u32>(stack + (<usize>depth << 3));
      before = load<u32>(stack + (<usize>depth << 3), 4);
    }
    if (to == end) return count;
    if (depth == DEPTH) {
      // Drop the oldest half: these words can no longer be joined.
      depth = DEPTH / 2;
      memory.copy(stack, stack + (DEPTH / 2) * 8, (DEPTH / 2) * 8);
    }
    store<u32>(stack + (<usize>depth << 3), <u32>from);
    store<u32>(stack + (<usize>depth << 3), before, 4);
    depth += 1;
    from = to;
    to = wordEnd(from, end);
  }
}
