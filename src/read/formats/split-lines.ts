/**
 * A large JSON Lines file -> ranges that begin and end between lines, so that one file feeds all cores. Ranges follow
 * from the bytes and the range size alone. Only the text around each cut is looked at: the pass over the file is the
 * tasks', side by side. So a range does not know how many lines are before it, and records are numbered within it.
 */
import type { ByteRange } from '../format-spec.ts';
import { fileBlocks } from '../input/file-blocks.ts';

const newline = 0x0a;
/** Most lines end within it. */
const lookBytes = 16 * 1024;

/** Each range is the least run of whole lines of at least `rangeBytes`; a longer line makes a longer range. */
export function splitLines(path: string, bytes: number, rangeBytes: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  let start = 0;
  while (bytes - start > rangeBytes) {
    const end = afterNewline(path, start + rangeBytes - 1, bytes);
    if (end === bytes) break;
    ranges.push({ start, end });
    start = end;
  }
  ranges.push({ start, end: bytes });
  return ranges;
}

/** The place after the first newline at or after `from`; `bytes` if there is none. */
function afterNewline(path: string, from: number, bytes: number): number {
  let at = from;
  while (at < bytes) {
    for (const block of fileBlocks(path, at, Math.min(bytes, at + lookBytes), true)) {
      const found = block.indexOf(newline);
      if (found >= 0) return at + found + 1;
      at += block.length;
    }
  }
  return bytes;
}

/** Lines that end before `end`: what a message adds to a record's number. A pass over all of that. */
export function countLines(path: string, end: number): number {
  let lines = 0;
  for (const block of fileBlocks(path, 0, end, true)) {
    for (let at = block.indexOf(newline); at >= 0; at = block.indexOf(newline, at + 1)) lines += 1;
  }
  return lines;
}
