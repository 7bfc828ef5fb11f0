/**
 * Splits a large JSON Lines file into ranges that begin and end between lines, so that one file feeds all cores. Ranges
 * depend only on the bytes and the range size. Only the text around each cut is read here; the tasks read the rest, in
 * parallel. So a range does not know how many lines are before it, and its records are numbered from its own start.
 */
import { isUrl } from '../../base/is-url.ts';
import type { InputFile, ReadUnit } from '../../nouns/documents.ts';
import type { ByteRange } from '../format-spec.ts';
import { type Looks, localBlocks, lookInto } from '../input/file-blocks.ts';

const newline = 0x0a;
/** Most lines are shorter. */
const lookBytes = 16 * 1024;

/** Each range is the shortest run of whole lines with at least `rangeBytes` bytes; a long line makes a longer range. */
export async function splitLines(file: InputFile, rangeBytes: number): Promise<ByteRange[]> {
  const { bytes } = file;
  const ranges: ByteRange[] = [];
  const looks = await lookInto(file);
  try {
    let start = 0;
    while (bytes - start > rangeBytes) {
      const end = await afterNewline(looks, start + rangeBytes - 1, bytes);
      if (end === bytes) break;
      ranges.push({ start, end });
      start = end;
    }
    ranges.push({ start, end: bytes });
    return ranges;
  } finally {
    looks.close();
  }
}

/** The place after the first newline at or after `from`; `bytes` if there is none. */
async function afterNewline(looks: Looks, from: number, bytes: number): Promise<number> {
  for (let at = from, look = lookBytes; at < bytes; look *= 2) {
    const block = await looks.at(at, Math.min(look, mostLookBytes));
    const found = block.indexOf(newline);
    if (found >= 0) return at + found + 1;
    at += block.length;
  }
  return bytes;
}

/** A line of many MB takes few looks. */
const mostLookBytes = 4 * 1024 * 1024;

/** Where a record is, for a message: its line in the file. Reads all of the file before its range, if the file is local. */
export function placeOfLine({ files, start }: ReadUnit, record: number): string {
  const { path } = files[0]!;
  if (start === 0) return `${path}:${record}`;
  return isUrl(path)
    ? `${path} (line ${record} after byte ${start})`
    : `${path}:${countLines(path, start) + record}`;
}

/** Counts the lines that end before `end`. Reads all bytes before `end`. */
function countLines(path: string, end: number): number {
  let lines = 0;
  for (const block of localBlocks(path, 0, end, true)) {
    for (let at = block.indexOf(newline); at >= 0; at = block.indexOf(newline, at + 1)) lines += 1;
  }
  return lines;
}
