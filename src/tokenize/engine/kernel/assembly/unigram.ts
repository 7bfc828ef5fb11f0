/**
 * Unigram tokens (Kudo 2018): the segmentation whose pieces' scores have the largest sum, by a Viterbi over bytes. The plain
 * version, with the rules of the two libraries that are followed, is `unigram-plain.ts`.
 *
 * Pieces lie in a double array (`double-array.ts`). A cell is 16 bytes, so that a step touches one cache line: the base of its
 * children, its parent, and the score of the piece that ends there, NaN where none does. Which piece it is stands in
 * an array of its own, which is looked at for the pieces of the best path only.
 *
 * A place that no piece spans is on every path, so what is before it is decided: there the tokens are written and the memory
 * is used again. So a document without pretokens needs a few hundred bytes of it in ordinary text; a text without any such
 * place (megabytes of one letter, of which there are pieces) needs 16 bytes for each of its own. Sums go on over such
 * places, windows and calls, because their rounding is part of what decides.
 */
import { At, directory, mark, release, reserve, setDirectory } from './memory';
import { findPiece, NONE } from './pieces';

export const enum Rule {
  /** Sums are floats. */
  Floats = 1,
  /** Neighbouring unknown characters are one text, which is looked up. */
  Fused = 2,
  /** Unknown text becomes byte tokens where all of its bytes have one. */
  Bytes = 4,
  /** A document is one pretoken. */
  Whole = 8,
}

/** Floats: a sum beyond this is taken off all sums that are still needed. */
export const LARGEST_SUM: f64 = 100000;

/** What is decided is written only from so many bytes on. */
const CHUNK: u32 = 512;
/** Bytes whose places have memory of their own; more is reserved for longer texts. */
const SHORT: usize = 2048;
const short: usize = memory.data(2049 * 16, 16);

/** By place, 16 bytes: the best sum of a path that ends here, the cell of its last piece, and where that piece begins. */
let places: usize = 0;
let capacity: usize = 0;

/** The sum at the place where the text goes on. */
export let carried: f64 = 0;
/** That at the end of the last document, which may go on in the next call. */
let ended: f64 = 0;
/** Where an unknown token was written last: the unknown characters of the next word belong to it. 0: nowhere. */
let unknownEnd: usize = 0;
let endedUnknown: bool = false;

export function hasUnigram(): bool {
  return directory(At.UnigramCells) != 0;
}

/** Whether documents are not cut. */
export function isWhole(): bool {
  return (directory(At.UnigramRules) & Rule.Whole) != 0;
}

/** A document ends, whose tokens end at `out`. */
export function endSum(out: usize): void {
  ended = carried;
  endedUnknown = unknownEnd == out && out != 0;
  carried = 0;
  unknownEnd = 0;
}

/** Documents come; `continued`: the first one goes on from the last one before. */
export function beginText(continued: bool): void {
  carried = continued ? ended : 0;
  goesOn = continued && endedUnknown;
}

/** Before the first token of a window stands an unknown one of the same document. */
let goesOn: bool = false;

/** A window's tokens went up to `end`, and those of the next one begin at `out`. */
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

/** A word of a document whose sum goes on: writes its tokens, returns where the next one goes. */
export function encodeCarried(at: usize, length: u32, out: usize): usize {
  encodeStretch(at, at + length, true, out);
  return joinUnknown(out, written);
}

/** Unknown characters on both sides of a place where the text was cut are one unknown token. */
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

/** The caller writes the cells and their pieces where this says. */
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

/** Ends the tables, returns where: what is reserved from here on belongs to this instance alone. */
export function endUnigram(): usize {
  setDirectory(At.TablesEnd, mark());
  return mark();
}

/** A pretoken: writes the tokens of its bytes to `out`, returns how many. */
export function encodeUnigram(at: usize, length: u32, out: usize): u32 {
  carried = 0;
  encodeStretch(at, at + length, true, out);
  return <u32>(written - out) >> 2;
}

/** Where the tokens of the last stretch end. */
export let written: usize = 0;

/**
 * Text of a document from where the last call ended: writes its tokens, returns how far it came. `closed`: the document
 * ends at `end`.
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
  // A piece that begins later may go on after the end of what is known.
  const last = closed ? end : end - min<usize>(end - at, directory(At.UnigramLongest));
  const scratch = mark();
  places = short;
  capacity = SHORT;
  let begin = at;
  /** No piece found so far ends after this place, and the places up to it are set. */
  let reach = begin;
  store<f64>(places, carried);
  while (at < last) {
    if (at == reach && at - begin >= CHUNK) {
      // Unknown characters that may go on after this place are left for the next time.
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

/** Sets the places after `from` up to `to`: no path ends there yet. */
// @ts-ignore: decorator
@inline
function makeRoom(begin: usize, from: usize, to: usize): void {
  if (to - begin > capacity) grow(to - begin);
  for (let at = from + 1; at <= to; at++) store<f64>(places + ((at - begin) << 4), -Infinity);
}

function grow(needed: usize): void {
  const larger = max(needed, 2 * capacity);
  // Nothing else is reserved meanwhile: what was reserved before is gone on with.
  if (places == short) {
    places = reserve((larger + 1) << 4);
    memory.copy(places, short, (capacity + 1) << 4);
  } else {
    reserve((larger - capacity + 4) << 4);
  }
  capacity = larger;
}

/** Writes the tokens of the best path from `begin` to `end`, returns where the next one goes. */
function emit(begin: usize, end: usize, out: usize): usize {
  const ids = directory(At.UnigramIds);
  const unknown = directory(At.UnigramUnknown);
  // The path is known from its end. Each place on it gets the one that follows.
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

/** The tokens of neighbouring unknown characters. */
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
