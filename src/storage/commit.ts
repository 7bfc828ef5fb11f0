/**
 * The commit protocol: a file appears under its name only when all its bytes are on disk.
 *
 * Temporary file in the same folder -> write -> fsync -> rename -> fsync of the folder. The temporary name contains a random
 * id, the process, the thread and a number, so two attempts at the same task never share a file. The rename is
 * atomic. A task is a pure function of its inputs, so a second attempt replaces the file by the same bytes. The folder
 * is synced because a rename changes an entry in it: otherwise a power failure could leave a receipt without its file.
 */
import { createHash } from 'node:crypto';
import system from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { LongmixError, systemReason } from '../errors.ts';
import type { FileRecord } from '../nouns/files.ts';
import { exists, readBytes, removeFile, statOf } from './files.ts';
import { type Place, placeOf } from './places.ts';
import { checkName, type PendingFile } from './storage.ts';
import { temporaryPath } from './temporary-files.ts';

/** The system calls of the protocol. Tests replace them to watch them, and to make them fail. */
export type FileCalls = Pick<
  typeof system,
  | 'closeSync'
  | 'fsync'
  | 'fsyncSync'
  | 'linkSync'
  | 'open'
  | 'openSync'
  | 'renameSync'
  | 'rmSync'
  | 'writeSync'
>;

interface FileSteps {
  readonly temporary: string;
  write(chunk: Uint8Array): void;
  sync(): void;
  syncAside(): Promise<void>;
  /** Makes the file appear under its name, or that path of the same folder, and replaces an existing file. */
  appear(as?: string): void;
  /** The same, unless a file of that name exists; then returns false. `bytes` must be the bytes written so far. */
  appearIfAbsent(bytes: Uint8Array): boolean;
  /** Removes the temporary file. */
  abort(): void;
}

/** A local file being written. */
export interface LocalPendingFile extends PendingFile {
  commit(synced?: boolean): FileRecord;
  abort(): void;
}

/** @throws LongmixError `output-unwritable` */
export function createFile(path: string, calls: FileCalls = system): LocalPendingFile {
  const far = placeOf(path);
  if (far !== null) return fileOfPlace(far.place, far.name);
  const file = orUnwritable(path, () => beginFile(path, calls));
  const hash = createHash('sha256');
  let bytes = 0;
  const appear = (as: string) => {
    file.appear(as);
    return { name: basename(as), bytes, sha256: hash.digest('hex') };
  };
  return {
    write(chunk) {
      orUnwritable(path, () => file.write(chunk));
      hash.update(chunk);
      bytes += chunk.length;
    },
    commit(synced = true) {
      return orUnwritable(path, () => {
        if (synced) file.sync();
        const record = appear(path);
        if (synced) syncFolder(dirname(path), calls);
        return record;
      });
    },
    async commitAside(name = basename(path)) {
      try {
        await file.syncAside();
        const record = appear(join(dirname(path), checkName(name)));
        await syncFolderAside(dirname(path), calls);
        return record;
      } catch (cause) {
        throw unwritable(path, cause);
      }
    },
    abort: file.abort,
  };
}

/** Records and notes in a bucket, which are small. Other files are not written by path. */
function fileOfPlace(place: Place, name: string): LocalPendingFile {
  const chunks: Buffer[] = [];
  const commit = (as: string): FileRecord => {
    const bytes = Buffer.concat(chunks);
    place.put(as, bytes);
    return {
      name: basename(as),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  };
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    commit: () => commit(name),
    commitAside: async (as = basename(name)) => commit(join(dirname(name), checkName(as))),
    abort: () => void chunks.splice(0),
  };
}

/** Writes a whole file by the protocol. */
export function writeFile(path: string, content: string, synced: boolean = true): FileRecord {
  const file = createFile(path);
  try {
    file.write(Buffer.from(content));
    return file.commit(synced);
  } catch (error) {
    file.abort();
    throw error;
  }
}

