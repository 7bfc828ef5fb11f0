/** Are files what was recorded when they were committed? */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { systemReason } from '../errors.ts';
import type { FileRecord } from '../nouns/files.ts';
import type { Fault } from './verify.ts';

const readBytes = 4 * 1024 * 1024;

/** Size and sha256 of files against their records. */
export function verifyFiles(folder: string, files: readonly FileRecord[]): Fault[] {
  const faults: Fault[] = [];
  for (const { name, bytes, sha256 } of files) {
    const path = join(folder, name);
    let found: { bytes: number; sha256: string };
    try {
      found = hashFile(path);
    } catch (error) {
      faults.push(`${path}: it can't be read: ${systemReason(error)}`);
      continue;
    }
    if (found.bytes !== bytes) faults.push(`${path}: ${found.bytes} bytes, the manifest says ${bytes}`);
    else if (found.sha256 !== sha256) faults.push(`${path}: its bytes have changed (sha256 differs)`);
  }
  return faults;
}

function hashFile(path: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  const block = new Uint8Array(readBytes);
  const descriptor = openSync(path, 'r');
  let bytes = 0;
  try {
    for (;;) {
      const read = readSync(descriptor, block, 0, block.length, null);
      if (read === 0) break;
      hash.update(block.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return { bytes, sha256: hash.digest('hex') };
}
