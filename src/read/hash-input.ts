/**
 * What a unit read, as a hash: a token store remembers it, to notice inputs that changed.
 * Cost: the files are read once more.
 */
import { createHash } from 'node:crypto';
import type { ReadUnit } from '../types.ts';
import { fileBlocks } from './file-blocks.ts';

/** sha256 (hex) over the bytes of the unit's files in order, each after its name and size. */
export async function hashInput(unit: ReadUnit): Promise<string> {
  const hash = createHash('sha256');
  for (const file of unit.files) {
    const [start, end] = unit.joined ? [0, file.bytes] : [unit.start, unit.end];
    hash.update(`${Buffer.byteLength(file.name)}:${file.name} ${end - start}\n`);
    for (const block of fileBlocks(file.path, start, end)) hash.update(block);
  }
  return hash.digest('hex');
}