export function writeJson(path: string, value: unknown): FileRecord {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Writes a whole file, neither hashed nor synced: for caches, which are checked when read. @throws a system error */
export function writeCache(path: string, parts: readonly Uint8Array[]): void {
  const file = beginFile(path);
  try {
    for (const part of parts) file.write(part);
    file.appear();
  } catch (error) {
    file.abort();
    throw error;
  }
}

/**
 * Writes a small file atomically, unless a file of that name exists; then returns false. If several callers try at
 * once, one gets true. The file is not synced: locks and notes need not survive a power failure.
 * @throws a system error
 */
export function putIfAbsent(path: string, bytes: Uint8Array, calls: FileCalls = system): boolean {
  const file = beginFile(path, calls);
  try {
    file.write(bytes);
    return file.appearIfAbsent(bytes);
  } finally {
    file.abort();
  }
}

/** The protocol's single steps, for files that need no hash (hashing costs 2 s per GB). They throw system errors. */
export function beginFile(path: string, calls: FileCalls = system): FileSteps {
  const temporary = temporaryPath(path);
  const descriptor = calls.openSync(temporary, 'wx');
  let open = true;
  const close = () => {
    if (open) calls.closeSync(descriptor);
    open = false;
  };
  return {
    temporary,
    write: (chunk: Uint8Array) => writeFully(descriptor, chunk, calls),
    sync: () => calls.fsyncSync(descriptor),
    syncAside: () => promisify(calls.fsync)(descriptor),
    appear(as = path) {
      close();
      calls.renameSync(temporary, as);
    },
    appearIfAbsent(bytes) {
      close();
      try {
        calls.linkSync(temporary, path);
        return true;
      } catch (error) {
        if (isThere(error)) return false;
      }
      // The file system has no links. Write in place: a reader may see a half-written file and take it for a torn one.
      try {
        const direct = calls.openSync(path, 'wx');
        writeFully(direct, bytes, calls);
        calls.closeSync(direct);
        return true;
      } catch (error) {
        if (isThere(error)) return false;
        throw error;
      }
    },
    abort() {
      close();
      calls.rmSync(temporary, { force: true });
    },
  };
}

function writeFully(descriptor: number, bytes: Uint8Array, calls: FileCalls): void {
  for (let done = 0; done < bytes.length; ) {
    done += calls.writeSync(descriptor, bytes, done, bytes.length - done);
  }
}

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

function syncFolder(folder: string, calls: FileCalls): void {
  try {
    const descriptor = calls.openSync(folder, 'r');
    try {
      calls.fsyncSync(descriptor);
    } finally {
      calls.closeSync(descriptor);
    }
  } catch (error) {
    throwIfLost(error);
  }
}

async function syncFolderAside(folder: string, calls: FileCalls): Promise<void> {
  try {
    const descriptor = await promisify(calls.open)(folder, 'r');
    try {
      await promisify(calls.fsync)(descriptor);
    } finally {
      calls.closeSync(descriptor);
    }
  } catch (error) {
    throwIfLost(error);
  }
}

/**
 * Ignores that a folder can't be synced (Windows, some network file systems, unreadable folders). Throws on data loss.
 */
function throwIfLost(error: unknown): void {
  if (/^(EIO|ENOSPC|EDQUOT)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
}

/** Moves a file within one disk, atomically, and replaces an existing file. @throws a system error */
export function moveFile(from: string, to: string): void {
  if (placeOf(from) !== null) {
    const file = createFile(to);
    file.write(readBytes(from));
    file.commit();
    removeFile(from);
    return;
  }
  system.renameSync(from, to);
  for (const folder of new Set([dirname(to), dirname(from)])) syncFolder(folder, system);
}

/**
 * A file that never changes under its name, under a further path: as a link where the file system has them, else as a copy.
 * Another file that is there, such as one that a copy of the folder left half, is replaced.
 * @throws what the system says
 */
export function shareFile(from: string, to: string): void {
  try {
    system.linkSync(from, to);
  } catch (error) {
    if (isThere(error) && isSameFile(from, to)) return;
    const file = beginFile(to);
    try {
      system.copyFileSync(from, file.temporary, system.constants.COPYFILE_FICLONE);
      file.sync();
      file.appear();
    } catch (cause) {
      file.abort();
      throw cause;
    }
  }
  syncFolder(dirname(to), system);
}

function isSameFile(a: string, b: string): boolean {
  const [one, other] = [system.statSync(a), system.statSync(b)];
  return one.ino === other.ino && one.dev === other.dev;
}

/** @throws LongmixError `output-unwritable` */
export function makeFolder(path: string): void {
  // A bucket has no folders to make.
  if (placeOf(path) !== null) return;
  // Don't use mkdir's own `recursive`: below a folder that can't hold folders (/proc), Node 20 loops for ever.
  if (!exists(dirname(path))) makeFolder(dirname(path));
  orUnwritable(path, () => {
    try {
      system.mkdirSync(path);
    } catch (error) {
      // Not an error if the folder was there, or if another process has just made it.
      if (statOf(path)?.kind !== 'folder') throw error;
    }
  });
}

/** Runs `act`. @throws LongmixError `output-unwritable` in place of any error that `act` throws */
export function orUnwritable<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Turns a system error of a file that is being written into an error for the user. */
export function unwritable(path: string, cause: unknown): LongmixError {
  const { code } = cause as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new LongmixError('output-unwritable', `cannot write ${path}: ${systemReason(cause)}`, {
    cure: 'check that the folder exists, that you may write to it and that the disk has room; or choose another with --out',
    exitCode: full || code === 'EIO' ? 1 : 2,
    cause,
  });
}
