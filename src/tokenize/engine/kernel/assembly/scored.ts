/**
 * Caches Unigram's words if sums are floats that go on over the whole document (sentencepiece). The best segmentation
 * of a word then depends on the sum before it, because that sum decides how later sums are rounded. But it matters only
 * if two segmentations are close. So each word is stored with a limit: the largest absolute sum before the word up to
 * which rounding cannot change its tokens. Beyond the limit, the Viterbi of `unigram.ts` runs over the word from the
 * actual sum.
 *
 * Why no token changes: no piece spans the ends of a word (src/tokenize/engine/cut-bytes.ts), so a document's best path
 * consists of best paths of its words. Rounding is monotonic, so the float Viterbi finds a path whose rounded sum is
 * the largest of all paths' rounded sums. Take a path of k pieces in a word of n characters, with scores of at most M,
 * from the sum S on: the error of each addition is at most u = 2^-24 of its result, which is at most |S| + nM, up to a
 * factor of 1 + nu. So the error of the sum is at most k u (|S| + nM). If the exact sum of the best path is larger than
 * that of the second by more than (k + n) u (|S| + nM), only the best path has the largest rounded sum. `weigh` finds
 * both exact sums (in doubles, whose own rounding is covered by the margin of a thousandth below). The sum after the
 * word is the sum before it plus the scores of its pieces, added one by one.
 *
 * Sums beyond 100,000 are reduced in the middle of a word, so the limit is lower than that by the most that a word may
 * add. Words with unknown characters have no limit, because their tokens do not determine their scores.
 */
import * as cache from './cache';
import { FAR_BYTES, farCopy, farFind, farInsert } from './far';
import { hashBytes } from './hash';
import { At, directory } from './memory';
import { NONE } from './pieces';
import { LARGEST_SUM, carried, carryOn, encodeCarried } from './unigram';

/**
 * A limit is stored as a float whose last bits hold a count: bytes of tokens in the near cache, tokens in the far
 * cache.
 */
export const NEAR_COUNT: u32 = 15;
const FAR_COUNT: u32 = 1023;
const NEVER: f32 = -1;

/**
 * 24 bytes per place in a word: the two best sums of paths that end here, the cell of the best path's last piece, its
 * start.
 */
const places: usize = memory.data(513 * 24, 16);

let limit: f32 = 0;

/** The score of each token; the score of the one after the last token is 0. */
// @ts-ignore: decorator
@inline
export function scoreTable(): usize {
  return directory(At.UnigramScores);
}

// @ts-ignore: decorator
@inline
export function limitOf(word: u32, count: u32): f32 {
  return reinterpret<f32>(word & ~count);
}

/**
 * Emits a pretoken that the first slot of its line does not have, or not up to this sum. Returns where the next token
 * goes.
 */
export function emitScored(at: usize, length: u32, out: usize, line: usize, low: u64, high: u64): usize {
  if (length > FAR_BYTES) return encodeCarried(at, length, out);
  const isNear = length <= cache.NEAR_BYTES;
  if (isNear && (cache.isFirst(line, low, high) || cache.nearFind(line, low, high))) {
    const word = load<u32>(line, 28);
    if (abs<f32>(<f32>carried) > limitOf(word, NEAR_COUNT)) return encodeCarried(at, length, out);
    v128.store(out, v128.load(line, 16));
    return addScores(out, (word & NEAR_COUNT) >> 2);
  }
  const hash = hashBytes(at, length);
  if (!isNear || cache.nearMany(line, low, high)) {
    const record = farFind(hash, at, length);
    if (record != 0) {
      const word = load<u32>(record, 4);
      if (abs<f32>(<f32>carried) > limitOf(word, FAR_COUNT)) return encodeCarried(at, length, out);
      farCopy(record, out, word & FAR_COUNT);
      return addScores(out, word & FAR_COUNT);
    }
  }
  const count = weigh(at, length, out);
  const bits = reinterpret<u32>(limit);
  if (isNear) {
    // The near cache always adds the scores of three tokens, whatever their number.
    const none = directory(At.UnigramNone);
    for (let k = count; k < cache.NEAR_TOKENS; k++) store<u32>(out + (<usize>k << 2), none);
    const slot = cache.nearInsert(line, low, high, out, count);
    if (count <= cache.NEAR_TOKENS) store<u32>(slot, (bits & ~NEAR_COUNT) | (count << 2), 28);
  }
  if (!isNear || count > cache.NEAR_TOKENS) farInsert(hash, at, length, out, count, (bits & ~FAR_COUNT) | count);
  if (abs<f32>(<f32>carried) > limit) return encodeCarried(at, length, out);
  return addScores(out, count);
}

