/** The place of a source that is given by an address. */
import { isWebAddress, lastPart, splitAddress } from '../../base/address.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { locate } from '../../storage/remote-files.ts';
import type { WalkedFile } from '../../storage/walk.ts';
import { missing, type Place, storagePlace } from './places.ts';

/**
 * @throws LongmixError `source-missing`; `remote-address` for an address that no client knows, and what the client throws
 */
export async function remotePlace(source: SourceSpec): Promise<Place> {
  const { root } = splitAddress(source.path);
  const { storage, name } = await locate(source.path);
  const isFolder = name === '' || name.endsWith('/');
  if (isFolder && !isWebAddress(root)) return storagePlace(source, storage, storage.pinned, name);
  // A file of this name wins over a glob, as it does on a disk.
  const entry = await storage.stat(name);
  if (entry === null) {
    if (isWebAddress(root)) throw missing(source, source.path);
    return storagePlace(source, storage, storage.pinned, name);
  }
  const file: WalkedFile = {
    path: `${storage.pinned}/${name}`,
    name: isWebAddress(root) ? decoded(lastPart(name)) : lastPart(name),
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
