/**
 * Local files by path, for everything that is always local: the user's own files, settings, notes, caches and the files
 * of this package. Output and token stores go through `local.ts` instead, so that another storage can replace it.
 */
import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  read,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
} from 'node:fs';
import { type Place, placeOf } from './places.ts';
import { type Bytes, EndedEarly } from './storage.ts';

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  /** Size, mtime and ctime. ctime reveals a change of a file whose mtime was set back. */
  readonly stamp: string;
  readonly modifiedMs: number;
}

/** The file or folder that a path leads to, through links; null: nothing is there. */
export function statOf(path: string): FileFacts | null {
  const far = placeOf(path);
  if (far !== null) return factsIn(far.place, far.name);
  return factsOf(statSync(path, { throwIfNoEntry: false }));
}

/** The entry itself, which may be a link; null: nothing is there. */
export function linkStatOf(path: string): FileFacts | null {
  const far = placeOf(path);
  if (far !== null) return factsIn(far.place, far.name);
  return factsOf(lstatSync(path, { throwIfNoEntry: false }));
}

function factsOf(stats: Stats | undefined): FileFacts | null {
  if (stats === undefined) return null;
  const kind = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'folder'
      : stats.isSymbolicLink()
        ? 'link'
        : 'other';
  return { kind, size: stats.size, stamp: stampOf(stats), modifiedMs: stats.mtimeMs };
}

/** A bucket has no links, and its folders are what names have in common. */
function factsIn(place: Place, name: string): FileFacts | null {
  const file = place.file(name);
  if (file !== null) return { kind: 'file', size: file.size, stamp: file.stamp, modifiedMs: 0 };
  return place.isFolder(name) ? { kind: 'folder', size: 0, stamp: '', modifiedMs: 0 } : null;
}

/** Contains the size too, because file times advance in steps of a few ms. */
export function stampOf({ size, mtimeMs, ctimeMs }: Stats): string {
  return `${size} ${mtimeMs} ${ctimeMs}`;
}

export function exists(path: string): boolean {
  const far = placeOf(path);
  return far === null ? existsSync(path) : factsIn(far.place, far.name) !== null;
}

export function readBytes(path: string | URL): Buffer<ArrayBuffer> {
  const far = placeOf(path);
  return far === null ? readFileSync(path) : far.place.read(far.name);
}

export function readText(path: string | URL): string {
  const far = placeOf(path);
  return far === null ? readFileSync(path, 'utf8') : far.place.read(far.name).toString();
}

/** Does not check the value: the caller must. */
export function readJson(path: string): unknown {
  return JSON.parse(readText(path));
}

/** Names in a folder, in code-unit order; an empty list if the folder does not exist. */
export function listFolder(path: string | URL): string[] {
  const far = placeOf(path);
  if (far !== null) return far.place.names(far.name);
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** @throws a system error if this user may not read (or run) the file */
export function checkAccess(path: string, use: 'read' | 'run'): void {
  accessSync(path, use === 'read' ? constants.R_OK : constants.X_OK);
}

/** Not an error if the file does not exist. */
export function removeFile(path: string): void {
  const far = placeOf(path);
  if (far !== null) far.place.remove(far.name);
  else rmSync(path, { force: true });
}

export function removeFolder(path: string): void {
  const far = placeOf(path);
  if (far !== null) far.place.removeBelow(far.name);
  else rmSync(path, { recursive: true, force: true });
}

/** For logs only: after a crash the file may end in half a line. */
export function appendText(path: string, text: string): void {
  appendFileSync(path, text);
}

/** Sets the file's time to now. */
export function touch(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}

/** A file of this machine, open for reading. */
export interface LocalBytes extends Bytes {
  read(at: number, into: Uint8Array): void;
}

/** @throws a system error */
export function openFile(path: string): LocalBytes {
  const far = placeOf(path);
  if (far !== null) return new HeldFile(far.place.read(far.name), far.place.file(far.name)!.stamp);
  return new LocalFile(openSync(path, 'r'));
}

/** A file of a place, whose content is in memory. */
class HeldFile implements LocalBytes {
  readonly #bytes: Uint8Array;
  readonly stamp: string;

  constructor(bytes: Uint8Array, stamp: string) {
    this.#bytes = bytes;
    this.stamp = stamp;
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(at: number, into: Uint8Array): void {
    if (at + into.length > this.size) throw new EndedEarly(this.size);
    into.set(this.#bytes.subarray(at, at + into.length));
  }

  async readAside(at: number, into: Uint8Array): Promise<void> {
    this.read(at, into);
  }

  close(): void {}
}

class LocalFile implements LocalBytes {
  readonly #descriptor: number;
  #stats: Stats | undefined;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get size(): number {
    return this.#look().size;
  }

  get stamp(): string {
    return stampOf(this.#look());
  }

  read(at: number, into: Uint8Array): void {
    // One read may return less than was asked for (2 GiB and more, network file systems).
    for (let done = 0; done < into.length; ) {
      const count = readSync(this.#descriptor, into, done, into.length - done, at + done);
      if (count === 0) throw new EndedEarly(at + done);
      done += count;
    }
  }

  async readAside(at: number, into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length; ) {
      const count = await new Promise<number>((resolve, reject) => {
        read(this.#descriptor, into, done, into.length - done, at + done, (error, bytes) => {
          if (error === null) resolve(bytes);
          else reject(error);
        });
      });
      if (count === 0) throw new EndedEarly(at + done);
      done += count;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Calls fstat on first use only, because most readers already know the size. */
  #look(): Stats {
    this.#stats ??= fstatSync(this.#descriptor);
    return this.#stats;
  }
}
