/**
 * Hashes the input of a unit. A token store records the hash, to notice inputs that changed. The hash is made from the
 * bytes as a reader takes them, so the files are read once. If a reader takes them in another order, the files are read
 * once more. The hash covers all bytes of the unit; of a format whose readers take only parts (Parquet's columns), it
 * covers those parts.
 */
import { createHash } from 'node:crypto';
import type { InputFile, ReadUnit } from '../../nouns/documents.ts';
import type { ByteRange } from '../format-spec.ts';
import { formatTable } from '../formats.ts';
import { type Blocks, fileBlocks } from './file-blocks.ts';
import type { UnitHash } from './unit-hash.ts';

export function createUnitHash(unit: ReadUnit): UnitHash {
  const hash = createHash('sha256');
  let files = 0;
  let missing = 0;
  return {
    begin(file, bytes) {
      files += 1;
      missing += bytes;
      hash.update(`${Buffer.byteLength(file.name)}:${file.name} ${bytes}\n`);
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
    const ranges = await rangesOf(unit, file);
    hash.begin(
      file,
      ranges.reduce((sum, { start, end }) => sum + end - start, 0),
    );
    for (const { start, end } of ranges) await hashBlocks(hash, fileBlocks(file, start, end, true));
  }
  return await hash.digest();
}

async function rangesOf(unit: ReadUnit, file: InputFile): Promise<readonly ByteRange[]> {
  const taken = await formatTable[file.format].taken?.(unit);
  return taken ?? [unit.joined ? { start: 0, end: file.bytes } : { start: unit.start, end: unit.end }];
}

async function hashBlocks(hash: UnitHash, blocks: Blocks): Promise<void> {
  if (Symbol.asyncIterator in blocks) for await (const block of blocks) hash.update(block);
  else for (const block of blocks) hash.update(block);
}
