/**
 * Scans strict JSON, one record per line, for the fields that make a document. A line that is not clearly an object
 * with these fields in the expected form gets the status Odd, and the host lets JSON.parse judge it. So this code may
 * refuse any line, but if it takes one, the result must equal that of JSON.parse to the byte. The input is well-formed
 * UTF-8.
 */
import { number, literal, skipString, copyString, skipSpace, at, moveTo, copied, lone, hasDigits } from './values';

const FIELDS: i32 = 3;
/** Deepest nesting of objects and arrays; JSON.parse has no such bound. */
const DEEPEST: i32 = 64;
const LINES: u32 = 1024;

export const enum Status {
  Taken = 0,
  Odd = 1,
}

/** The type of a field's value. */
const enum Kind {
  Missing = 0,
  String = 1,
  Number = 2,
  Other = 3,
}

/**
 * Bytes of a line's results: status, start, end, lone surrogates of the text, then {kind, start, end} of each field.
 */
const ROW: usize = 13 * 4;
const rows: usize = memory.data(1024 * 13 * 4, 16);
export function rowsAddress(): usize { return rows; }

// ---------------------------------------------------------------- memory

/** The input, followed by a newline; then as much room again, for the strings that are taken from it. */
const input: usize = (__heap_base + 63) & ~63;
let output: usize = 0;
/** Strings are read 16 bytes at a time. */
const PADDING: usize = 64;

export function inputAddress(): usize { return input; }

