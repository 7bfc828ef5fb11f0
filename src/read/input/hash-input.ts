/**
 * Hashes the input of a unit. A token store records the hash, to notice inputs that changed. The hash is made from the
 * blocks as a reader takes them, so the files are read once. If a reader takes them in another order (tables), the
 * files are read once more.
 */
import { createHash } from 'node:crypto';
import type { InputFile, ReadUnit } from '../../nouns/documents.ts';
import { fileBlocks } from './file-blocks.ts';

export interface UnitHash {
  /** Begins the next file of the unit. Its bytes [start, end) must follow. */
  begin(file: InputFile, start: number, end: number): void;
  update(block: Uint8Array): void;
  /** sha256 (hex) over the bytes of the unit's files in order, each after its name and size. */
  digest(): Promise<string>;
}

export function createUnitHash(unit: ReadUnit): UnitHash {
  const hash = createHash('sha256');
  let files = 0;
  let missing = 0;
  return {
    begin(file, start, end) {
      files += 1;
      missing += end - start;
      hash.update(`${Buffer.byteLength(file.name)}:${file.name} ${end - start}\n`);
    },
    update(block) {
      missing -= block.length;
      hash.update(block);
    },
    async digest() {
      return files === unit.files.length && missing === 0 ? hash.digest('hex') : await hashInput(unit);
    },
  };
}

/** The same hash, made by reading the files. */
export async function hashInput(unit: ReadUnit): Promise<string> {
  const hash = createUnitHash(unit);
  for (const file of unit.files) {
    const [start, end] = unit.joined ? [0, file.bytes] : [unit.start, unit.end];
    hash.begin(file, start, end);
    for (const block of fileBlocks(file.path, start, end, true)) hash.update(block);
  }
  return await hash.digest();
}
