/**
 * A file of this machine for what reads no other: libraries that take a path, the user's programs, readers that go to and
 * fro. A file elsewhere is copied to the temporary folder under its own name for as long as it is read. Cost: its size
 * on the disk, once per worker.
 */
import { lastPart } from '../../base/address.ts';
import { isUrl } from '../../base/is-url.ts';
import type { InputFile } from '../../nouns/documents.ts';
import { type Blocks, fileBlocks, tapped } from './file-blocks.ts';
import type { UnitHash } from './unit-hash.ts';

export interface LocalCopy {
  readonly path: string;
  /** Where what was asked for begins in it. */
  readonly start: number;
  /** The file itself stays where it is one of this machine. */
  remove(): void;
}

/**
 * Bytes [start, end) of a file, all of it by default.
 * @param hash is given the bytes as they are copied; where nothing is copied, nothing
 * @throws LongmixError as reading the file does, or `output-unwritable` where the temporary folder has no room
 */
export async function localCopy(
  file: InputFile,
  hash: UnitHash | null,
  start: number = 0,
  end: number = file.bytes,
): Promise<LocalCopy> {
  if (!isUrl(file.path)) return { path: file.path, start, remove() {} };
  hash?.begin(file, end - start);
  const { copyToTemporary } = await import('../../storage/temporary-copy.ts');
  const blocks: Blocks = start === end ? [] : fileBlocks(file, start, end, true);
  const seen = hash === null ? blocks : tapped(blocks, (block) => hash.update(block));
  return { start: 0, ...(await copyToTemporary(lastPart(file.name), end - start, seen)) };
}