export function reserve(bytes: usize): void {
  output = input + bytes + PADDING;
  const pages = <i32>((output + bytes + PADDING + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
}

// ---------------------------------------------------------------- names

/** Up to 8 steps of each field's path, {address, bytes}, and its whole name, because a key may contain dots. */
const STEPS: i32 = 8;
const paths: usize = memory.data(3 * 8 * 8, 16);
const wholes: usize = memory.data(3 * 8, 16);
const steps: usize = memory.data(3 * 4, 16);
const names: usize = memory.data(8192, 16);
let namesUsed: usize = 0;
let wanted: u32 = 0;

export function namesAddress(): usize { return names; }

/** Adds a step of a field's path, or its whole name: `bytes` bytes at the start of the free part of `names`. */
export function addStep(field: i32, bytes: u32, isWhole: bool): usize {
  const count = load<u32>(steps + (field << 2));
  const entry = isWhole ? wholes + (field << 3) : paths + (((field * STEPS) + count) << 3);
  store<u32>(entry, <u32>(names + namesUsed));
  store<u32>(entry, bytes, 4);
  if (!isWhole) store<u32>(steps + (field << 2), count + 1);
  wanted |= 1 << field;
  namesUsed += bytes;
  return names + namesUsed;
}

// @ts-ignore: decorator
@inline
function isName(entry: usize, from: usize, bytes: usize): bool {
  return load<u32>(entry, 4) == <u32>bytes && memory.compare(load<u32>(entry), from, bytes) == 0;
}

// ---------------------------------------------------------------- lines

let row: usize = 0;
let found: u32 = 0;
/** Where the next string is written. */
let out: usize = 0;

/** Number of lines that the last `scan` found. */
export function lineCount(): u32 { return found; }

/**
 * Scans the whole lines in [from, end). Returns how far it came, because the table of lines may be full before the end.
 */
export function scan(from: usize, end: usize): usize {
  store<u8>(end, 0x0a);
  row = rows;
  found = 0;
  out = output;
  while (from < end && found < LINES) {
    const before = out;
    memory.fill(row, 0, ROW);
    moveTo(from);
    let taken = record();
    if (taken) taken = load<u8>(at()) == 0x0a;
    if (!taken) {
      out = before;
      moveTo(from);
      while (load<u8>(at()) != 0x0a) moveTo(at() + 1);
    }
    store<u32>(row, taken ? Status.Taken : Status.Odd);
    store<u32>(row, <u32>from, 4);
    store<u32>(row, <u32>at(), 8);
    from = at() + 1;
    row += ROW;
    found += 1;
  }
  return min(from, end);
}

function record(): bool {
  skipSpace();
  if (load<u8>(at()) != 0x7b) return false;
  if (!object(0, 0, wanted)) return false;
  skipSpace();
  return true;
}

// ---------------------------------------------------------------- values

function value(depth: i32): bool {
  const byte = load<u8>(at());
  if (byte == 0x22) return skipString();
  if (byte == 0x7b) return object(depth, 0, 0);
  if (byte == 0x5b) return array(depth);
  if (byte == 0x2d || <u32>byte - 0x30 < 10) return number();
  return literal();
}

function array(depth: i32): bool {
  if (depth == DEEPEST) return false;
  moveTo(at() + 1);
  skipSpace();
  if (load<u8>(at()) == 0x5d) {
    moveTo(at() + 1);
    return true;
  }
  while (true) {
    if (!value(depth + 1)) return false;
    skipSpace();
    const byte = load<u8>(at());
    moveTo(at() + 1);
    if (byte == 0x5d) return true;
    if (byte != 0x2c) return false;
    skipSpace();
  }
}

/** `mask`: the fields whose path leads to this object in `level` steps. */
function object(depth: i32, level: i32, mask: u32): bool {
  if (depth == DEEPEST) return false;
  moveTo(at() + 1);
  skipSpace();
  if (load<u8>(at()) == 0x7d) {
    moveTo(at() + 1);
    return true;
  }
  while (true) {
    if (load<u8>(at()) != 0x22) return false;
    const key = at() + 1;
    if (!skipString()) return false;
    const keyBytes = at() - 1 - key;
    skipSpace();
    if (load<u8>(at()) != 0x3a) return false;
    moveTo(at() + 1);
    skipSpace();
    if (!(mask == 0 ? value(depth + 1) : member(depth, level, mask, key, keyBytes))) return false;
    skipSpace();
    const byte = load<u8>(at());
    moveTo(at() + 1);
    if (byte == 0x7d) return true;
    if (byte != 0x2c) return false;
    skipSpace();
  }
}

/** Reads the value of a key in an object that may contain fields. The last of equal keys counts, as in JSON.parse. */
function member(depth: i32, level: i32, mask: u32, key: usize, keyBytes: usize): bool {
  let last: u32 = 0;
  let further: u32 = 0;
  for (let field = 0; field < FIELDS; field++) {
    if (((mask >>> field) & 1) == 0) continue;
    const length = <i32>load<u32>(steps + (field << 2));
    if (isName(paths + ((field * STEPS + level) << 3), key, keyBytes)) {
      setField(field, Kind.Missing, 0, 0);
      if (level + 1 == length) last |= 1 << field;
      else further |= 1 << field;
    } else if (level == 0 && length > 1 && isName(wholes + (field << 3), key, keyBytes)) {
      return false;
    }
  }
  // A key with escapes may be one of the names in another spelling.
  if (hasEscape(key, keyBytes)) return false;
  const byte = load<u8>(at());
  if (last != 0) {
    if (byte == 0x22) {
      const from = out;
      if (!copyString(out)) return false;
      out = copied;
      // Lone surrogates can't be written in UTF-8. They are counted in the text only; the host judges other fields.
      if (lone != 0 && (last & ~1) != 0) return false;
      if ((last & 1) != 0) store<u32>(row, lone, 12);
      setFields(last, Kind.String, from, out);
      return true;
    }
    if (byte == 0x2d || <u32>byte - 0x30 < 10) {
      const from = at();
      if (!number()) return false;
      // -Infinity is not a valid id.
      setFields(last, hasDigits ? Kind.Number : Kind.Other, from, at());
      return true;
    }
    setFields(last, Kind.Other, 0, 0);
  }
  if (further != 0) {
    if (byte == 0x7b) return object(depth + 1, level + 1, further);
    // A path may lead into an array, whose elements are named by numbers. The host must judge that.
    if (byte == 0x5b) return false;
  }
  return value(depth + 1);
}

/** Keys are short, so a SWAR or SIMD search would not pay. */
function hasEscape(key: usize, bytes: usize): bool {
  for (let end = key + bytes; key < end; key++) if (load<u8>(key) == 0x5c) return true;
  return false;
}

function setFields(fields: u32, kind: Kind, start: usize, end: usize): bool {
  for (let field = 0; field < FIELDS; field++) {
    if (((fields >>> field) & 1) != 0) setField(field, kind, start, end);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function setField(field: i32, kind: Kind, start: usize, end: usize): void {
  const entry = row + 16 + <usize>(field * 12);
  store<u32>(entry, kind);
  store<u32>(entry, <u32>start, 4);
  store<u32>(entry, <u32>end, 8);
}
