/** Free space on a disk. */
import { statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isUrl } from '../base/is-url.ts';
import { exists } from './files.ts';

/** Free bytes on the disk that holds the folder, which need not exist yet; null: the file system does not report it, or it is a bucket. */
export function freeBytes(folder: string): number | null {
  if (isUrl(folder)) return null;
  let place = resolve(folder);
  while (!exists(place)) place = dirname(place);
  const { bavail, bsize, blocks } = statfsSync(place);
  return blocks === 0 ? null : bavail * bsize;
}
