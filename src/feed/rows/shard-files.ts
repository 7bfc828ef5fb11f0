/** Where the files of a shard set are: in a folder of this machine, or behind an address (`storage/remote.ts`). */

import { localStorage } from '../../storage/local.ts';
import type { RemoteStorage } from '../../storage/remote/remote-storage.ts';
import type { Bytes, MaybePromise } from '../../storage/storage.ts';

export interface ShardFiles {
  /** For messages. */
  readonly where: string;
  /** True: files open and read by promises only. */
  readonly isRemote: boolean;
  open(name: string): MaybePromise<Bytes>;
}

export function shardsIn(folder: string): ShardFiles {
  const storage = localStorage(folder);
  return { where: folder, isRemote: false, open: (name) => storage.open(name) };
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
    const text = Buffer.allocUnsafe(entry.size);
    await bytes.read(0, text);
    return text.toString();
  } finally {
    bytes.close();
  }
}
