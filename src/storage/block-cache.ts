/**
 * Files elsewhere that are read again: what was read of them is kept in a folder, in blocks of 4 MiB, each under a name that
 * is made of the file's address and its etag. So only what is needed is fetched, a file that changed is another file, and
 * any number of processes may share the folder. The folder is bounded: the blocks that were used longest ago go first.
 *
 * A block appears whole (`commit.ts`) and ends in a CRC-32 of it, which is checked: after a power failure a file may be there
 * and its bytes not. Such a block counts as missing. Cost: the checksum, and blocks are fetched whole.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder, writeCache } from './commit.ts';
import { listFolder, readBytes, removeFile, statOf, touch } from './files.ts';
import { withoutCommit } from './remote/address.ts';
import type { RemoteBytes } from './remote/remote-storage.ts';
import type { CacheSettings } from './remote-settings.ts';
import { EndedEarly } from './storage.ts';

export const cacheBlockBytes: number = 4 * 1024 * 1024;
const checkBytes = 4;
const blockName = /^[0-9a-f]{40}-\d+\.block$/;

/** The same file, read through the cache. */
export function throughCache(file: RemoteBytes, { folder, bytes: most }: CacheSettings): RemoteBytes {
  // Without ranges there are no blocks to fetch, and without a version nothing tells an old block from a new one.
  if (file.stream !== null || file.stamp === '') return file;
  const { size, stamp, where } = file;
  const key = createHash('sha256')
    .update(`${withoutCommit(where)}\n${size}\n${stamp}`)
    .digest('hex')
    .slice(0, 40);
  const block = async (index: number, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    const path = join(folder, `${key}-${index}.block`);
    const length = Math.min(cacheBlockBytes, size - index * cacheBlockBytes);
    const kept = keptBlock(path, length);
    if (kept !== null) return kept;
    const fetched = Buffer.allocUnsafeSlow(length);
    await file.readAside(index * cacheBlockBytes, fetched, signal);
    keep(path, fetched, folder, most);
    return fetched;
  };
  const read = async (at: number, into: Uint8Array, signal?: AbortSignal): Promise<void> => {
    if (at + into.length > size) throw new EndedEarly(size);
    for (let done = 0; done < into.length; ) {
      const index = Math.floor((at + done) / cacheBlockBytes);
      const from = at + done - index * cacheBlockBytes;
      const part = (await block(index, signal)).subarray(from, from + into.length - done);
      into.set(part, done);
      done += part.length;
    }
  };
  return { size, stamp, where, stream: null, read, readAside: read, close: () => file.close() };
}

/** null: it is not there, or is not what was written. */
function keptBlock(path: string, length: number): Uint8Array | null {
  try {
    const stored = readBytes(path);
    const content = stored.subarray(0, length);
    if (stored.length !== length + checkBytes || stored.readUInt32LE(length) !== crc32(content)) return null;
    touch(path);
    return content;
  } catch {
    return null;
  }
}

/** Bytes that this thread has written since it last looked at the folder. */
let written = Number.POSITIVE_INFINITY;
/** The folder is looked at after each such part of what it may hold, and then as much room is made as 32 threads fill meanwhile. */
const lookShare = 1 / 256;
const freeShare = 1 / 8;

/** What can't be kept is no mistake: it was read all the same. */
function keep(path: string, content: Uint8Array, folder: string, most: number): void {
  const check = Buffer.alloc(checkBytes);
  check.writeUInt32LE(crc32(content));
  try {
    written += content.length;
    if (written > most * lookShare) {
      makeFolder(folder);
      evict(folder, most);
      written = content.length;
    }
    writeCache(path, [content, check]);
  } catch {
    // A full disk, or another process has removed the folder: the next block tries again.
  }
}

/** Removes what was used longest ago, until there is room for what comes before the next look. */
function evict(folder: string, most: number): void {
  const blocks = listFolder(folder)
    .filter((name) => blockName.test(name))
    .flatMap((name) => {
      const facts = statOf(join(folder, name));
      return facts === null ? [] : [{ name, size: facts.size, used: facts.modifiedMs }];
    })
    .sort((a, b) => a.used - b.used || (a.name < b.name ? -1 : 1));
  let held = blocks.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of blocks) {
    if (held <= most * (1 - freeShare)) return;
    removeFile(join(folder, name));
    held -= size;
  }
}
