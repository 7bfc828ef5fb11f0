/**
 * Copies of files that lie elsewhere, in the temporary folder of this machine (TMPDIR). Each has a folder of its own, so
 * that it keeps its name, and goes when it has been read. What a process left that was killed, the next one removes.
 */
import { closeSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { LongmixError, systemReason } from '../errors.ts';
import { listFolder, removeFolder } from './files.ts';
import { freeBytes } from './free-space.ts';
import { isRunning } from './process-place.ts';

export interface TemporaryCopy {
  readonly path: string;
  remove(): void;
}

const folderName = /^longmix-copy-(.+)-(\d+)-[^-]+$/;

type Blocks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface TemporaryFolder {
  readonly folder: string;
  /** @throws LongmixError `output-unwritable`, or what the blocks throw */
  add(name: string, blocks: Blocks): Promise<void>;
  remove(): void;
}

/**
 * @param bytes how many there will be: what the disk has no room for is not begun
 * @throws LongmixError `output-unwritable`
 */
export function temporaryFolder(bytes: number): TemporaryFolder {
  beginUse();
  const room = freeBytes(tmpdir());
  if (room !== null && bytes > room) throw noCopy(`it has room for ${room} bytes, and ${bytes} are needed`);
  const folder = orNoCopy(() => mkdtempSync(join(tmpdir(), `longmix-copy-${hostname()}-${process.pid}-`)));
  return {
    folder,
    async add(name, blocks) {
      const descriptor = orNoCopy(() => openSync(join(folder, name), 'wx'));
      try {
        for await (const block of blocks) orNoCopy(() => writeFully(descriptor, block));
      } finally {
        closeSync(descriptor);
      }
    },
    remove: () => removeFolder(folder),
  };
}

/** One file in a folder of its own. @throws as `temporaryFolder` and its `add` do */
export async function copyToTemporary(name: string, bytes: number, blocks: Blocks): Promise<TemporaryCopy> {
  const { folder, add, remove } = temporaryFolder(bytes);
  try {
    await add(name, blocks);
    return { path: join(folder, name), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function writeFully(descriptor: number, block: Uint8Array): void {
  for (let done = 0; done < block.length; ) done += writeSync(descriptor, block, done);
}

let isUsed = false;

function beginUse(): void {
  if (isUsed) return;
  isUsed = true;
  sweepCopies((pid) => !isRunning(pid));
  // Threads are ended without a word.
  if (isMainThread) process.once('exit', () => sweepCopies((pid) => pid === process.pid));
}

function sweepCopies(isGone: (pid: number) => boolean): void {
  for (const name of listFolder(tmpdir())) {
    const [, host, pid] = folderName.exec(name) ?? [];
    if (host === hostname() && isGone(Number(pid))) removeFolder(join(tmpdir(), name));
  }
}

function orNoCopy<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw noCopy(systemReason(cause), cause);
  }
}

function noCopy(reason: string, cause?: unknown): LongmixError {
  return new LongmixError(
    'output-unwritable',
    `cannot copy a remote file to the temporary folder ${tmpdir()}: ${reason}`,
    { cure: 'make room there, or name another folder in the variable TMPDIR', exitCode: 1, cause },
  );
}
