/** Checks that files have not changed since they were committed. */
import { join } from 'node:path';
import { systemReason } from '../errors.ts';
import type { FileRecord } from '../nouns/files.ts';
import { hashFile } from './hash.ts';

/** Compares the size and sha256 of files with their records. Returns one sentence for each file that differs. */
export function verifyFiles(folder: string, files: readonly FileRecord[]): string[] {
  const faults: string[] = [];
  for (const { name, bytes, sha256 } of files) {
    const path = join(folder, name);
    let found: { bytes: number; sha256: string };
    try {
      found = hashFile(path);
    } catch (error) {
      faults.push(`${path}: cannot be read: ${systemReason(error)}`);
      continue;
    }
    if (found.bytes !== bytes) faults.push(`${path}: ${found.bytes} bytes, the manifest says ${bytes}`);
    else if (found.sha256 !== sha256) faults.push(`${path}: its bytes have changed (sha256 differs)`);
  }
  return faults;
}
