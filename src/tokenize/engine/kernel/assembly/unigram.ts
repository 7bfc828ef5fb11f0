/**
 * Unigram tokens (Kudo 2018): a Viterbi over bytes finds the segmentation whose pieces' scores have the largest sum.
 * The plain version, with the rules of the two libraries that it follows, is `unigram-plain.ts`.
 *
 * Pieces are in a double array (`double-array.ts`). A cell is 16 bytes, so that a step reads one cache line: the base
 * of its children, its parent, and the score of the piece that ends there (NaN: none does). The token of that piece is
 * in a separate array, which is read only for the pieces of the best path.
 *
 * A place that no piece spans is on every path, so all text before it is decided: there the tokens are written and the
 * memory is reused. So ordinary text needs a few hundred bytes of memory, even for a document without pretokens. A text
 * without any such place (megabytes of one letter, if there are pieces of it) needs 16 bytes per byte. Sums go on over
 * such places, windows and calls, because their rounding affects later decisions.
 */
import { At, directory, mark, release, reserve, setDirectory } from './memory';
import { findPiece, NONE } from './pieces';

export const enum Rule {
  /** Sums are floats. */
  Floats = 1,
  /** Neighbouring unknown characters are joined to one text, which is looked up. */
  Fused = 2,
  /** Unknown text becomes byte tokens if all of its bytes have one. */
  Bytes = 4,
  /** A document is one pretoken. */
  Whole = 8,
}

/** With `Floats`, a sum beyond this is subtracted from all sums that are still needed. */
export const LARGEST_SUM: f64 = 100000;

/** Bytes. Decided tokens are written only when at least this much text is decided. */
const CHUNK: u32 = 512;
/** Longest text, in bytes, whose places fit in fixed memory; for longer texts, more is reserved. */
const SHORT: usize = 2048;
const short: usize = memory.data(2049 * 16, 16);

/**
 * 16 bytes per place: the best sum of a path that ends here, the cell of its last piece, and where that piece begins.
 */
let places: usize = 0;
let capacity: usize = 0;

/** The sum at the place where the text continues. */
export let carried: f64 = 0;
/** The sum at the end of the last document, which may continue in the next call. */
let ended: f64 = 0;
/**
 * End of the unknown token that was written last; unknown characters at the start of the next word belong to it. 0:
 * none.
 */
let unknownEnd: usize = 0;
let endedUnknown: bool = false;

export function hasUnigram(): bool {
  return directory(At.UnigramCells) != 0;
}

/** Whether documents are not cut. */
export function isWhole(): bool {
  return (directory(At.UnigramRules) & Rule.Whole) != 0;
}

/** Notes the end of a document, whose tokens end at `out`. */
export function endSum(out: usize): void {
  ended = carried;
  endedUnknown = unknownEnd == out && out != 0;
  carried = 0;
  unknownEnd = 0;
}

/** Begins a call. `continued`: the first document continues the last one of the call before. */
export function beginText(continued: bool): void {
  carried = continued ? ended : 0;
  goesOn = continued && endedUnknown;
}

/** Whether an unknown token of the same document is right before the first token of the window. */
let goesOn: bool = false;

/** Begins a window, whose tokens begin at `out`. */
export function beginSums(out: usize): void {
  if (goesOn) unknownEnd = out;
  goesOn = false;
}

export function leaveSums(end: usize): void {
  goesOn = unknownEnd == end;
  unknownEnd = 0;
}

export function carryOn(sum: f64): void {
  carried = sum;
}

/** Encodes a word of a document whose sum goes on: writes its tokens; returns where the next token goes. */
export function encodeCarried(at: usize, length: u32, out: usize): usize {
  encodeStretch(at, at + length, true, out);
  return joinUnknown(out, written);
}

/** Joins unknown tokens on both sides of a cut to one, as if the text had not been cut. */
export function joinUnknown(out: usize, end: usize): usize {
  if (end == out || directory(At.UnigramRules) & Rule.Bytes) return end;
  const unknown = directory(At.UnigramUnknown);
  if (unknownEnd == out && load<u32>(out) == unknown) {
    memory.copy(out, out + 4, end - out - 4);
    end -= 4;
  }
  if (end == out || load<u32>(end - 4) == unknown) unknownEnd = end;
  return end;
}

