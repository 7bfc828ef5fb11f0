/** Small files that longmix keeps for itself in `.longmix/`: read, listed and removed by name. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The lines of a file, which may be longer than a string can be. @throws a system error where there is no such file */
export function readLines(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    lines.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

/** The first line, of a file that may be large. @throws a system error where there is no such file */
export function firstLine(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const blocks: Buffer[] = [];
    for (let at = 0; ; ) {
      const block = Buffer.alloc(64 * 1024);
      const read = readSync(descriptor, block, 0, block.length, at);
      const end = block.subarray(0, read).indexOf(0x0a);
      blocks.push(block.subarray(0, end < 0 ? read : end));
      if (end >= 0 || read === 0) return Buffer.concat(blocks).toString();
      at += read;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Removes the files of a folder that `chosen` names; the folder need not be there. */
export function removeFiles(folder: string, chosen: (name: string) => boolean): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (chosen(name)) rmSync(join(folder, name), { force: true });
}
