/** The place of a source that is given by an address. */
import { isWebAddress, lastPart, splitAddress } from '../../base/address.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { badAddress } from '../../storage/remote/address.ts';
import { isRemote } from '../../storage/remote.ts';
import { locate } from '../../storage/remote-files.ts';
import type { WalkedFile } from '../../storage/walk.ts';
import { missing, type Place, storagePlace } from './places.ts';

/**
 * @throws LongmixError `source-missing`; `remote-address` for an address that no client knows, and what the client throws
 */
export async function remotePlace(source: SourceSpec): Promise<Place> {
  const { path } = source;
  // Here, where all of the address is known; a client is made for its root.
  if (!isRemote(path)) throw badAddress(path, 'its scheme is not known');
  const { root, name: written } = splitAddress(path);
  const parts = written.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '.' || part === '..'))
    throw badAddress(path, 'it has a part . or .., which leads nowhere in it');
  // In a bucket it is a name like any other.
  if (written !== '' && parts.includes('') && !/^(s3|gs|az):/i.test(root))
    throw badAddress(path, 'it has an empty part');
  const { storage, name } = await locate(path);
  const isWeb = isWebAddress(root);
  // A web server cannot list what is below it: the listing says so.
  const isFile = name !== '' && !name.endsWith('/') && !(isWeb && name.includes('*'));
  // A file of this name wins over a glob, as it does on a disk.
  const entry = isFile ? await storage.stat(name) : null;
  if (entry === null) {
    if (isWeb && isFile) throw missing(source, path);
    return storagePlace(source, storage, storage.pinned, name);
  }
  const file: WalkedFile = {
    path: `${storage.pinned}/${name}`,
    name: isWeb ? decoded(lastPart(name)) : lastPart(name),
    bytes: entry.size,
    stamp: entry.stamp,
  };
  return { file, glob: null, walk: () => [] };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