/** Adds the scores of tokens that are written to the sum; returns where the next token goes. */
function addScores(out: usize, count: u32): usize {
  const scores = scoreTable();
  let sum = <f32>carried;
  const end = out + (<usize>count << 2);
  for (let at = out; at < end; at += 4) sum += load<f32>(scores + (<usize>load<u32>(at) << 2));
  carryOn(<f64>sum);
  return end;
}

/**
 * Writes the tokens of the best path by exact sums; returns their number. `limit` is the sum up to which they are
 * right.
 */
function weigh(at: usize, length: u32, out: usize): u32 {
  const cells = <usize>directory(At.UnigramCells);
  const ids = <usize>directory(At.UnigramIds);
  const unknownScore = load<f64>(directory(At.UnigramScore));
  const largest = load<f64>(directory(At.UnigramScore), 8);
  for (let to: u32 = 0; to <= length; to++) {
    const place = places + <usize>to * 24;
    store<f64>(place, -Infinity);
    store<f64>(place, -Infinity, 8);
  }
  store<f64>(places, 0);
  let characters: u32 = 0;
  let farthest: f64 = 0;
  for (let from: u32 = 0; from < length; ) {
    const here = places + <usize>from * 24;
    const best = load<f64>(here);
    const second = load<f64>(here, 8);
    farthest = max(farthest, abs(best));
    characters += 1;
    const first = <u32>load<u8>(at + from);
    const next = from + (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);
    let cell: u32 = 0;
    let unknown = true;
    for (let to = from; to < length; ) {
      const child = load<u32>(cells + (<usize>cell << 4)) + <u32>load<u8>(at + to);
      const entry = cells + (<usize>child << 4);
      if (load<u32>(entry, 4) != cell) break;
      cell = child;
      to += 1;
      const score = load<f64>(entry, 8);
      if (score != score) continue;
      offer(places + <usize>to * 24, best + score, second + score, cell, from);
      if (to == next) unknown = false;
    }
    if (unknown) offer(places + <usize>next * 24, best + unknownScore, second + unknownScore, NONE, from);
    from = next;
  }

  let count: u32 = 0;
  let isKnown = true;
  for (let to = length; to > 0; count++) {
    const place = places + <usize>to * 24;
    if (load<u32>(place, 16) == NONE) isKnown = false;
    to = load<u32>(place, 20);
  }
  const end = places + <usize>length * 24;
  const margin = load<f64>(end) - load<f64>(end, 8);
  if (!isKnown) {
    limit = NEVER;
    return 0;
  }
  let token = out + (<usize>count << 2);
  for (let to = length; to > 0; ) {
    const place = places + <usize>to * 24;
    token -= 4;
    store<u32>(token, load<u32>(ids + (<usize>load<u32>(place, 16) << 2)));
    to = load<u32>(place, 20);
  }
  const most = <f64>characters * largest;
  const rounding = <f64>(count + characters) * (1.001 / 16777216);
  const upTo = min(margin / rounding - most, LARGEST_SUM - farthest - 1 - <f64>characters * 0.01) - 1;
  limit = upTo >= 0 ? <f32>(upTo * 0.999) : NEVER;
  return count;
}

/** Offers a place a piece that ends there, after the best path and after the second path to the piece's start. */
// @ts-ignore: decorator
@inline
function offer(place: usize, best: f64, second: f64, cell: u32, from: u32): void {
  const known = load<f64>(place);
  let rest = max(second, load<f64>(place, 8));
  if (best > known) {
    rest = max(rest, known);
    store<f64>(place, best);
    store<u32>(place, cell, 16);
    store<u32>(place, from, 20);
  } else {
    rest = max(rest, best);
  }
  store<f64>(place, rest, 8);
}
