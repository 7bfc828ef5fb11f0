/** A storage in memory, for tests: it behaves as `local.ts` does, without a disk. */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path/posix';
import type { FileRecord } from '../nouns/files.ts';
import type { LocalBytes } from './files.ts';
import type { LocalStorage } from './local.ts';
import { checkName, EndedEarly } from './storage.ts';

interface StoredFile {
  readonly bytes: Uint8Array;
  readonly stamp: string;
}

export function memoryStorage(): LocalStorage {
  const files = new Map<string, StoredFile>();
  let writes = 0;
  const put = (name: string, bytes: Uint8Array) => {
    writes += 1;
    files.set(name, { bytes, stamp: String(writes) });
  };
  return {
    where: 'memory',
    list(under) {
      if (under !== '') checkName(under);
      const below = [...files].filter(([name]) => under === '' || name.startsWith(`${under}/`));
      const entries = below.map(([name, { bytes, stamp }]) => ({ name, size: bytes.length, stamp }));
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    open(name) {
      const file = files.get(checkName(name));
      if (file === undefined) throw Object.assign(new Error(`no such file: ${name}`), { code: 'ENOENT' });
      return openBytes(file);
    },
    create(name) {
      checkName(name);
      const chunks: Buffer[] = [];
      const commit = (as: string): FileRecord => {
        const bytes = Buffer.concat(chunks);
        put(join(dirname(name), checkName(as)), bytes);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return { name: as, bytes: bytes.length, sha256 };
      };
      return {
        write: (chunk) => void chunks.push(Buffer.from(chunk)),
        commit: () => commit(basename(name)),
        commitAside: async (as = basename(name)) => commit(as),
        abort: () => void chunks.splice(0),
      };
    },
    putIfAbsent(name, bytes) {
      if (files.has(checkName(name))) return false;
      put(name, Buffer.from(bytes));
      return true;
    },
    remove: (name) => void files.delete(checkName(name)),
  };
}

/** Reads the file as it was when it was opened, even if it is replaced later. */
function openBytes({ bytes, stamp }: StoredFile): LocalBytes {
  const read = (at: number, into: Uint8Array) => {
    if (at + into.length > bytes.length) throw new EndedEarly(bytes.length);
    into.set(bytes.subarray(at, at + into.length));
  };
  return { size: bytes.length, stamp, read, readAside: async (at, into) => read(at, into), close() {} };
}
