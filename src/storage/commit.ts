/**
 * The commit protocol: a file appears under its name only when all its bytes are on disk.
 *
 * Temporary file in the same folder -> write -> fsync -> rename -> fsync of the folder. The temporary name has the host,
 * the process, the thread and a number, so two attempts at the same task never meet; the rename is atomic, and since a
 * task is a pure function of its inputs the second attempt replaces the file by the same bytes. The folder is synced
 * because a rename is an entry in it: without that a power failure may leave a receipt, and no file.
 */
import { createHash } from 'node:crypto';
import system from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { threadId } from 'node:worker_threads';
import { LongmixError, systemReason } from '../errors.ts';
import type { FileRecord } from '../nouns/files.ts';
import { exists, listFolder, removeFile, statOf } from './files.ts';
import { checkName, type PendingFile } from './storage.ts';

const temporaryName = /^\.longmix-(.+)-(\d+)-\d+-\d+\.tmp$/;
let attempts = 0;

/** What the protocol asks of the system; tests watch it, and let it fail. */
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
  /** Under its name, or that path of the same folder, in place of what may be there. */
  appear(as?: string): void;
  /** The same, unless there is a file of that name. False: there is. `bytes` is what was written. */
  appearIfAbsent(bytes: Uint8Array): boolean;
  /** Removes what has not appeared. */
  abort(): void;
}

/** A file of this machine in the making. */
export interface LocalPendingFile extends PendingFile {
  commit(synced?: boolean): FileRecord;
  abort(): void;
}

/** @throws LongmixError `output-unwritable` */
export function createFile(path: string, calls: FileCalls = system): LocalPendingFile {
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

/** Whole, but neither hashed nor synced: for a cache, whose file is checked when it is read. @throws what the system says */
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
 * Puts a small file there, at once and whole, unless there is one of that name. Of several that try one gets true. It is
 * not synced: locks and notes do not outlive the machine's power.
 * @throws what the system says
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

/** The steps of the protocol, for what needs no hash (it costs 2 s a GB); what they throw is the system's. */
export function beginFile(path: string, calls: FileCalls = system): FileSteps {
  attempts += 1;
  const temporary = join(dirname(path), `.longmix-${hostname()}-${process.pid}-${threadId}-${attempts}.tmp`);
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
      // A file system without links. A file in the making may be taken for a torn one.
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

/** Windows, some network file systems and folders that may not be read have no sync of a folder: that is all that can be had. */
function throwIfLost(error: unknown): void {
  if (/^(EIO|ENOSPC|EDQUOT)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
}

/** A file of the same disk, whole, in place of one that may be there. @throws what the system says */
export function moveFile(from: string, to: string): void {
  system.renameSync(from, to);
  for (const folder of new Set([dirname(to), dirname(from)])) syncFolder(folder, system);
}

/**
 * A file that never changes under its name, under a further path: as a link where the file system has them, else as a copy.
 * @throws what the system says
 */
export function shareFile(from: string, to: string): void {
  try {
    system.linkSync(from, to);
  } catch (error) {
    if (isThere(error)) return;
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

/** Whether a file of this name is in the making, or was left by an attempt that did not end. */
export function isTemporary(name: string): boolean {
  return temporaryName.test(name);
}

/** @throws LongmixError `output-unwritable` */
export function makeFolder(path: string): void {
  // Not mkdir's own `recursive`: below a folder that can't hold folders (/proc) Node 20 tries for ever.
  if (!exists(dirname(path))) makeFolder(dirname(path));
  orUnwritable(path, () => {
    try {
      system.mkdirSync(path);
    } catch (error) {
      // It was there, or another process made it in between.
      if (statOf(path)?.kind !== 'folder') throw error;
    }
  });
}

/** Removes what interrupted attempts left in a folder. Another build may be at work there: its files are left alone. */
export function sweep(folder: string): void {
  for (const name of listFolder(folder)) {
    const [, host, pid] = temporaryName.exec(name) ?? [];
    if (host === hostname() && !isRunning(Number(pid))) removeFile(join(folder, name));
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** @throws LongmixError `output-unwritable` for what `act` throws */
export function orUnwritable<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): LongmixError {
  const { code } = cause as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new LongmixError('output-unwritable', `cannot write ${path}: ${systemReason(cause)}`, {
    cure: 'check that the folder exists, that you may write to it and that the disk has room; or choose another with --out',
    exitCode: full || code === 'EIO' ? 1 : 2,
    cause,
  });
}