/** Reserves the tables; the caller then writes the cells and their pieces. */
export function beginUnigram(
  cells: u32,
  rules: u32,
  unknown: u32,
  longest: u32,
  unknownScore: f64,
  largest: f64,
  scores: u32,
): void {
  setDirectory(At.UnigramCells, reserve(<usize>cells * 16));
  setDirectory(At.UnigramIds, reserve(<usize>cells * 4));
  setDirectory(At.UnigramBytes, reserve(256 * 4));
  setDirectory(At.UnigramRules, rules);
  setDirectory(At.UnigramUnknown, unknown);
  setDirectory(At.UnigramLongest, longest);
  const score = reserve(16);
  store<f64>(score, unknownScore);
  store<f64>(score, largest, 8);
  setDirectory(At.UnigramScore, score);
  if (scores != 0) setDirectory(At.UnigramScores, reserve(<usize>scores * 4));
  setDirectory(At.UnigramNone, scores - 1);
}

/** Ends the tables; returns where they end. Memory that is reserved later belongs to this instance alone. */
export function endUnigram(): usize {
  setDirectory(At.TablesEnd, mark());
  return mark();
}

/** Encodes a pretoken by itself: writes its tokens to `out`; returns their number. */
export function encodeUnigram(at: usize, length: u32, out: usize): u32 {
  carried = 0;
  encodeStretch(at, at + length, true, out);
  return <u32>(written - out) >> 2;
}

/** Where the tokens of the last stretch end. */
export let written: usize = 0;

/**
 * Encodes text of a document from where the last call ended: writes its tokens; returns how far it came. `closed`: the
 * document ends at `end`.
 */
export function encodeStretch(at: usize, end: usize, closed: bool, out: usize): usize {
  return directory(At.UnigramRules) & Rule.Floats
    ? viterbi<f32>(at, end, closed, out)
    : viterbi<f64>(at, end, closed, out);
}

// @ts-ignore: decorator
@inline
function viterbi<Sum>(at: usize, end: usize, closed: bool, out: usize): usize {
  const cells = directory(At.UnigramCells);
  const fused = (directory(At.UnigramRules) & (Rule.Fused | Rule.Bytes)) != Rule.Bytes;
  const unknownScore = load<f64>(directory(At.UnigramScore));
  // A piece that begins after this place may go beyond the end of the known text.
  const last = closed ? end : end - min<usize>(end - at, directory(At.UnigramLongest));
  const scratch = mark();
  places = short;
  capacity = SHORT;
  let begin = at;
  /** No piece found so far ends after this place. The places up to it are initialized. */
  let reach = begin;
  store<f64>(places, carried);
  while (at < last) {
    if (at == reach && at - begin >= CHUNK) {
      // Unknown characters that may go on after this place are not written yet.
      if (!fused || !isUnknown(load<u32>(places + ((at - begin) << 4), 8))) {
        carried = load<f64>(places + ((at - begin) << 4));
        out = emit(begin, at, out);
        store<f64>(places, carried);
        begin = at;
      }
    }
    let sum = load<f64>(places + ((at - begin) << 4));
    if (sizeof<Sum>() == 4 && abs(sum) > LARGEST_SUM) {
      for (let to = at; to <= reach; to++) {
        const place = places + ((to - begin) << 4);
        store<f64>(place, <f64><f32>(load<f64>(place) - sum));
      }
      sum = 0;
    }
    const first = <u32>load<u8>(at);
    const width: u32 = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const next = at + width;
    let cell: u32 = 0;
    let unknown = true;
    for (let to = at; to < end; ) {
      const child = load<u32>(cells + (<usize>cell << 4)) + <u32>load<u8>(to);
      const entry = cells + (<usize>child << 4);
      if (load<u32>(entry, 4) != cell) break;
      cell = child;
      to += 1;
      const score = load<f64>(entry, 8);
      if (score != score) continue;
      if (to > reach) {
        makeRoom(begin, reach, to);
        reach = to;
      }
      const place = places + ((to - begin) << 4);
      const total = <f64><Sum>(score + sum);
      if (total > load<f64>(place)) {
        store<f64>(place, total);
        store<u32>(place, cell, 8);
        store<u32>(place, <u32>(at - begin), 12);
      }
      if (to == next) unknown = false;
    }
    if (unknown) {
      if (next > reach) {
        makeRoom(begin, reach, next);
        reach = next;
      }
      const place = places + ((next - begin) << 4);
      const total = <f64><Sum>(unknownScore + sum);
      if (total > load<f64>(place)) {
        store<f64>(place, total);
        store<u32>(place, NONE, 8);
        store<u32>(place, <u32>(at - begin), 12);
      }
    }
    at = next;
  }
  if (closed) {
    carried = load<f64>(places + ((end - begin) << 4));
    out = emit(begin, end, out);
    begin = end;
  }
  release(scratch);
  written = out;
  return begin;
}

