/** Are files what was recorded when they were committed? */
import { join } from 'node:path';
import { systemReason } from '../errors.ts';
import type { FileRecord } from '../nouns/files.ts';
import { hashFile } from './hash.ts';

/** Size and sha256 of files against their records; what is wrong, a sentence for each file. */
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
