import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheBlockBytes, throughCache } from '../../src/storage/block-cache.ts';
import type { RemoteBytes } from '../../src/storage/remote/remote-storage.ts';
import { EndedEarly } from '../../src/storage/storage.ts';
import { temporaryFolder } from '../support/folder.ts';

/** A file whose bytes tell where they are; `fetched` has the ranges that were asked for. */
function remoteFile(size: number, stamp = 'etag', where = 's3://bucket/file') {
  const fetched: [at: number, length: number][] = [];
  const byteAt = (at: number) => (at * 31 + (at >> 8)) & 255;
  const read = async (at: number, into: Uint8Array) => {
    fetched.push([at, into.length]);
    for (let i = 0; i < into.length; i += 1) into[i] = byteAt(at + i);
  };
  const file: RemoteBytes = { size, stamp, where, stream: null, read, readAside: read, close() {} };
  const expected = (at: number, length: number) =>
    Buffer.from(Array.from({ length }, (_, i) => byteAt(at + i)));
  return { file, fetched, expected };
}

async function readOf(file: RemoteBytes, at: number, length: number): Promise<Buffer> {
  const into = Buffer.alloc(length);
  await file.readAside(at, into);
  return into;
}

describe('a cache of blocks', () => {
  const size = 2 * cacheBlockBytes + 1000;

  it('fetches the blocks that a range is in, once, for any reader of the folder', async () => {
    const folder = join(temporaryFolder(), 'new');
    const { file, fetched, expected } = remoteFile(size);
    const place = { folder, bytes: 1e9 };
    const range = [cacheBlockBytes - 10, 30] as const;
    expect(await readOf(throughCache(file, place), ...range)).toEqual(expected(...range));
    expect(fetched).toEqual([
      [0, cacheBlockBytes],
      [cacheBlockBytes, cacheBlockBytes],
    ]);
    expect(await readOf(throughCache(file, place), ...range)).toEqual(expected(...range));
    expect(await readOf(throughCache(file, place), size - 5, 5)).toEqual(expected(size - 5, 5));
    expect(fetched.slice(2)).toEqual([[2 * cacheBlockBytes, 1000]]);
    await expect(readOf(throughCache(file, place), size - 5, 6)).rejects.toBeInstanceOf(EndedEarly);
  });

  it('has another file for another etag, size or address', async () => {
    const folder = temporaryFolder();
    const others = [
      remoteFile(100),
      remoteFile(100, 'other'),
      remoteFile(101),
      remoteFile(100, 'etag', 's3://bucket/other'),
    ];
    for (const { file, fetched } of others) {
      await readOf(throughCache(file, { folder, bytes: 1e9 }), 0, 10);
      expect(fetched).toHaveLength(1);
    }
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it.each([
    ['cut short', (path: string) => truncateSync(path, 50)],
    ['of zeros', (path: string) => writeFileSync(path, Buffer.alloc(statSync(path).size))],
    [
      'with one bit that is another',
      (path: string) =>
        writeFileSync(
          path,
          readFileSync(path).map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
        ),
    ],
  ])('does not trust a block that is %s', async (_, damage) => {
    const folder = temporaryFolder();
    const { file, fetched, expected } = remoteFile(1000);
    const cached = throughCache(file, { folder, bytes: 1e9 });
    await readOf(cached, 0, 1000);
    damage(join(folder, readdirSync(folder)[0]!));
    expect(await readOf(cached, 0, 1000)).toEqual(expected(0, 1000));
    expect(fetched).toHaveLength(2);
    await readOf(cached, 0, 1000);
    expect(fetched).toHaveLength(2);
  });

  it('stays within its bound: what was used longest ago goes, and nothing of anybody else', async () => {
    const folder = temporaryFolder();
    const bytes = 100_000_000;
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const { file } = remoteFile(cacheBlockBytes * 60);
    const cached = throughCache(file, { folder, bytes });
    await readOf(cached, 0, 1);
    const first = readdirSync(folder).find((name) => name.endsWith('.block'))!;
    for (let block = 1; block < 60; block += 1) {
      // It is used now and then, the others once.
      if (block % 5 === 0) await readOf(cached, 0, 1);
      await readOf(cached, block * cacheBlockBytes, 1);
      for (const name of readdirSync(folder)) {
        const age = name === first ? 0 : 60 - block;
        if (name.endsWith('.block') && name !== first)
          utimesSync(
            join(folder, name),
            statSync(join(folder, name)).atime,
            new Date(statSync(join(folder, name)).mtimeMs - age),
          );
      }
      const held = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      expect(held).toBeLessThanOrEqual(bytes);
    }
    expect(existsSync(join(folder, first))).toBe(true);
    expect(existsSync(join(folder, 'notes.txt'))).toBe(true);
  });

  it('that cannot be written reads all the same', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const { file, expected } = remoteFile(1000);
    const cached = throughCache(file, { folder: join(folder, 'file'), bytes: 1e9 });
    expect(await readOf(cached, 3, 5)).toEqual(expected(3, 5));
  });
});
