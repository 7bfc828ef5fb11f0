/** Checks that files have not changed since they were committed. */

import { createHash } from 'node:crypto';
import { inLanes } from '../base/in-lanes.ts';
import { isUrl } from '../base/is-url.ts';
import { LongmixError, systemReason } from '../errors.ts';
import type { FileRecord } from '../nouns/files.ts';
import { hashFile } from './hash.ts';
import { join } from './paths.ts';

/** Files of a bucket that are read at once. */
const lanes = 4;

/** Compares the size and sha256 of files with their records. Returns one sentence for each file that differs. */
export async function verifyFiles(folder: string, files: readonly FileRecord[]): Promise<string[]> {
  const faults = await inLanes(files, isUrl(folder) ? lanes : 1, (file) => verifyFile(folder, file));
  return faults.flat();
}

async function verifyFile(folder: string, { name, bytes, sha256 }: FileRecord): Promise<string[]> {
  const path = join(folder, name);
  let found: { bytes: number; sha256: string };
  try {
    found = isUrl(path) ? await hashFar(path) : hashFile(path);
  } catch (error) {
    // What is told of a bucket, such as wrong keys, is no fault of the file.
    if (error instanceof LongmixError && error.code !== 'remote-missing') throw error;
    return [
      `${path}: cannot be read: ${error instanceof LongmixError ? error.message : systemReason(error)}`,
    ];
  }
  if (found.bytes !== bytes) return [`${path}: ${found.bytes} bytes, the manifest says ${bytes}`];
  return found.sha256 === sha256 ? [] : [`${path}: its bytes have changed (sha256 differs)`];
}

async function hashFar(path: string): Promise<{ bytes: number; sha256: string }> {
  const { locate, readAhead } = await import('./remote-files.ts');
  const { storage, name } = await locate(path);
  const file = await storage.open(name);
  const hash = createHash('sha256');
  for await (const block of readAhead(file, 0, file.size)) hash.update(block);
  return { bytes: file.size, sha256: hash.digest('hex') };
}
