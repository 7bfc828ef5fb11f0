/** What a remote place is to its readers and writers; `../remote.ts` opens one. */
import type { Bytes, Entry, PendingFile, Storage } from '../storage.ts';
import type { Patience } from './retry.ts';

/** Everything below an address, which is taken as a folder. Names are relative to it. */
export interface RemoteStorage extends Storage {
  /** The address without secrets: no query, no user. */
  readonly where: string;
  /** The address of exactly these bytes where the place has versions (`hf://datasets/NAME@COMMIT/PATH`), else `where`. */
  readonly pinned: string;
  /** Requests that had to be sent again so far. */
  readonly retries: number;
  /** @throws LongmixError `remote-unsupported` for a web server, which has no lists */
  list(under: string): AsyncIterable<Entry>;
  /** null: there is no such file. */
  stat(name: string): Promise<Entry | null>;
  /**
   * The address itself as a file: the storage of its folder, and its entry in there. null: it is not a file.
   * A web address always is one.
   */
  asFile(): Promise<{ readonly folder: RemoteStorage; readonly entry: Entry } | null>;
  /**
   * @param known size and stamp as a listing gave them: then nothing is asked before the first read
   * @throws LongmixError `remote-missing`, or as reads do
   */
  open(name: string, known?: { readonly size: number; readonly stamp: string }): Promise<RemoteBytes>;
  /**
   * The first one that commits a name wins, unlike on a disk: a commit over an object with other bytes is an error
   * (`remote-conflict`), so what shall be replaced is removed first. The bytes lie on this machine until the commit.
   */
  create(name: string): Promise<PendingFile>;
  putIfAbsent(name: string, bytes: Uint8Array): Promise<boolean>;
  remove(name: string): Promise<void>;
}

/**
 * A remote file. All reads throw LongmixError `input-changed` (it is another one than when it was listed or opened, or
 * gone), `remote-denied`, `remote-unreachable` (after several tries); EndedEarly for what lies behind its end.
 */
export interface RemoteBytes extends Bytes {
  /** Its address, without secrets. */
  readonly where: string;
  /** @param signal its abort cancels the request; the promise then rejects with the signal's reason */
  read(at: number, into: Uint8Array, signal?: AbortSignal): Promise<void>;
  readAside(at: number, into: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** The bytes [at, at + length) as they come, without a copy; where it is missing, `readAside` does the same. */
  pieces?(at: number, length: number, signal?: AbortSignal): Promise<readonly Buffer[]>;
  /**
   * Only where the server sends whole files and no ranges: all bytes from the first one, in one request that is not
   * repeated. `readAhead` uses it; `read` refuses what lies far from the start (`remote-unsupported`).
   */
  readonly stream: ((signal?: AbortSignal) => AsyncGenerator<Uint8Array>) | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RemoteOptions {
  /** Where credentials and endpoints are looked for; the process's own by default. */
  readonly environment?: Environment;
  readonly patience?: Partial<Patience>;
}

/** The options, complete: what each client gets. */
export interface RemoteSettings {
  readonly environment: Environment;
  readonly patience: Patience;
}
