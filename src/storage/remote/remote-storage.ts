/** What a remote place is to its readers and writers; `../remote.ts` opens one. */
import type { Bytes, Entry, PendingFile, Storage } from '../storage.ts';
import type { Patience } from './retry.ts';

/** All files below an address, which is taken as a folder. Names are relative to it. */
export interface RemoteStorage extends Storage {
  /** The address without secrets: no query, no user. */
  readonly where: string;
  /** The address of this version, where the place has versions (`hf://datasets/NAME@COMMIT/PATH`); else `where`. */
  readonly pinned: string;
  /** How many requests had to be sent again so far. */
  readonly retries: number;
  /** @throws LongmixError `remote-unsupported` for a web server, which has no lists */
  list(under: string): AsyncIterable<Entry>;
  /** null: there is no such file. */
  stat(name: string): Promise<Entry | null>;
  /**
   * Takes the address as a file: gives the storage of its folder, and its entry in that storage. null: there is no such
   * file. A web address is always taken as a file.
   */
  asFile(): Promise<{ readonly folder: RemoteStorage; readonly entry: Entry } | null>;
  /**
   * @param known size and stamp from a listing; then the first request is the first read (web servers are still asked
   * whether they have ranges)
   * @throws LongmixError `remote-missing`, or as reads do
   */
  open(name: string, known?: { readonly size: number; readonly stamp: string }): Promise<RemoteBytes>;
  /**
   * The first commit of a name wins, unlike on a disk. A commit over an object with other bytes is an error
   * (`remote-conflict`), so remove an object before you replace it. Until the commit, the bytes are on this machine.
   */
  create(name: string): Promise<PendingFile>;
  putIfAbsent(name: string, bytes: Uint8Array): Promise<boolean>;
  /**
   * Writes a small file, whether the name exists or not. Gives its stamp.
   * @param stamp only if the file has this one; else null is given
   * @throws LongmixError `remote-unsupported` where nothing can be written
   */
  replace(name: string, bytes: Uint8Array, stamp?: string): Promise<string | null>;
  remove(name: string): Promise<void>;
  /**
   * Removes uploads that were begun before a time and never finished, of files that `isOurs` takes by their names without folders.
   * Not there where nothing is uploaded in parts.
   */
  dropUploads?(under: string, before: number, isOurs: (name: string) => boolean): Promise<void>;
}

/**
 * A remote file. All reads throw EndedEarly for bytes behind its end, and LongmixError `input-changed` (the file changed or
 * went away since it was listed or opened), `remote-denied`, `remote-refused` or, after several tries, `remote-unreachable`.
 */
export interface RemoteBytes extends Bytes {
  /** Its address, without secrets. */
  readonly where: string;
  /** @param signal its abort cancels the request, and the promise rejects */
  read(at: number, into: Uint8Array, signal?: AbortSignal): Promise<void>;
  readAside(at: number, into: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Gives the bytes [at, at + length) in the pieces in which they came, without a copy. Where it is missing, use `readAside`. */
  pieces?(at: number, length: number, signal?: AbortSignal): Promise<readonly Buffer[]>;
  /**
   * null unless the server sends only whole files, without ranges. It gives all bytes from the first one. `readAhead` uses
   * it; `read` refuses bytes far from the start (`remote-unsupported`).
   */
  readonly stream: ((signal?: AbortSignal) => AsyncGenerator<Uint8Array>) | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RemoteOptions {
  /** The environment with credentials and endpoints; default: that of the process. */
  readonly environment?: Environment;
  readonly patience?: Partial<Patience>;
}

/** The options with their defaults filled in, for the clients. */
export interface RemoteSettings {
  readonly environment: Environment;
  readonly patience: Patience;
}
