/**
 * Where a source's files are: one file, or all that lie below a place, of which a glob may choose. A folder is looked
 * through by `walk.ts`; of a storage (a bucket, a dataset) the listing is held to the same rules, so that names, their
 * order and what is left out are the same.
 */
import { basename } from 'node:path';
import picomatch from 'picomatch';
import { below } from '../../base/address.ts';
import { isUrl } from '../../base/is-url.ts';
import { LongmixError } from '../../errors.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { statOf } from '../../storage/files.ts';
import type { MaybePromise, Storage } from '../../storage/storage.ts';
import { type WalkedFile, type WalkOptions, walk } from '../../storage/walk.ts';

export interface Place {
  /** The source is this file; null: what `walk` finds. */
  readonly file: WalkedFile | null;
  /** Of names below the place; null: all. */
  readonly glob: string | null;
  /** Sorted by name in code-unit order. @throws LongmixError `input-unreadable` | `source-missing` */
  walk(options: WalkOptions): MaybePromise<WalkedFile[]>;
}

export function localPlace(source: SourceSpec): Place {
  const { path } = source;
  const stats = statOf(path);
  if (stats?.kind === 'file') {
    const { size, stamp } = stats;
    return { file: { path, name: basename(path), bytes: size, stamp }, glob: null, walk: () => [] };
  }
  if (stats?.kind === 'folder') return { file: null, glob: null, walk: (options) => walk(path, options) };
  // An existing file wins over a glob, because `[` and `(` are common in file names.
  const { base, glob, isGlob } = picomatch.scan(path);
  const root = isGlob ? base : path;
  const isFolder = stats === null && isGlob && statOf(root)?.kind === 'folder';
  return {
    file: null,
    glob: isGlob ? glob : null,
    walk(options) {
      if (!isFolder) throw missing(source, root);
      return walk(root, options);
    },
  };
}

/**
 * What lies below a name in a storage; the name may end in a glob.
 * @param root the storage's address, which those of its files begin with
 */
export function storagePlace(source: SourceSpec, storage: Storage, root: string, name: string): Place {
  const { base, glob, isGlob } = picomatch.scan(name);
  const under = (isGlob ? base : name).replace(/\/+$/, '');
  return {
    file: null,
    glob: isGlob ? glob : null,
    async walk(options) {
      const before = under === '' ? 0 : under.length + 1;
      const files: WalkedFile[] = [];
      let isThere = false;
      for await (const entry of storage.list(under)) {
        isThere = true;
        const relative = entry.name.slice(before);
        if (!isWalked(relative, options) || !options.wanted(relative)) continue;
        const path = below(root, entry.name);
        files.push({ path, name: relative, bytes: entry.size, stamp: entry.stamp });
      }
      if (!isThere) throw missing(source, below(root, under));
      // A bucket's order is that of bytes.
      return files.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

/** What `walk` would come to, by its name below the root. A name that ends in `/` stands for a folder. */
function isWalked(name: string, { hidden, nodeModules, depth }: WalkOptions): boolean {
  const parts = name.split('/');
  // No client opens what a server might take for the folder above.
  if (parts.at(-1) === '' || parts.includes('.') || parts.includes('..') || parts.length > depth)
    return false;
  if (!hidden && parts.some((part) => part.startsWith('.'))) return false;
  return nodeModules || !parts.slice(0, -1).includes('node_modules');
}

export function missing({ name }: SourceSpec, what: string): LongmixError {
  return new LongmixError('source-missing', `source "${name}": no such file or directory: ${what}`, {
    cure: isUrl(what)
      ? 'check the address, and that the server has the file under this name'
      : 'check path: of the source; a relative path is relative to the recipe',
  });
}
