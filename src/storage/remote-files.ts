/**
 * Files elsewhere by their whole addresses, for readers that are handed one file after the other: one client for each
 * root, and what was read kept in the cache folder if there is one.
 */
import { splitAddress } from '../base/address.ts';
import { throughCache } from './block-cache.ts';
import type { RemoteBytes, RemoteStorage } from './remote/remote-storage.ts';
import { openRemote } from './remote.ts';
import { remoteSettings, wholeAddress } from './remote-settings.ts';
import { storageBelow } from './storage-below.ts';

export { readAhead } from './remote/read-ahead.ts';

const storages = new Map<string, Promise<RemoteStorage>>();

/** @throws LongmixError as `openRemote` does */
function rootStorage(root: string): Promise<RemoteStorage> {
  const known = storages.get(root);
  if (known !== undefined) return known;
  const opened = openRemote(root);
  storages.set(root, opened);
  // The next one tries again.
  opened.catch(() => storages.delete(root));
  return opened;
}

/** @param found the version that a listing told; nothing is asked before the first read */
export async function openRemoteFile(
  address: string,
  found: { readonly size: number; readonly stamp: string },
): Promise<RemoteBytes> {
  const { storage, name } = await locate(address);
  const file = await storage.open(name, found);
  const { cache } = remoteSettings();
  return cache === null ? file : throughCache(file, cache);
}

/** What is below an address, which is taken as a folder. @throws LongmixError as `openRemote` does */
export async function storageOf(folder: string): Promise<RemoteStorage> {
  const { root, name } = splitAddress(folder);
  const whole = await rootStorage(root);
  return name === '' ? whole : storageBelow(whole, name);
}

/** A file's storage, and its name in there. */
export async function locate(address: string): Promise<{ storage: RemoteStorage; name: string }> {
  const whole = wholeAddress(address);
  if (whole === address) {
    const { root, name } = splitAddress(address);
    return { storage: await rootStorage(root), name };
  }
  // A signed query is for this file alone, and a user for this host.
  const { username, password, origin, pathname, search } = new URL(whole);
  const root = new URL(origin);
  [root.username, root.password, root.search] = [username, password, search];
  return { storage: await rootStorage(root.href), name: pathname.slice(1) };
}

const told = new Map<RemoteStorage, number>();

/** Requests that were sent again since the last call, by the place that they went to. */
export async function newRetries(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const storage of (await Promise.allSettled(storages.values())).flatMap(opened)) {
    const more = storage.retries - (told.get(storage) ?? 0);
    told.set(storage, storage.retries);
    if (more > 0) counts[storage.where] = (counts[storage.where] ?? 0) + more;
  }
  return counts;
}

function opened(result: PromiseSettledResult<RemoteStorage>): RemoteStorage[] {
  return result.status === 'fulfilled' ? [result.value] : [];
}
