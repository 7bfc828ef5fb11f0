/** Where the files of a shard set are: in a folder of this machine, or behind an address (`storage/remote.ts`). */

import { LongmixError } from '../../errors.ts';
import { manifestFile } from '../../shard/format.ts';
import { statOf } from '../../storage/files.ts';
import { localStorage } from '../../storage/local.ts';
import { join } from '../../storage/paths.ts';
import type { RemoteStorage } from '../../storage/remote/remote-storage.ts';
import { type Bytes, type MaybePromise, readWhole } from '../../storage/storage.ts';

export interface ShardFiles {
  /** For messages. */
  readonly where: string;
  /** True: files open and read by promises only. */
  readonly isRemote: boolean;
  open(name: string): MaybePromise<Bytes>;
}

/**
 * Call this before the manifest is read: a build may replace the shards of a corpus that has grown, and rows of two builds
 * must not be mixed.
 */
export function shardsIn(folder: string): ShardFiles {
  const storage = localStorage(folder);
  const manifest = join(folder, manifestFile);
  const stamp = statOf(manifest)?.stamp;
  return {
    where: folder,
    isRemote: false,
    open(name) {
      if (statOf(manifest)?.stamp === stamp) return storage.open(name);
      throw new LongmixError('build-mixed', `the shards were replaced while they were read: ${folder}`, {
        cure: 'begin again with the new shards; build into another folder with --out while a run reads this one',
        exitCode: 1,
      });
    },
  };
}

/** @param set name of the shard set's folder in the storage; '': the storage is the set */
export function shardsBehind(storage: RemoteStorage, set: string): ShardFiles {
  const before = set === '' ? '' : `${set}/`;
  return {
    where: set === '' ? storage.where : `${storage.where}/${set}`,
    isRemote: true,
    open: (name) => storage.open(`${before}${name}`),
  };
}

/** The text of a small file; null: there is none. @throws LongmixError as the storage does */
export async function remoteText(storage: RemoteStorage, name: string): Promise<string | null> {
  const entry = await storage.stat(name);
  if (entry === null) return null;
  const bytes = await storage.open(name, entry);
  try {
    return (await readWhole(bytes)).toString();
  } finally {
    bytes.close();
  }
}
