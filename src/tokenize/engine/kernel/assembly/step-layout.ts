/**
 * The layout in which the host writes the steps that cut a text (kernel/step-tables.ts): their number, then a record of
 * 128 bytes per step. Addresses are absolute.
 */
import { At, directory } from './memory';

export const enum Of {
  /** 0: tables; else a hand-written scanner, numbered as in `families.ts`. */
  Family = 0,
  Keep = 4,
  /** In place of `Keep` for `Family.Joins`: bit (left << 8 | right) is set for two bytes that stay together. 8 KB. */
  Joined = 4,
  /** u8[256]: column of each byte; 0 for bytes that begin a character of several bytes. */
  Bytes = 8,
  /**
   * u16[0x1100]: the number of the page of each 256 code points. In each page, u8[256]: the column of each code point.
   */
  PageIndex = 12,
  Pages = 16,
  Rows = 20,
  StartRow = 24,
  /** 1: each byte is a character. */
  IsBytes = 28,
  /** 1: at some characters no match can begin. */
  HasGaps = 32,
  /**
   * Not 0: the step is the table of a cutter; `Keep`, `HasGaps` and `Rejected` are not used, and the start is the first
   * row. 2: its parts are pretokens, but it may give up; the steps after it then do the same work in another way.
   */
  IsCutter = 36,
  /** For a cutter, laid out as the rows: the row in which a part begins after a match. */
  Resumes = 40,
  /** 1: there is an `Inert` set. */
  HasInert = 44,
  /** ASCII characters at which no match can begin, as a set of 16 bytes; see `outside`. */
  Rejected = 48,
  /** ASCII characters: the steps after this one do not cut a part that has only these. */
  Inert = 64,
  /** ASCII characters with which such a part of two or more characters may also begin. */
  InertFirst = 80,
}

const RECORD: usize = 128;

/** What becomes of matches and gaps: Hugging Face's SplitDelimiterBehavior after `invert` is applied. */
export const enum Keep {
  Both = 0,
  Gaps = 1,
  Matches = 2,
  /** Matches that touch are one part. */
  Runs = 3,
  /** A gap and the match after it are one part. */
  GapWithMatch = 4,
  /** A match and the gap after it are one part. */
  MatchWithGap = 5,
}

export const MATCH: u32 = 1;
export const STOP: u32 = 2;
/** The row has a large set of ASCII characters that lead back to it, LOOP_SET bytes from its beginning. */
export const LOOP: u32 = 4;
export const LOOP_SET: usize = 8;
/** The bits of an entry that are the row. */
export const ROW: u32 = ~7;

// @ts-ignore: decorator
@inline
export function stepCount(): u32 {
  return load<u32>(directory(At.Steps));
}

// @ts-ignore: decorator
@inline
export function stepAt(k: u32): usize {
  return directory(At.Steps) + 64 + <usize>k * RECORD;
}

/** One bit for each of 16 bytes that is not in the set (bit h of byte l: the character h << 4 | l) or not ASCII. */
// @ts-ignore: decorator
@inline
export function outside(set: v128, at: usize): i32 {
  const text = v128.load(at);
  const bit = i8x16.swizzle(
    i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0),
    i8x16.shr_u(text, 4),
  );
  const found = v128.and(i8x16.swizzle(set, v128.and(text, i8x16.splat(0x0f))), bit);
  return i8x16.bitmask(v128.or(i8x16.eq(found, i8x16.splat(0)), text));
}

/** Whether a quick test shows that the steps after this one do not cut the part. */
// @ts-ignore: decorator
@inline
export function isInert(step: usize, from: usize, to: usize): bool {
  const length = to - from;
  if (load<u32>(step, Of.HasInert) == 0 || length > 16) return false;
  const stops = outside(v128.load(step, Of.Inert), from) & ((1 << (<i32>length)) - 1);
  if (stops == 0) return true;
  const b = <usize>load<u8>(from);
  return stops == 1 && length > 1 && b < 0x80 && ((load<u8>(step + (b & 15), Of.InertFirst) >> <u8>(b >> 4)) & 1) != 0;
}

/** Column of the character of several bytes at `at`. Well-formed UTF-8 only. */
// @ts-ignore: decorator
@inline
export function wideColumn(step: usize, at: usize): u32 {
  const b = <u32>load<u8>(at);
  let point: u32;
  if (b < 0xe0) point = ((b & 0x1f) << 6) | (load<u8>(at, 1) & 0x3f);
  else if (b < 0xf0) {
    point = ((b & 0x0f) << 12) | ((<u32>load<u8>(at, 1) & 0x3f) << 6) | (load<u8>(at, 2) & 0x3f);
  } else {
    point =
      ((b & 0x07) << 18) |
      ((<u32>load<u8>(at, 1) & 0x3f) << 12) |
      ((<u32>load<u8>(at, 2) & 0x3f) << 6) |
      (load<u8>(at, 3) & 0x3f);
  }
  const page = <u32>load<u16>(<usize>load<u32>(step, Of.PageIndex) + ((point >>> 8) << 1));
  return <u32>load<u8>(<usize>load<u32>(step, Of.Pages) + ((page << 8) | (point & 0xff)));
}

/** Bytes of the character that begins with this one. */
// @ts-ignore: decorator
@inline
export function widthOfByte(b: u32): usize {
  return b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
}
