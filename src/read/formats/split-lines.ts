/**
 * Splits a large JSON Lines file into ranges that begin and end between lines, so that one file feeds all cores. Ranges
 * depend only on the bytes and the range size. Only the text around each cut is read here; the tasks read the rest, in
 * parallel. So a range does not know how many lines are before it, and its records are numbered from its own start.
 */
import type { ByteRange } from '../format-spec.ts';
import { fileBlocks } from '../input/file-blocks.ts';

const newline = 0x0a;
/** Most lines are shorter. */
const lookBytes = 16 * 1024;

/** Each range is the shortest run of whole lines with at least `rangeBytes` bytes; a long line makes a longer range. */
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

/** Counts the lines that end before `end`, to number a record in a message. Reads all bytes before `end`. */
export function countLines(path: string, end: number): number {
  let lines = 0;
  for (const block of fileBlocks(path, 0, end, true)) {
    for (let at = block.indexOf(newline); at >= 0; at = block.indexOf(newline, at + 1)) lines += 1;
  }
  return lines;
}
