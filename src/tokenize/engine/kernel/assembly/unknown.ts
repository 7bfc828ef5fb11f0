/**
 * Handles units (bytes or characters) that are not pieces. They are cut out of a pretoken before it is merged: the runs
 * of known units between them are encoded by themselves, and the tokens for the unknown units are put in between. This
 * happens only if a pretoken is not in the cache, so pretokens in the cache cost nothing extra. `UnknownUnits` in
 * src/tokenize/model.ts has the rule, `encodeUnits` in plain/reference.ts is the plain version.
 */
import { At, directory, release, reserve, setDirectory } from './memory';
import { NONE } from './pieces';
import { encodeRun } from './run';

/** Layout of the table, which `fillUnknown` in kernel.ts writes. */
const enum Field {
  /** 1: units are bytes. 2: characters. */
  Units = 0,
  /** The unknown token, or NONE. */
  Id = 4,
  Fuse = 8,
  /** u32[256]: the token of each byte, or NONE. */
  Bytes = 12,
  /** One bit per unit: whether it is a piece. */
  Known = 1036,
}

export function reserveUnknown(knownBytes: u32): usize {
  const at = reserve(<usize>Field.Known + knownBytes);
  setDirectory(At.Unknown, <u32>at);
  return at;
}

/** Whether the vocabulary lacks units that a text can have. */
// @ts-ignore: decorator
@inline
export function lacksUnits(): bool {
  return directory(At.Unknown) != 0;
}

// @ts-ignore: decorator
@inline
function widthAt(table: usize, at: usize): u32 {
  if (load<u32>(table, Field.Units) == 1) return 1;
  const first = load<u8>(at);
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

// @ts-ignore: decorator
@inline
function isKnown(table: usize, at: usize, width: u32): bool {
  let unit = <u32>load<u8>(at);
  if (width > 1) {
    unit &= 0x7f >>> width;
    for (let k: u32 = 1; k < width; k++) unit = (unit << 6) | (<u32>load<u8>(at + k) & 0x3f);
  }
  return ((<u32>load<u8>(table + (unit >>> 3), Field.Known) >>> (unit & 7)) & 1) != 0;
}

export function isAllKnown(at: usize, length: u32): bool {
  const table = <usize>directory(At.Unknown);
  const end = at + length;
  while (at < end) {
    const width = widthAt(table, at);
    if (!isKnown(table, at, width)) return false;
    at += width;
  }
  return true;
}

/** The token of a byte, or NONE. */
// @ts-ignore: decorator
@inline
function tokenOfByte(table: usize, at: usize): u32 {
  return load<u32>(table + (<usize>load<u8>(at) << 2), Field.Bytes);
}

function haveTokens(table: usize, at: usize, width: u32): bool {
  for (let k: u32 = 0; k < width; k++) if (tokenOfByte(table, at + k) == NONE) return false;
  return true;
}

/** Writes the tokens of a pretoken that may have unknown units to `out`; returns their number, which may be 0. */
export function encodeUnknown(at: usize, length: u32, out: usize): u32 {
  const table = <usize>directory(At.Unknown);
  const unknown = load<u32>(table, Field.Id);
  const fuse = load<u32>(table, Field.Fuse) != 0;
  const end = at + length;
  const start = out;
  // Known units since the last token of an unknown unit. They are copied, because units between them may be dropped.
  const run = reserve(length + 64);
  let gathered: u32 = 0;
  // Whether the unknown token is pending: it is emitted late, as in Hugging Face's library.
  let isDue = false;
  while (at < end) {
    const width = widthAt(table, at);
    if (isKnown(table, at, width)) {
      if (isDue) {
        store<u32>(out, unknown);
        out += 4;
        isDue = false;
      }
      for (let k: u32 = 0; k < width; k++) store<u8>(run + gathered + k, load<u8>(at + k));
      gathered += width;
    } else {
      const inBytes = haveTokens(table, at, width);
      if (gathered != 0 && (inBytes || unknown != NONE)) {
        out += <usize>encodeRun(run, gathered, out) << 2;
        gathered = 0;
      }
      if (inBytes) {
        for (let k: u32 = 0; k < width; k++, out += 4) store<u32>(out, tokenOfByte(table, at + k));
      } else if (unknown != NONE) {
        if (isDue && !fuse) {
          store<u32>(out, unknown);
          out += 4;
        }
        isDue = true;
      }
    }
    at += width;
  }
  if (gathered != 0) out += <usize>encodeRun(run, gathered, out) << 2;
  if (isDue) {
    store<u32>(out, unknown);
    out += 4;
  }
  release(run);
  return <u32>(out - start) >> 2;
}
