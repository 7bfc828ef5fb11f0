/**
 * The interface to where bytes lie. A storage holds whole files by name. It lists them, reads any range of a file, and
 * makes a new file appear whole or not at all. It has no rename, no append and no folders to make first, so that a
 * folder, a bucket or a server can implement it.
 *
 * An answer may be a promise (an object store) or a plain value (a disk): `MaybePromise`. The types of `local.ts` say
 * that its answers are plain values, so code that reads a local disk is a plain loop without promises.
 */
import type { FileRecord, Sink } from '../nouns/files.ts';

export type MaybePromise<T> = T | Promise<T>;

/** A file in a listing. */
export interface Entry {
  /** Relative to the storage, with `/`; `open` takes this name. */
  readonly name: string;
  readonly size: number;
  /** Changes whenever the file is written: made of the file's times on a disk, an etag elsewhere. */
  readonly stamp: string;
}

export interface Storage {
  /** The storage's location as a user would write it, for messages. */
  readonly where: string;
  /** All files below `under`, however deep, in code-unit order of their names; '' is the whole storage. */
  list(under: string): Iterable<Entry> | AsyncIterable<Entry>;
  /** @throws a system error if the file does not exist or may not be read */
  open(name: string): MaybePromise<Bytes>;
  /** @throws LongmixError `output-unwritable` */
  create(name: string): MaybePromise<PendingFile>;
  /** Writes a small file unless the name exists; then returns false. If several callers try at once, one gets true. */
  putIfAbsent(name: string, bytes: Uint8Array): MaybePromise<boolean>;
  /** Not an error if the file does not exist. */
  remove(name: string): MaybePromise<void>;
}

/** A file that is open for reading. */
export interface Bytes {
  readonly size: number;
  readonly stamp: string;
  /** Fills `into` with the bytes from `at` on. @throws EndedEarly if the file ends before `into` is full */
  read(at: number, into: Uint8Array): MaybePromise<void>;
  /** The same, without blocking this thread. */
  readAside(at: number, into: Uint8Array): Promise<void>;
  close(): void;
}

/** A file being written. It appears under its name when `commit` is called, whole or not at all. */
export interface PendingFile extends Sink {
  /**
   * Makes the file appear. `name` in the record is the file's name without its folder. `synced: false` is for notes: a
   * power failure may tear them, which costs only doing the noted work again.
   */
  commit(synced?: boolean): MaybePromise<FileRecord>;
  /**
   * The same (synced), but this thread does not wait for the disk.
   * @param name of the file, in the same folder, where it was not known before all bytes were
   */
  commitAside(name?: string): Promise<FileRecord>;
  /** Removes all traces of a file that was not committed. */
  abort(): MaybePromise<void>;
}

/** The file ends before the end of the range that was asked for. */
export class EndedEarly extends Error {
  /** Bytes that the file has. */
  readonly size: number;

  constructor(size: number) {
    super('the file ends too early');
    this.name = 'EndedEarly';
    this.size = size;
  }
}

/** All bytes of an open file, in a buffer that shares no memory. */
export function readWhole(bytes: Bytes & { read(at: number, into: Uint8Array): void }): Buffer;
export function readWhole(bytes: Bytes): MaybePromise<Buffer>;
export function readWhole(bytes: Bytes): MaybePromise<Buffer> {
  const into = Buffer.allocUnsafeSlow(bytes.size);
  const done = bytes.read(0, into);
  return done instanceof Promise ? done.then(() => into) : into;
}

/**
 * Returns a name if it is a relative path with `/` that stays inside the storage. The check keeps a damaged manifest
 * from reaching other files.
 * @throws Error if it is not such a path
 */
export function checkName(name: string): string {
  const isPlain = name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain || /[\\\0]/.test(name)) throw new Error(`not a name of a file: ${JSON.stringify(name)}`);
  return name;
}
