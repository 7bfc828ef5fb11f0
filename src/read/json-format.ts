/**
 * What a file named `.json` holds, by how it begins: a JSON array of records, JSON Lines (C4's are named `.json.gz`),
 * or neither, as the settings that a directory of source code is full of. Those are text like the source around them.
 * Cost: a file that is one long line is read to its end.
 */
import type { InputFile } from '../types.ts';
import { plainBlocks } from './unit-blocks.ts';

const newline = 0x0a;
const arrayBegin = 0x5b;
const objectBegin = 0x7b;
const objectEnd = 0x7d;
const byteOrderMark: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);

/** @throws LongmixError `input-unreadable` | `input-corrupt` | `zstd-window` */
export async function jsonFormat(file: InputFile): Promise<'json' | 'jsonl' | 'text'> {
  let before: number | null = null;
  let lineEnded = false;
  for await (const block of plainBlocks(file, 0, file.bytes, null, true)) {
    for (const byte of block) {
      if (byte === newline) lineEnded = before !== null;
      else if (byte <= 0x20 || (before === null && byteOrderMark.has(byte))) continue;
      // A first line that ends an object and a second that begins one are the lines of no single JSON value.
      else if (lineEnded) return before === objectEnd && byte === objectBegin ? 'jsonl' : 'text';
      else if (before === null && byte !== objectBegin) return byte === arrayBegin ? 'json' : 'text';
      else before = byte;
    }
  }
  return 'text';
}
