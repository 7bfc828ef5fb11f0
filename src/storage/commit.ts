/**
 * The commit protocol: a file appears under its name only when all its bytes are on disk.
 *
 * Temporary file in the same folder -> write -> fsync -> rename. The temporary name has the host, the process, the
 * thread and a number, so two attempts at the same task never meet; the rename is atomic, and since a task is a pure function of
 * its inputs the second attempt replaces the file by the same bytes.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { threadId } from 'node:worker_threads';
import { LongmixError, systemReason } from '../errors.ts';
import type { FileRecord, Sink } from '../nouns/files.ts';

const temporaryName = /^\.longmix-(.+)-(\d+)-\d+-\d+\.tmp$/;
const sync = promisify(fsync);
let attempts = 0;

export interface PendingFile extends Sink {
  /**
   * Makes the file appear. `name` in the record is the file's name without its folder. `synced: false` is for notes that
   * may be torn after a power failure, which costs no more than doing again what they say.
   */
  commit(synced?: boolean): FileRecord;
  /** The same, but this thread does not wait for the disk. */
  commitAside(): Promise<FileRecord>;
  /** Leaves no trace of a file that was not committed. */
  abort(): void;
}

/** @throws LongmixError `output-unwritable` */
export function createFile(path: string): PendingFile {
  attempts += 1;
  const temporary = join(dirname(path), `.longmix-${hostname()}-${process.pid}-${threadId}-${attempts}.tmp`);
  const hash = createHash('sha256');
  let bytes = 0;
  let open = true;
  const descriptor = orUnwritable(path, () => openSync(temporary, 'wx'));
  const appear = () =>
    orUnwritable(path, () => {
      closeSync(descriptor);
      open = false;
      renameSync(temporary, path);
      return { name: basename(path), bytes, sha256: hash.digest('hex') };
    });
  return {
    write(chunk) {
      orUnwritable(path, () => {
        for (let done = 0; done < chunk.length; ) {
          done += writeSync(descriptor, chunk, done, chunk.length - done);
        }
      });
      hash.update(chunk);
      bytes += chunk.length;
    },
    commit(synced = true) {
      if (synced) orUnwritable(path, () => fsyncSync(descriptor));
      return appear();
    },
    async commitAside() {
      try {
        await sync(descriptor);
      } catch (cause) {
        throw unwritable(path, cause);
      }
      return appear();
    },
    abort() {
      if (open) closeSync(descriptor);
      open = false;
      rmSync(temporary, { force: true });
    },
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

/** @throws LongmixError `output-unwritable` */
export function makeFolder(path: string): void {
  // Not mkdir's own `recursive`: below a folder that can't hold folders (/proc) Node 20 tries for ever.
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  orUnwritable(path, () => {
    try {
      mkdirSync(path);
    } catch (error) {
      // It was there, or another process made it in between.
      if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  });
}

/** Removes what interrupted attempts left in a folder. Another build may be at work there: its files are left alone. */
export function sweep(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, host, pid] = temporaryName.exec(name) ?? [];
    if (host === hostname() && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
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
    cure: 'check that the folder exists, that it is yours to write and that the disk has room; or choose another with --out',
    exitCode: full || code === 'EIO' ? 1 : 2,
    cause,
  });
}
