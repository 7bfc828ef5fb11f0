/** Hashes a file on disk, to compare it with the record made when the file was committed. */
import { createHash } from 'node:crypto';
import { openFile } from './files.ts';

const readBytes = 4 * 1024 * 1024;

/** The current size of a file in bytes, and its sha256. */
export function hashFile(path: string): { bytes: number; sha256: string } {
  const file = openFile(path);
  try {
    const hash = createHash('sha256');
    const { size } = file;
    const block = Buffer.allocUnsafeSlow(Math.min(readBytes, size));
    for (let at = 0; at < size; at += readBytes) {
      const part = block.subarray(0, Math.min(readBytes, size - at));
      file.read(at, part);
      hash.update(part);
    }
    return { bytes: size, sha256: hash.digest('hex') };
  } finally {
    file.close();
  }
}
