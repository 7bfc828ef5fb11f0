/**
 * Outputs and token stores that lie in buckets, as the functions of `files.ts` and `commit.ts` see them: by path, and at
 * once. An answer about a place is one about its mirror (`remote/mirror.ts`), which knows the names of all files and the
 * content of the small ones; what is written goes to the bucket in the background, in order. So the code that decides what
 * is to be done (who owns a folder, which tasks are finished, what a record says) is the same for a disk and for a bucket.
 * Large files are not in a mirror: tasks read and write them through `storage-at.ts`, and wait for that.
 *
 * Only the main thread has places. `open-place.ts` opens them.
 */
import { isUrl, lowerScheme } from '../base/is-url.ts';

export interface PlaceFile {
  readonly size: number;
  readonly stamp: string;
}

export interface Place {
  /** Without a slash at its end. */
  readonly address: string;
  file(name: string): PlaceFile | null;
  isFolder(name: string): boolean;
  /** Names of the files and folders in a folder, sorted; '' is the place itself. */
  names(folder: string): string[];
  /** @throws a system error if there is no such file; Error if it was not fetched */
  read(name: string): Buffer<ArrayBuffer>;
  /** Replaces a file. */
  put(name: string, bytes: Buffer<ArrayBuffer>): void;
  remove(name: string): void;
  removeBelow(folder: string): void;
}

const places = new Map<string, Place>();

export function addPlace(place: Place): void {
  places.set(lowerScheme(place.address), place);
}

/**
 * The place that a path leads to, and the name of the file in it; null: the path is one of this machine.
 * @throws Error if nobody has opened the place
 */
export function placeOf(path: string | URL): { readonly place: Place; readonly name: string } | null {
  if (typeof path !== 'string' || !isUrl(path)) return null;
  const found = findPlace(path);
  if (found === null) throw new Error(`nobody has opened ${path}`);
  return found;
}

/** null: it was not opened. */
export function findPlace(path: string): { readonly place: Place; readonly name: string } | null {
  for (let at = lowerScheme(path).replace(/\/+$/, ''); isUrl(at); at = at.slice(0, at.lastIndexOf('/'))) {
    const place = places.get(at);
    if (place !== undefined) return { place, name: path.slice(at.length + 1).replace(/\/+$/, '') };
  }
  return null;
}
