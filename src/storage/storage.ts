/**
 * Where bytes lie. A storage holds whole files by name: it lists them, reads any range of them, and lets a file appear
 * whole or not at all. Nothing else is asked of it, so that a folder, a bucket and a server can each be one: there is no
 * rename, no append, and no folder that must be made first.
 *
 * What a storage answers may be a promise (an object store) or not (a disk): `MaybePromise`. `local.ts` answers at once,
 * and its types say so, so code that reads a local disk stays a plain loop and pays for no promise.
 */
import type { FileRecord, Sink } from '../nouns/files.ts';

export type MaybePromise<T> = T | Promise<T>;

/** A file as a listing tells it. */
export interface Entry {
  /** Relative to the storage, with `/`: what `open` takes. */
  readonly name: string;
  readonly size: number;
  /** Another one as soon as the file is written to: times of change on a disk, an etag elsewhere. */
  readonly stamp: string;
}

export interface Storage {
  /** The place as a user writes it, for messages. */
  readonly where: string;
  /** All files below `under`, however deep, in code-unit order of their names; '' is the whole storage. */
  list(under: string): Iterable<Entry> | AsyncIterable<Entry>;
  /** @throws what the system says if there is no such file, or it may not be read */
  open(name: string): MaybePromise<Bytes>;
  /** @throws LongmixError `output-unwritable` */
  create(name: string): MaybePromise<PendingFile>;
  /** Puts a small file there unless there is one of that name. False: there is; of several that try, one gets true. */
  putIfAbsent(name: string, bytes: Uint8Array): MaybePromise<boolean>;
  /** A file that is not there is as good as removed. */
  remove(name: string): MaybePromise<void>;
}

/** A file that is open for reading. */
export interface Bytes {
  readonly size: number;
  readonly stamp: string;
  /** Fills `into` with what begins at `at`. @throws EndedEarly if the file has less */
  read(at: number, into: Uint8Array): MaybePromise<void>;
  /** The same, without a wait in this thread. */
  readAside(at: number, into: Uint8Array): Promise<void>;
  close(): void;
}

/** A file in the making: bytes go in, and it appears by `commit`, whole or not at all. */
export interface PendingFile extends Sink {
  /**
   * Makes the file appear. `name` in the record is the file's name without its folder. `synced: false` is for notes that
   * may be torn after a power failure, which costs no more than doing again what they say.
   */
  commit(synced?: boolean): MaybePromise<FileRecord>;
  /**
   * The same, but this thread does not wait for the disk.
   * @param name of the file, in the same folder, where it was not known before all bytes were
   */
  commitAside(name?: string): Promise<FileRecord>;
  /** Leaves no trace of a file that was not committed. */
  abort(): MaybePromise<void>;
}

/** The file ends before what was asked for. */
export class EndedEarly extends Error {
  /** Bytes that it has. */
  readonly size: number;

  constructor(size: number) {
    super('the file ends too early');
    this.name = 'EndedEarly';
    this.size = size;
  }
}

/** All bytes of an open file, in memory of their own. */
export function readWhole(bytes: Bytes & { read(at: number, into: Uint8Array): void }): Buffer;
export function readWhole(bytes: Bytes): MaybePromise<Buffer>;
export function readWhole(bytes: Bytes): MaybePromise<Buffer> {
  const into = Buffer.allocUnsafeSlow(bytes.size);
  const done = bytes.read(0, into);
  return done instanceof Promise ? done.then(() => into) : into;
}

/**
 * A name is a relative path with `/` that leads nowhere else: one out of a damaged manifest may not reach other files.
 * @throws Error
 */
export function checkName(name: string): string {
  const isPlain = name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain || /[\\\0]/.test(name)) throw new Error(`not a name of a file: ${JSON.stringify(name)}`);
  return name;
}
