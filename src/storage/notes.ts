/** Reads and removes the small files that longmix keeps for itself in `.longmix/`. */

import { listFolder, openFile, readBytes, removeFile } from './files.ts';
import { join } from './paths.ts';
import type { Bytes } from './storage.ts';

/** The lines of a file that may be longer than a string can be. @throws a system error if the file does not exist */
export function readLines(path: string): Buffer[] {
  const bytes = readBytes(path);
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    lines.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

/** The first line of a file that may be large. @throws a system error if the file does not exist */
export function firstLine(path: string): string {
  const file = openFile(path);
  try {
    const blocks: Buffer[] = [];
    for (let at = 0, end = -1; end < 0 && at < file.size; ) {
      const block = Buffer.alloc(Math.min(lineBytes, file.size - at));
      file.read(at, block);
      end = block.indexOf(0x0a);
      blocks.push(end < 0 ? block : block.subarray(0, end));
      at += block.length;
    }
    return Buffer.concat(blocks).toString();
  } finally {
    file.close();
  }
}

/** The same of a file in any storage. */
export async function firstLineOf(file: Bytes): Promise<string> {
  const blocks: Buffer[] = [];
  for (let at = 0, end = -1; end < 0 && at < file.size; ) {
    const block = Buffer.alloc(Math.min(lineBytes, file.size - at));
    await file.readAside(at, block);
    end = block.indexOf(0x0a);
    blocks.push(end < 0 ? block : block.subarray(0, end));
    at += block.length;
  }
  return Buffer.concat(blocks).toString();
}

const lineBytes = 64 * 1024;

/** Removes the files in a folder for which `chosen` returns true. The folder need not exist. */
export function removeFiles(folder: string, chosen: (name: string) => boolean): void {
  for (const name of listFolder(folder)) if (chosen(name)) removeFile(join(folder, name));
}
