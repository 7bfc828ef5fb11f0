/**
 * A local folder as a storage. It answers with plain values, never promises, and its types say so. It makes the folders
 * inside as files need them.
 */
import { dirname, join } from 'node:path';
import { createFile, type LocalPendingFile, makeFolder, orUnwritable, putIfAbsent } from './commit.ts';
import { exists, type LocalBytes, openFile, removeFile } from './files.ts';
import { checkName, type Entry, readWhole, type Storage } from './storage.ts';
import { isTemporary } from './temporary-files.ts';
import { walk } from './walk.ts';

export interface LocalStorage extends Storage {
  list(under: string): Iterable<Entry>;
  open(name: string): LocalBytes;
  create(name: string): LocalPendingFile;
  putIfAbsent(name: string, bytes: Uint8Array): boolean;
  remove(name: string): void;
}

/** @param folder need not exist: the first file that is written makes it */
export function localStorage(folder: string): LocalStorage {
  const pathOf = (name: string) => join(folder, checkName(name));
  const made = (name: string) => {
    const path = pathOf(name);
    if (!exists(dirname(path))) makeFolder(dirname(path));
    return path;
  };
  return {
    where: folder,
    list(under) {
      const root = under === '' ? folder : pathOf(under);
      if (!exists(root)) return [];
      const before = under === '' ? '' : `${under}/`;
      // A file that is still being written does not count as present.
      const wanted = (name: string) => !isTemporary(name.slice(name.lastIndexOf('/') + 1));
      const files = walk(root, { hidden: true, nodeModules: true, depth: Number.POSITIVE_INFINITY, wanted });
      return files.map(({ name, bytes, stamp }) => ({ name: `${before}${name}`, size: bytes, stamp }));
    },
    open: (name) => openFile(pathOf(name)),
    create: (name) => createFile(made(name)),
    putIfAbsent(name, bytes) {
      const path = made(name);
      return orUnwritable(path, () => putIfAbsent(path, bytes));
    },
    remove: (name) => removeFile(pathOf(name)),
  };
}

/** All bytes of a file. */
export function readFrom(storage: LocalStorage, name: string): Buffer {
  const bytes = storage.open(name);
  try {
    return readWhole(bytes);
  } finally {
    bytes.close();
  }
}
