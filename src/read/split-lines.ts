/**
 * A large JSON Lines file -> ranges that begin and end between lines, so that one file feeds all cores. Ranges follow
 * from the bytes and the range size alone. Cost: one pass over the file, which also counts the lines, because a bad
 * record is reported by its line in the file and not in the range.
 */
import { fileBlocks } from './file-blocks.ts';

export interface LineRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Number of the first line, from 1. */
  readonly firstLine: number;
}

const newline = 0x0a;

/** Each range is the least run of whole lines of at least `rangeBytes`; a longer line makes a longer range. */
export function splitLines(path: string, bytes: number, rangeBytes: number): LineRange[] {
  const ranges: LineRange[] = [];
  let start = 0;
  let firstLine = 1;
  let lines = 0;
  let blockStart = 0;
  for (const block of fileBlocks(path, 0, bytes, true)) {
    for (let at = block.indexOf(newline); at >= 0; at = block.indexOf(newline, at + 1)) {
      lines += 1;
      const end = blockStart + at + 1;
      if (end - start < rangeBytes || end === bytes) continue;
      ranges.push({ start, end, firstLine });
      start = end;
      firstLine = lines + 1;
    }
    blockStart += block.length;
  }
  ranges.push({ start, end: bytes, firstLine });
  return ranges;
}