// @ts-ignore: decorator
@inline
function isUnknown(cell: u32): bool {
  return cell == NONE || load<u32>(directory(At.UnigramIds) + (<usize>cell << 2)) == directory(At.UnigramUnknown);
}

/** Initializes the places after `from` up to `to`: no path ends there yet. */
// @ts-ignore: decorator
@inline
function makeRoom(begin: usize, from: usize, to: usize): void {
  if (to - begin > capacity) grow(to - begin);
  for (let at = from + 1; at <= to; at++) store<f64>(places + ((at - begin) << 4), -Infinity);
}

function grow(needed: usize): void {
  const larger = max(needed, 2 * capacity);
  // Nothing else is reserved meanwhile, so memory that was reserved before can be extended.
  if (places == short) {
    places = reserve((larger + 1) << 4);
    memory.copy(places, short, (capacity + 1) << 4);
  } else {
    reserve((larger - capacity + 4) << 4);
  }
  capacity = larger;
}

/** Writes the tokens of the best path from `begin` to `end`; returns where the next token goes. */
function emit(begin: usize, end: usize, out: usize): usize {
  const ids = directory(At.UnigramIds);
  const unknown = directory(At.UnigramUnknown);
  // The path can be followed only from its end, so first store at each place on it the place that follows.
  const size = <u32>(end - begin);
  let next: u32 = size;
  for (let at: u32 = size; at > 0; ) {
    const place = places + (<usize>at << 4);
    const start = load<u32>(place, 12);
    store<u32>(place, next, 12);
    next = at;
    at = start;
  }
  let run: u32 = NONE;
  let from: u32 = 0;
  while (from < size) {
    const place = places + (<usize>next << 4);
    const cell = load<u32>(place, 8);
    const id = cell == NONE ? unknown : load<u32>(ids + (<usize>cell << 2));
    if (id != unknown) {
      if (run != NONE) out = emitUnknown(begin + run, from - run, out);
      run = NONE;
      store<u32>(out, id);
      out += 4;
    } else if (run == NONE) {
      run = from;
    }
    from = next;
    next = load<u32>(place, 12);
  }
  if (run != NONE) out = emitUnknown(begin + run, size - run, out);
  return out;
}

/** Writes the tokens of neighbouring unknown characters. */
function emitUnknown(at: usize, length: u32, out: usize): usize {
  const rules = directory(At.UnigramRules);
  if (rules & Rule.Fused) {
    const piece = findPiece(at, length);
    if (piece != NONE) {
      store<u32>(out, load<u32>(directory(At.Ids) + (<usize>piece << 2)));
      return out + 4;
    }
  }
  if (rules & Rule.Bytes) {
    const bytes = directory(At.UnigramBytes);
    let known = true;
    for (let k: u32 = 0; k < length && known; k++) {
      const id = load<u32>(bytes + (<usize>load<u8>(at + k) << 2));
      store<u32>(out + (<usize>k << 2), id);
      known = id != NONE;
    }
    if (known) return out + (<usize>length << 2);
  }
  store<u32>(out, directory(At.UnigramUnknown));
  return out + 4;
}
