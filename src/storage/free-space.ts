/** Room on a disk. */
import { statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exists } from './files.ts';

/** Of the disk that a folder is on, or will be; null: some file systems do not say. */
export function freeBytes(folder: string): number | null {
  let place = resolve(folder);
  while (!exists(place)) place = dirname(place);
  const { bavail, bsize, blocks } = statfsSync(place);
  return blocks === 0 ? null : bavail * bsize;
}
